/** Flags of transfers that rclone's users know: what is kept, what is not replaced, and where a run ends. */
import { expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

test("--backup-dir keeps what a sync replaces and removes, and --suffix names it", async () => {
  const { list, read, run, write } = makeCli()
  write("from/a.txt", "new a")
  write("to/a.txt", "the old a")
  write("to/sub/gone.txt", "gone")
  expect((await run("sync", "@/from", "@/to", "--backup-dir", "@/kept", "--suffix", ".1")).code).toBe(0)
  expect(list("to")).toEqual(["a.txt"])
  expect([read("kept/a.txt.1"), read("kept/sub/gone.txt.1")]).toEqual(["the old a", "gone"])
  write("from/a.txt", "newer a")
  expect((await run("copy", "@/from", "@/to", "--suffix", "-old", "--suffix-keep-extension")).code).toBe(0)
  expect(read("to/a-old.txt")).toBe("new a")
})

test("--suffix alone keeps what is replaced beside it, and does not rename it again at each run", async () => {
  const { list, read, run, write } = makeCli()
  write("from/a.txt", "new")
  write("to/a.txt", "the old one")
  write("to/gone.txt", "gone")
  const sync = ["sync", "@/from", "@/to", "--suffix", "-old", "--suffix-keep-extension"]
  for (let count = 0; count < 2; count++) expect((await run(...sync)).code).toBe(0)
  expect(list("to")).toEqual(["a-old.txt", "a.txt", "gone-old.txt"])
  expect(read("to/a-old.txt")).toBe("the old one")
})

test("--backup-dir in a bucket is a copy inside the service", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "old")
  await cli.run("copy", "@/from", "b2:some-bucket/live")
  cli.write("from/a.txt", "newer")
  expect((await cli.run("sync", "@/from", "b2:some-bucket/live", "--backup-dir", "b2:some-bucket/kept")).code).toBe(0)
  expect((await cli.run("cat", "b2:some-bucket/kept/a.txt")).out).toBe("old")
  expect((await cli.run("cat", "b2:some-bucket/live/a.txt")).out).toBe("newer")
  expect((await cli.run("ls", "b2:")).out).toMatch(/^ *- +some-bucket\/\n$/)
})

test("--backup-dir inside the destination or of another account is refused, by --dry-run too", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("to/b.txt", "b")
  for (const words of [[], ["--dry-run"]]) {
    const sync = ["sync", "@/from", "@/to", ...words, "--backup-dir"]
    expect((await cli.run(...sync, "@/to/kept")).code).toBe(25)
    expect((await cli.run(...sync, "b2:some-bucket/kept")).code).toBe(2)
  }
  expect(cli.list("to")).toEqual(["b.txt"])
})

test("a limit that was reached ends a run with 8, and nonsense with 2", async () => {
  const { list, run, write } = makeCli()
  for (const name of ["a", "b", "c"]) write(`from/${name}`, "x".repeat(100))
  const words = ["sync", "@/from", "@/to", "--transfers", "1", "--max-transfer", "150b", "--cutoff-mode", "cautious"]
  const { code, error } = await run(...words)
  expect([code, error]).toEqual([
    8,
    expect.stringContaining("150 B may be transferred at most, and the next file would go beyond")
  ])
  expect(error).toContain("stopped after 1 file (100 B)\n")
  expect(list("to")).toEqual(["a"])
  expect((await run("copy", "@/from", "@/to", "--max-transfer", "lots")).code).toBe(2)
  expect((await run("copy", "@/from", "@/to", "--order-by", "colour")).code).toBe(2)
  expect((await run("copy", "@/from", "@/to", "--suffix", "a/b")).code).toBe(2)
  const rest = await run("copy", "@/from", "@/to", "--order-by", "size,desc", "--max-duration", "1h", "--fast-list")
  expect([rest.code, rest.error]).toEqual([0, expect.stringContaining("--fast-list changes nothing")])
  expect(list("to")).toEqual(["a", "b", "c"])
})

test("--max-duration 0 is no limit, as 0 is elsewhere", async () => {
  const { list, run, write } = makeCli()
  write("from/a", "a")
  const ran = await run("copy", "@/from", "@/to", "--max-duration", "0s")
  expect([ran.code, list("to")]).toEqual([0, ["a"]])
})

test("--immutable fails for what has changed, and stores what is new", async () => {
  const { read, run, write } = makeCli()
  write("from/a", "a")
  await run("copy", "@/from", "@/to")
  write("from/a", "changed")
  write("from/b", "b")
  const { code, error } = await run("copy", "@/from", "@/to", "--immutable")
  expect([code, error]).toEqual([3, expect.stringContaining("not to be changed")])
  expect([read("to/a"), read("to/b")]).toEqual(["a", "b"])
})
