import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { type Cli, makeCli } from "./Cli.ts"

const noon = Date.UTC(2024, 1, 29, 12, 0, 0)

const withFiles = (options: Parameters<typeof makeCli>[0] = {}): Cli => {
  const cli = makeCli(options)
  cli.write("place/a.txt", "hello", noon)
  cli.write("place/sub/deep/b.bin", "x".repeat(2048), noon)
  fs.mkdirSync(path.join(cli.folder, "place/void"))
  return cli
}

test("ls prints size, time and path of every file", async () => {
  const { out } = await withFiles().run("ls", "@/place")
  expect(out.split("\n")[0]).toMatch(/^ {6}5 B {2}2024-0\d-\d\d \d\d:00:00 {2}a\.txt$/)
  expect(out).toContain("  2.0 KiB  ")
  expect(out).toContain("sub/deep/b.bin\n")
})

test("ls of one level shows folders with a slash", async () => {
  const { out } = await withFiles().run("ls", "--max-depth", "1", "@/place")
  expect(out.split("\n").map((line) => line.trim().split(/\s+/).at(-1))).toEqual(["a.txt", "sub/", "void/", ""])
})

test("ls of a file prints that file", async () => {
  const { out } = await withFiles().run("ls", "@/place/sub/deep/b.bin")
  expect(out).toMatch(/ b\.bin\n$/)
})

test.each(["ls", "lsjson", "tree", "size", "stat", "cat"])(
  "%s of what is not there exits with 4 and names it",
  async (command) => {
    const { code, error } = await withFiles().run(command, "@/place/nothing")
    expect(code).toBe(4)
    expect(error).toContain("place/nothing: no such file or folder")
  }
)

test("lsjson prints an array with the fields that rclone's has", async () => {
  const { out } = await withFiles().run("lsjson", "-R", "@/place")
  const entries = JSON.parse(out)
  expect(entries.map((entry: { Path: string }) => entry.Path)).toEqual([
    "a.txt",
    "sub",
    "sub/deep",
    "sub/deep/b.bin",
    "void"
  ])
  expect(entries[0]).toMatchObject({ Name: "a.txt", Size: 5, ModTime: "2024-02-29T12:00:00.000Z", IsDir: false })
  expect(entries[1]).toMatchObject({ Name: "sub", Size: -1, MimeType: "inode/directory", IsDir: true })
  expect(JSON.parse((await makeEmpty().run("lsjson", "@/place")).out)).toEqual([])
})

const makeEmpty = (): Cli => {
  const cli = makeCli()
  fs.mkdirSync(path.join(cli.folder, "place"))
  return cli
}

test("tree draws files below their folders", async () => {
  const cli = withFiles()
  expect((await cli.run("tree", "@/place")).out.split("\n").slice(1)).toEqual([
    "├── a.txt",
    "├── sub/",
    "│   └── deep/",
    "│       └── b.bin",
    "└── void/",
    "",
    "3 folders, 2 files, 2.0 KiB",
    ""
  ])
})

test.each([
  [{ LC_ALL: "C", LANG: "en_US.UTF-8" }, "|-- sub/"],
  [{ LC_CTYPE: "de_DE.ISO-8859-1" }, "|-- sub/"],
  [{ LANG: "POSIX" }, "|-- sub/"],
  [{ LANG: "C.UTF-8" }, "├── sub/"]
] as const)("tree draws with what the locale of %j can show", async (environment, line) => {
  const cli = withFiles({ environment })
  expect((await cli.run("tree", "@/place")).out.split("\n")).toContain(line)
})

test("no JSON holds a character that a terminal obeys, and its names are whole", async () => {
  const name = "a\u009b31m\u202eb"
  const cli = makeCli()
  cli.write(`place/${name}`, "a")
  for (const words of [["lsjson"], ["ls", "--json"], ["tree", "--json"]]) {
    const { out } = await cli.run(...words, "@/place")
    expect(out).not.toMatch(/[\u007f-\u009f\u202e]/)
    expect(out).toContain("a\\u009b31m\\u202eb")
  }
  const [found] = JSON.parse((await cli.run("lsjson", "@/place")).out)
  expect(found.Path).toBe(name)
})

test("size counts files and bytes, of those the filter leaves", async () => {
  const cli = withFiles()
  expect((await cli.run("size", "--json", "@/place")).out).toBe('{"_tag":"Size","files":2,"bytes":2053}\n')
  expect((await cli.run("size", "--json", "--include", "*.txt", "@/place")).out).toContain('"files":1,"bytes":5')
})

test("cat writes the bytes of files, one after the other", async () => {
  const cli = withFiles()
  cli.write("place/c.txt", " there")
  expect((await cli.run("cat", "@/place/a.txt", "@/place/c.txt")).out).toBe("hello there")
})

test("stat tells size and time of a file, and that a folder is one", async () => {
  const cli = withFiles()
  expect(JSON.parse((await cli.run("stat", "--json", "@/place/a.txt")).out)).toMatchObject({
    _tag: "File",
    size: 5,
    modifiedAt: noon
  })
  expect((await cli.run("stat", "@/place")).out).toContain("is a folder")
})

test("check tells what is the same, different, extra and missing, and exits with 1 when there is any", async () => {
  const cli = makeCli()
  cli.write("left/same", "1", noon)
  cli.write("right/same", "1", noon)
  cli.write("left/other", "12", noon)
  cli.write("right/other", "34", noon + 5000)
  cli.write("left/new", "1")
  cli.write("right/old", "1")
  const { code, out } = await cli.run("check", "@/left", "@/right")
  expect(code).toBe(1)
  expect(out.split("\n").slice(0, 4)).toEqual(["+ new", "- old", "* other (checksum differs)", "= same"])
  expect((await cli.run("check", "@/left", "@/left")).code).toBe(0)
  expect((await cli.run("check", "--size-only", "--one-way", "--exclude", "new", "@/left", "@/right")).code).toBe(0)
})

test("rm removes a file, refuses a folder, and with --recursive empties it", async () => {
  const cli = withFiles()
  expect((await cli.run("rm", "@/place/a.txt")).code).toBe(0)
  expect((await cli.run("rm", "@/place")).code).toBe(2)
  expect(cli.list("place")).toEqual(["sub/deep/b.bin"])
  expect((await cli.run("rm", "-r", "--dry-run", "@/place")).out).toContain("remove sub/deep/b.bin\n")
  expect((await cli.run("rm", "--recursive", "@/place")).code).toBe(0)
  expect(cli.list("place")).toEqual([])
  expect((await cli.run("rm", "@/place/a.txt")).code).toBe(4)
})

test("mkdir makes a folder with those above it", async () => {
  const cli = makeCli()
  expect((await cli.run("mkdir", "@/one/two/three")).code).toBe(0)
  expect(fs.statSync(path.join(cli.folder, "one/two/three")).isDirectory()).toBe(true)
})
