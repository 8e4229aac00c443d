/** Files that need not come from the source: a third folder has them, or the destination under another name. */
import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { type Cli, makeCli } from "./Cli.ts"

const hourAgo = Date.now() - 3_600_000

/** What a run says that it did. */
const summed = async (cli: Cli, ...words: ReadonlyArray<string>) => {
  const { code, out } = await cli.run(...words, "--json")
  const finished = JSON.parse(out.trim().split("\n").at(-1) ?? "").event
  const { copied, failed, removed, same, stored } = finished.summary
  return { code, copied, failed, removed, same, stored }
}

test("--track-renames copies inside the service what has another name by now, and sends what only seems so", async () => {
  const { cli } = await withB2()
  cli.write("from/one/a.txt", "the first", hourAgo)
  cli.write("from/one/b.txt", "the other", hourAgo)
  cli.write("from/one/c.txt", "a third 1", hourAgo)
  await cli.run("sync", "@/from", "b2:some-bucket/live")
  fs.renameSync(path.join(cli.folder, "from/one"), path.join(cli.folder, "from/two"))
  // The same size and time, but other bytes; and the same bytes of another time, which the copy gets.
  cli.write("from/two/b.txt", "the next!", hourAgo)
  cli.write("from/two/c.txt", "a third 1")
  const words = ["sync", "--track-renames", "@/from", "b2:some-bucket/live"]
  const preview = await cli.run(...words, "--dry-run")
  expect(preview.error).toContain("it sends 9 B,")
  expect([preview.code, (await cli.run("ls", "b2:some-bucket/live/one")).out]).toEqual([
    0,
    expect.stringContaining("a.txt")
  ])
  expect(await summed(cli, ...words)).toEqual({ code: 0, copied: 2, stored: 1, removed: 3, failed: 0, same: 0 })
  expect((await cli.run("check", "@/from", "b2:some-bucket/live")).code).toBe(0)
  expect((await cli.run("cat", "b2:some-bucket/live/two/a.txt")).out).toBe("the first")
  expect(await summed(cli, ...words)).toEqual({ code: 0, copied: 0, stored: 0, removed: 0, failed: 0, same: 3 })
})

test.each([
  ["hash", { copied: 2, stored: 2 }],
  ["hash,modtime", { copied: 1, stored: 3 }],
  ["modtime", { copied: 2, stored: 2 }],
  ["size,modtime,leaf", { copied: 1, stored: 3 }],
  ["leaf,hash", { copied: 1, stored: 3 }]
])("--track-renames-strategy %s tells renames by that", async (strategy, done) => {
  const { cli } = await withB2()
  for (const letter of ["a", "b", "c", "d"]) cli.write(`from/one/${letter}`, `this is ${letter}`, hourAgo)
  await cli.run("sync", "@/from", "b2:some-bucket")
  fs.renameSync(path.join(cli.folder, "from/one"), path.join(cli.folder, "from/two"))
  const again = (name: string, text: string, at: number) => cli.write(`from/two/${name}`, text, at)
  again("a", "this is a", hourAgo - 60_000)
  again("b", "this is B", hourAgo - 60_000)
  again("c", "this is C", hourAgo)
  fs.renameSync(path.join(cli.folder, "from/two/d"), path.join(cli.folder, "from/two/e"))
  const words = ["sync", "--track-renames", "--track-renames-strategy", strategy, "@/from", "b2:some-bucket"]
  expect(await summed(cli, ...words)).toMatchObject({ code: 0, removed: 4, failed: 0, ...done })
  expect((await cli.run("lsjson", "b2:some-bucket/two")).out.match(/"Name":"."/g)).toHaveLength(4)
})

test("a strategy that is none is refused by its name", async () => {
  const { run, write } = makeCli()
  write("from/a", "a")
  const { code, error } = await run("sync", "--track-renames-strategy", "hash,colour", "@/from", "@/to")
  expect([code, error]).toEqual([2, expect.stringContaining('--track-renames-strategy "colour" tells no renames')])
})

test("a renamed folder does not count as removed where renames are tracked", async () => {
  const { cli } = await withB2()
  for (const name of ["a", "b", "c"]) cli.write(`from/one/${name}`, `content of ${name}`, hourAgo)
  await cli.run("sync", "@/from", "b2:some-bucket")
  fs.renameSync(path.join(cli.folder, "from/one"), path.join(cli.folder, "from/two"))
  expect((await cli.run("sync", "--max-delete", "0", "--track-renames", "@/from", "b2:some-bucket")).code).toBe(0)
  expect((await cli.run("lsjson", "-R", "b2:some-bucket")).out).not.toContain("one/")
})

test("where nothing is copied inside, renames are said not to be tracked, and the files are transferred", async () => {
  const { list, run, write } = makeCli()
  write("from/b", "content")
  write("to/a", "content")
  const { code, error } = await run("sync", "--track-renames", "@/from", "@/to")
  expect([code, error]).toEqual([0, expect.stringContaining("files with another name by now are transferred")])
  expect(list("to")).toEqual(["b"])
})

test("--compare-dest passes over what a third folder has, and sends the rest", async () => {
  const { cli } = await withB2()
  cli.write("from/same.txt", "as it was", hourAgo)
  cli.write("from/other.txt", "changed", hourAgo)
  cli.write("full/same.txt", "as it was", hourAgo)
  cli.write("full/other.txt", "as it was", hourAgo)
  const words = ["copy", "--compare-dest", "@/full", "@/from", "b2:some-bucket/difference"]
  expect(await summed(cli, ...words)).toMatchObject({ code: 0, stored: 1, same: 1 })
  expect((await cli.run("ls", "b2:some-bucket/difference")).out).toMatch(/^.* other\.txt\n$/)
})

test.each([[], ["--dry-run"]])(
  "of a third folder that is not there it is said once that it gives nothing",
  async (...words) => {
    const cli = makeCli()
    cli.write("from/a", "a")
    cli.write("full/a", "a")
    const run = (third: string) => cli.run("copy", ...words, "--compare-dest", third, "@/from", "@/to")
    const none = await run("@/nowhere")
    expect([none.code, none.error.split("there is nothing in").length - 1]).toEqual([0, 1])
    expect((await run("@/full")).error).not.toContain("there is nothing in")
  }
)

test("--copy-dest copies inside the service what a third folder has", async () => {
  const { cli } = await withB2()
  cli.write("from/same.txt", "as it was", hourAgo)
  await cli.run("copy", "@/from", "b2:some-bucket/full")
  cli.write("from/other.txt", "changed", hourAgo)
  const words = ["copy", "--copy-dest", "b2:some-bucket/full", "@/from", "b2:some-bucket/next"]
  expect(await summed(cli, ...words)).toMatchObject({ code: 0, copied: 1, stored: 1 })
  expect((await cli.run("check", "@/from", "b2:some-bucket/next")).code).toBe(0)
})

test.each([
  ["of another account", ["--copy-dest", "@/full"], 2, "without bringing it here"],
  ["beside a folder to compare with", ["--copy-dest", "@/full", "--compare-dest", "@/full"], 2, "does not go with"],
  ["inside the destination", ["--compare-dest", "b2:some-bucket/to/old"], 25, "some-bucket/to"]
])("a third folder %s is refused, and nothing is stored", async (_, flags, code, message) => {
  const { cli } = await withB2()
  cli.write("from/a", "a")
  cli.write("full/a", "a")
  const ran = await cli.run("copy", ...flags, "@/from", "b2:some-bucket/to")
  expect([ran.code, ran.error]).toEqual([code, expect.stringContaining(message)])
  expect((await cli.run("ls", "b2:some-bucket/to")).out).toBe("")
})
