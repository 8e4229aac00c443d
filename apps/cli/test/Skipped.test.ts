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

/** A remote for which links that point nowhere can not be listed, and one of those in `to`. */
const addUnreadable = async ({ folder, run }: ReturnType<typeof makeCli>, to = "from"): Promise<void> => {
  fs.symlinkSync("nowhere", path.join(folder, to, "broken"))
  await run("remote", "add", "followed", "local", "--copy-links", "true", "--no-check")
}

test("a copy says how many entries it skipped and why, in one line for each reason", async () => {
  const { run } = withLinks()
  const { code, error } = await run("copy", "@/from", "@/to")
  expect(code).toBe(0)
  expect(error).toMatch(/^1 file copied .*\nskipped 2: it is a symbolic link.*--links.*\n$/)
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
  const cli = withLinks()
  await cli.run("copy", "-L", "@/from", "@/to")
  await addUnreadable(cli)
  const { code, out } = await cli.run("check", "-L", "@/from", "@/to")
  expect(code).toBe(3)
  expect(out).toContain("! broken")
})

test.each([
  ["size", /3 files, 3 bytes/],
  ["tree", /├── a\.txt/]
])("%s tells of what could be read before it exits with 3", async (command, expected) => {
  const cli = withLinks()
  await addUnreadable(cli)
  const { code, out } = await cli.run(command, `followed:${cli.folder}/from`)
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
  fs.mkdirSync(path.join(folder, "to", "a", "empty"), { recursive: true })
  const { code, error } = await run("sync", "--exclude", "*.bak", "@/from", "@/to")
  expect(code).toBe(3)
  expect(error).toContain("empty folders to remove were kept")
})

test("what can not be read at the destination is nothing to a copy, and fails a sync, which removes the rest", async () => {
  const cli = makeCli()
  cli.write("from/a.txt", "a")
  cli.write("to/b.txt", "b")
  await addUnreadable(cli, "to")
  const to = `followed:${cli.folder}/to`
  expect(await cli.run("copy", "--quiet", "@/from", to)).toEqual({ code: 0, out: "", error: "" })
  const { code, error } = await cli.run("sync", "@/from", to)
  expect(code).toBe(3)
  expect(error).toContain("broken")
  expect(fs.existsSync(path.join(cli.folder, "to", "b.txt"))).toBe(false)
})

test.each(["", "--dry-run"])(
  "bisync says how many entries it skipped, why, and what could be done %s",
  async (word) => {
    const { folder, run, write } = withLinks()
    for (const to of ["to", "to2", "to3"]) write(`${to}/b.txt`, "b")
    const { code, error } = await run("bisync", ...(word === "" ? [] : [word]), "@/from", "@/to")
    expect(code).toBe(0)
    expect(error).toMatch(/^skipped 2: it is a symbolic link; .*--copy-links true$/m)
    expect((await run("bisync", "--verbose", "@/from", "@/to2")).error).toMatch(/skipped link: .*--copy-links true/)
    await run("remote", "add", "followed", "local", "--copy-links", "true", "--no-check")
    const followed = await run("bisync", `followed:${folder}/from`, "@/to3")
    expect([followed.code, followed.error]).toEqual([0, expect.stringContaining("0 skipped")])
  }
)
