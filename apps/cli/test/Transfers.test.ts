import * as fs from "node:fs"
import * as path from "node:path"
import { Envelope } from "@ourclone/core/events/Envelope"
import { Schema } from "effect"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"

/** The events that a run printed; each line must be one that its schema reads. */
const eventsOf = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => Schema.decodeUnknownSync(Schema.toCodecJson(Envelope))(JSON.parse(line)).event)

test("copy puts the content of a folder into the destination and keeps what is extra there", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("from/sub/b.txt", "b")
  write("to/extra.txt", "extra")
  expect((await run("copy", "@/from", "@/to")).code).toBe(0)
  expect(list("to")).toEqual(["a.txt", "extra.txt", "sub/b.txt"])
})

test.each(["copy", "sync", "move"])(
  "%s ends with one line on standard error, and with none for --quiet",
  async (verb) => {
    const { run, write } = makeCli()
    write("from/a.txt", "a")
    const { code, error, out } = await run(verb, "@/from", "@/to")
    expect({ code, out }).toEqual({ code: 0, out: "" })
    expect(error).toMatch(/^1 file copied \(1 B\), 0 the same, .*0 failed in \d.*\n$/)
    write("from/b.txt", "b")
    expect(await run(verb, "--quiet", "@/from", "@/to")).toEqual({ code: 0, out: "", error: "" })
    write("from/c.txt", "c")
    expect(await run(verb, "--json", "@/from", "@/to")).toMatchObject({ code: 0, error: "" })
  }
)

test.each([["@/from/a.txt"], ["@/linked"]])(
  "a file that is brought to itself, as %s, stops the run, and stays",
  async (destination) => {
    const { folder, read, run, write } = makeCli()
    write("from/a.txt", "a")
    fs.linkSync(path.join(folder, "from/a.txt"), path.join(folder, "linked"))
    for (const verb of ["copy", "move", "sync"]) {
      const { code, error } = await run(verb, "@/from/a.txt", destination)
      expect([code, error]).toEqual([25, expect.stringContaining("are the same file")])
    }
    expect([read("from/a.txt"), read("linked")]).toEqual(["a", "a"])
  }
)

test("a destination that is another file is refused before anything is tried", async () => {
  const { run, write } = makeCli()
  for (const name of ["from/a.txt", "other"]) write(name, name)
  for (const words of [
    ["copy", "@/from/a.txt", "@/other"],
    ["copy", "--dry-run", "@/from/a.txt", "@/other"]
  ]) {
    const { code, error } = await run(...words)
    expect([code, error]).toEqual([2, expect.stringContaining("it is a file: name the folder")])
  }
})

test("rm of a folder ends with one line on standard error", async () => {
  const { run, write } = makeCli()
  write("place/a.txt", "a")
  const { code, error, out } = await run("rm", "-r", "@/place/")
  expect({ code, out }).toEqual({ code: 0, out: "" })
  expect(error).toMatch(/^1 removed, 0 skipped, 0 failed in \d.*\n$/)
})

test("copy of one file puts it into the destination folder under its name", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("from/b.txt", "b")
  expect((await run("copy", "@/from/a.txt", "@/to")).code).toBe(0)
  expect(list("to")).toEqual(["a.txt"])
})

test("sync of one file removes nothing else from the destination, not even with --allow-empty-source", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("to/kept.txt", "kept")
  expect((await run("sync", "--allow-empty-source", "@/from/a.txt", "@/to")).code).toBe(0)
  expect(list("to")).toEqual(["a.txt", "kept.txt"])
})

test("sync removes what is extra, and a second sync has nothing to do", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("to/extra.txt", "extra")
  expect((await run("sync", "@/from", "@/to")).code).toBe(0)
  expect(list("to")).toEqual(["a.txt"])
  expect((await run("sync", "--error-on-no-transfer", "@/from", "@/to")).code).toBe(9)
})

test("move leaves nothing at the source", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("to/a.txt", "older", 1_000_000_000_000)
  expect((await run("move", "@/from", "@/to")).code).toBe(0)
  expect(list("from")).toEqual([])
  expect(list("to")).toEqual(["a.txt"])
})

test("a dry run prints what it would do and does nothing", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("to/extra.txt", "extra")
  const { code, out } = await run("sync", "@/from", "@/to", "-n")
  expect(code).toBe(0)
  expect(out).toBe(
    "copy a.txt (missing)\nremove extra.txt\n1 file (1 B) to copy, 1 to remove, 0 the same. Nothing was done: --dry-run\n"
  )
  expect(list("to")).toEqual(["extra.txt"])
})

test("with --json a dry run prints what it would do as events that their schema reads", async () => {
  const { run, write } = makeCli()
  write("from/a.txt", "a")
  const events = eventsOf((await run("copy", "--dry-run", "--json", "@/from", "@/to")).out)
  expect(events).toContainEqual({ _tag: "Would", deed: "stored", item: "a.txt", bytes: 1, because: "missing" })
  expect(events).toContainEqual({ _tag: "Planned", files: 1, bytes: 1, removals: 0, same: 0, isFinal: true })
})

test("with --json every line on standard output is an event that its schema reads", async () => {
  const { folder, run, write } = makeCli()
  write("from/a.txt", "a")
  fs.symlinkSync("a.txt", path.join(folder, "from/link"))
  const { code, out } = await run("copy", "--json", "@/from", "@/to")
  expect(code).toBe(0)
  const events = eventsOf(out)
  expect(events).toContainEqual({ _tag: "Done", deed: "stored", item: "a.txt", bytes: 1 })
  expect(events.map(({ _tag }) => _tag)).toContain("Skipped")
  expect(events.at(-1)).toMatchObject({ _tag: "Finished", outcome: "done", summary: { stored: 1, skipped: 1 } })
})

test("filters choose files, and a rule may begin with a dash", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("from/b.bak", "b")
  write("from/c.txt", "c")
  write("list", "c.txt\n")
  await run("copy", "--filter", "- *.bak", "@/from", "@/to")
  expect(list("to")).toEqual(["a.txt", "c.txt"])
  await run("copy", "@/from", "@/other", "--files-from", "@/list")
  expect(list("other")).toEqual(["c.txt"])
})

test("a folder called like a truth value can follow a switch", async () => {
  const cli = makeCli()
  cli.write("from/a.txt", "a")
  const before = process.cwd()
  process.chdir(cli.folder)
  try {
    cli.write("on/a.txt", "a")
    expect((await cli.run("copy", "--dry-run", "on", "to")).out).toContain("copy a.txt (missing)")
  } finally {
    process.chdir(before)
  }
})

test("--links stores symbolic links and makes them again", async () => {
  const { folder, run, write } = makeCli()
  write("from/a.txt", "a")
  fs.symlinkSync("a.txt", path.join(folder, "from/link"))
  expect((await run("sync", "--links", "@/from", "@/to")).code).toBe(0)
  expect(fs.readlinkSync(path.join(folder, "to/link"))).toBe("a.txt")
})

test.each(["copy", "sync", "move"])(
  "two files that --links would store under one name: %s fails the second by name at every run",
  async (verb) => {
    const { folder, list, read, run, write } = makeCli()
    for (const name of ["d/two", "d/two.rclonelink", "d/two-more", "one.rclonelink"]) write(`from/${name}`, name)
    fs.symlinkSync("elsewhere", path.join(folder, "from/three"))
    for (let turn = 1; turn <= 3; turn++) {
      const { code, error } = await run(verb, "--links", "@/from", "@/to")
      expect(code).toBe(3)
      expect(error).toContain('d/two.rclonelink: "d/two" would be stored under the same name: rename one')
      expect(list("to")).toEqual(["d/two", "d/two-more", "one", "three"])
      expect(read("to/d/two")).toBe("d/two")
      if (verb === "move") write("from/d/two", "d/two")
    }
    expect(read("from/d/two.rclonelink")).toBe("d/two.rclonelink")
  }
)

test("a file that can not be stored fails alone, is named with its reason, and the exit code is 3", async () => {
  const { list, run, write } = makeCli()
  write("from/a.txt", "a")
  write("from/b/c.txt", "c")
  write("to/b", "a file where a folder must be")
  const { code, error } = await run("copy", "@/from", "@/to")
  expect(code).toBe(3)
  expect(error).toContain("1 file failed:\n  b/c.txt: ")
  expect(list("to")).toContain("a.txt")
})

test("what stands at the end names what was done", async () => {
  const { run, write } = makeCli()
  write("from/a.txt", "a")
  const { error } = await run("copy", "-v", "@/from", "@/to")
  expect(error).toContain("copied a.txt (1 B)\n")
  expect(error).toContain("1 file copied (1 B), 0 the same, 0 skipped, 0 failed in ")
})

test("on a terminal the cursor stays, so that a killed run hides none", async () => {
  const { run, write } = makeCli({ isErrorTerminal: true, columns: 40 })
  write("from/a.txt", "a")
  const { error } = await run("copy", "@/from", "@/to")
  expect(error).not.toContain("\u001b[?25")
})
