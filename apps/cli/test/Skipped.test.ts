import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"

/** A command line with a folder `from` that holds a file and two symbolic links to it. */
const withLinks = () => {
  const cli = makeCli()
  cli.write("from/a.txt", "a")
  fs.symlinkSync("a.txt", path.join(cli.folder, "from", "link"))
  fs.symlinkSync("a.txt", path.join(cli.folder, "from", "second"))
  return cli
}

/** Adds a name that is not valid UTF-8, which can not be listed. */
const addUnreadable = (folder: string, to = "from"): void =>
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/${to}/caf`), Buffer.from([0xe9])]), "")

test("a copy says how many entries it skipped and why, in one line for each reason", async () => {
  const { run } = withLinks()
  const { code, error } = await run("copy", "@/from", "@/to")
  expect(code).toBe(0)
  expect(error).toMatch(/^skipped 2: it is a symbolic link.*--links.*\n$/)
  expect((await run("copy", "--quiet", "@/from", "@/to2")).error).toBe("")
  expect((await run("copy", "--verbose", "@/from", "@/to3")).error).toContain("skipped link: it is a symbolic link")
})

test("check passes over what a copy passes over, and says so", async () => {
  const { run } = withLinks()
  await run("copy", "@/from", "@/to")
  const { code, error, out } = await run("check", "@/from", "@/to")
  expect(code).toBe(0)
  expect(error).toContain("skipped link")
  expect(out).toContain("1 the same, 0 different")
})

test("check compares symbolic links as copy --links stored them", async () => {
  const { run, write } = withLinks()
  await run("copy", "--links", "@/from", "@/to")
  expect((await run("check", "--links", "@/from", "@/to")).out).toContain("3 the same")
  write("from/a.txt", "changed")
  expect((await run("check", "--links", "@/from", "@/to")).code).toBe(1)
})

test("check exits with 3 when something could not be compared and nothing differs", async () => {
  const { folder, run } = withLinks()
  await run("copy", "@/from", "@/to")
  addUnreadable(folder)
  const { code, out } = await run("check", "@/from", "@/to")
  expect(code).toBe(3)
  expect(out).toContain("! caf\\xe9")
})

test.each([
  ["size", /1 file, 1 B/],
  ["tree", /└── a\.txt/]
])("%s tells of what could be read before it exits with 3", async (command, expected) => {
  const { folder, run } = withLinks()
  addUnreadable(folder)
  const { code, out } = await run(command, "@/from")
  expect(code).toBe(3)
  expect(out).toMatch(expected)
})

test("cat prints the file that a symbolic link points to", async () => {
  const { run } = withLinks()
  expect(await run("cat", "@/from/link")).toEqual({ code: 0, out: "a", error: "" })
})

test("a symbolic link to a file is no source of a copy unless links are followed", async () => {
  const { read, run } = withLinks()
  const { code, error } = await run("copy", "@/from/link", "@/to")
  expect(code).toBe(2)
  expect(error).toContain("--copy-links")
  expect((await run("copy", "--copy-links", "@/from/link", "@/to")).code).toBe(0)
  expect(read("to/link")).toBe("a")
})

test("removals that were withheld are told without a number when they are empty folders", async () => {
  const { folder, run, write } = makeCli()
  write("from/a", "a file")
  write("to/a/kept.bak", "keeps the place of the file")
  fs.mkdirSync(path.join(folder, "to", "empty"), { recursive: true })
  const { code, error } = await run("sync", "--exclude", "*.bak", "@/from", "@/to")
  expect(code).toBe(3)
  expect(error).toContain("empty folders to remove were kept")
})

test("an unusable name at the destination is nothing to a copy, and fails a sync, which can not remove it", async () => {
  const { folder, run, write } = makeCli()
  write("from/a.txt", "a")
  write("to/b.txt", "b")
  addUnreadable(folder, "to")
  expect(await run("copy", "@/from", "@/to")).toEqual({ code: 0, out: "", error: "" })
  const { code, error } = await run("sync", "@/from", "@/to")
  expect(code).toBe(3)
  expect(error).toContain("caf\\xe9")
  expect(fs.existsSync(path.join(folder, "to", "b.txt"))).toBe(false)
})
