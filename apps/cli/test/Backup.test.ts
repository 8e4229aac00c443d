import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, test } from "vitest"
import { jsonLines, withRepository } from "./RepositoryCli.ts"

const prepare = async () => {
  const { cli } = await withRepository()
  cli.write("from/a.txt", "a")
  cli.write("from/sub/ö.txt", "b".repeat(5000))
  return cli
}

const id = /^[0-9a-f]{64}$/

test("what was backed up comes back the same", async () => {
  const cli = await prepare()
  const made = await cli.run("backup", "@/from", "--tag", "one,two", "--tag", "three", "--host", "elsewhere")
  expect(made).toMatchObject({ code: 0, out: "" })
  expect(made.error).toMatch(/files {6}2 new, 0 changed, 0 unchanged\n[\s\S]*snapshot [0-9a-f]{8} saved\n$/)
  const restored = await cli.run("restore", `latest:${cli.folder}/from`, "--target", "@/back", "--verify")
  expect(restored).toMatchObject({ code: 0, out: "" })
  expect(cli.list("back")).toEqual(["a.txt", "sub/ö.txt"])
  expect(cli.read("back/sub/ö.txt")).toBe("b".repeat(5000))
  const [snapshot] = JSON.parse((await cli.run("snapshots", "--json")).out)
  expect(snapshot).toMatchObject({
    id: expect.stringMatching(id),
    short_id: expect.stringMatching(/^[0-9a-f]{8}$/),
    hostname: "elsewhere",
    tags: ["one", "two", "three"],
    paths: [path.join(cli.folder, "from")],
    tree: expect.stringMatching(id)
  })
})

test("an empty host, which a script's variable may be, is none: the snapshot has that of the machine", async () => {
  const { cli } = await withRepository({ environment: { RESTIC_HOST: "" } })
  cli.write("from/a.txt", "a")
  for (const words of [[], ["--host", ""]]) {
    await cli.run("backup", "@/from", ...words)
    const [newest] = JSON.parse((await cli.run("snapshots", "--json", "--latest", "1")).out)
    expect(newest.hostname).toBe(os.hostname())
  }
})

test("backup --json ends with restic's summary", async () => {
  const cli = await prepare()
  await cli.run("backup", "@/from")
  cli.write("from/new.txt", "new")
  const lines = jsonLines((await cli.run("backup", "@/from", "--json")).out)
  expect(lines.slice(0, -1).every((line) => line.message_type === "status")).toBe(true)
  expect(lines.at(-1)).toEqual({
    message_type: "summary",
    files_new: 1,
    files_changed: 0,
    files_unmodified: 2,
    dirs_new: 0,
    dirs_changed: expect.any(Number),
    dirs_unmodified: expect.any(Number),
    data_blobs: 1,
    tree_blobs: expect.any(Number),
    data_added: expect.any(Number),
    data_added_packed: expect.any(Number),
    total_files_processed: 3,
    total_bytes_processed: 5004,
    total_duration: expect.any(Number),
    backup_start: expect.any(String),
    backup_end: expect.any(String),
    snapshot_id: expect.stringMatching(id)
  })
})

test("a path that can not be read is named and gives 3, and the rest is in the snapshot", async () => {
  const cli = await prepare()
  const { code, error } = await cli.run("backup", "@/from", "@/missing")
  expect(code).toBe(3)
  expect(error).toContain(path.join(cli.folder, "missing"))
  expect(JSON.parse((await cli.run("snapshots", "--json")).out)).toHaveLength(1)
  const json = await cli.run("backup", "@/from", "@/missing", "--json")
  expect(json.code).toBe(3)
  expect(jsonLines(json.error)[0]).toEqual({
    message_type: "error",
    error: { message: expect.any(String) },
    during: expect.stringMatching(/scan|archival/),
    item: path.join(cli.folder, "missing")
  })
})

test("a dry run stores nothing", async () => {
  const cli = await prepare()
  const dry = await cli.run("backup", "@/from", "--dry-run", "--json")
  expect(jsonLines(dry.out).at(-1)).toMatchObject({ message_type: "summary", dry_run: true, files_new: 2 })
  expect(cli.list("repository").filter((name) => name.startsWith("data"))).toEqual([])
})

test.each([
  [
    ["--exclude", "*.log"],
    ["a.txt", "big", "cache/CACHEDIR.TAG", "cache/x", "sub/A.TXT"]
  ],
  [
    ["--iexclude", "A.txt"],
    ["big", "cache/CACHEDIR.TAG", "cache/x", "x.log"]
  ],
  [
    ["--exclude-file", "@/patterns"],
    ["a.txt", "big", "cache/CACHEDIR.TAG", "cache/x", "x.log"]
  ],
  [["--exclude-caches"], ["a.txt", "big", "cache/CACHEDIR.TAG", "sub/A.TXT", "x.log"]],
  [
    ["--exclude-if-present", "A.TXT"],
    ["a.txt", "big", "cache/CACHEDIR.TAG", "cache/x", "sub/A.TXT", "x.log"]
  ],
  [
    ["--exclude-larger-than", "1K"],
    ["a.txt", "cache/CACHEDIR.TAG", "cache/x", "sub/A.TXT", "x.log"]
  ]
])("%j leaves out what it says", async (flags, expected) => {
  const { cli } = await withRepository()
  for (const name of ["a.txt", "sub/A.TXT", "x.log", "cache/x"]) cli.write(`from/${name}`, name)
  cli.write("from/cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55")
  cli.write("from/big", "x".repeat(2000))
  cli.write("patterns", "# a comment\nsub\n")
  expect((await cli.run("backup", "@/from", ...flags)).code).toBe(0)
  await cli.run("restore", `latest:${cli.folder}/from`, "--target", "@/back")
  expect(cli.list("back")).toEqual(expected)
})

test("paths come from lists, too", async () => {
  const cli = await prepare()
  cli.write("list", `${cli.folder}/from/*.txt\n`)
  cli.write("raw", `${cli.folder}/from/sub/ö.txt\0`)
  expect((await cli.run("backup", "--files-from", "@/list", "--files-from-raw", "@/raw")).code).toBe(0)
  await cli.run("restore", `latest:${cli.folder}/from`, "--target", "@/back")
  expect(cli.list("back")).toEqual(["a.txt", "sub/ö.txt"])
})

test("what a command prints is backed up, unless the command fails", async () => {
  const { cli } = await withRepository()
  const words = ["backup", "--stdin-filename", "dump.sql", "--stdin-from-command", "--"]
  expect((await cli.run(...words, "printf", "all of it")).code).toBe(0)
  expect((await cli.run("snapshot", "dump", "latest", "/dump.sql")).out).toBe("all of it")
  const failed = await cli.run(...words, "sh", "-c", "echo half; exit 3")
  expect(failed.code).toBe(1)
  expect(failed.error).toContain("exit code 3")
  expect(JSON.parse((await cli.run("snapshots", "--json")).out)).toHaveLength(1)
})

test.each([
  [["backup"], "nothing to back up"],
  [["backup", "--stdin", "x"], "--stdin takes no paths"],
  [["backup", "--stdin-from-command"], "needs a command"],
  [["backup", "x", "--time", "yesterday"], "--time"],
  [["backup", "x", "--exclude-larger-than", "big"], "--exclude-larger-than"],
  [["backup", "x", "--exclude", "[a"], "--exclude"],
  [["backup", "x", "--files-from", "@/none"], "--files-from"],
  [["backup", "x", "--pack-size", "3"], "--pack-size"],
  [["backup", "x", "--compression", "some"], "--compression"],
  [["restore", "latest"], "--target"],
  [["restore", "latest", "-t", "@/x", "-i", "a", "-e", "b"], "choose one of --include and --exclude"],
  [["restore", "latest", "-t", "/", "--delete"], "--include"]
] satisfies ReadonlyArray<[ReadonlyArray<string>, string]>)("%j is wrong usage", async (words, message) => {
  const { cli } = await withRepository()
  const { code, error } = await cli.run(...words)
  expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining(message) })
})

test("restore takes includes, keeps or deletes what is there, and says so in restic's summary", async () => {
  const cli = await prepare()
  await cli.run("backup", "@/from")
  const restore = (...words: ReadonlyArray<string>) =>
    cli.run("restore", `latest:${cli.folder}/from`, "--target", "@/back", ...words)
  expect((await restore("--include", "*.nothing", "--dry-run")).code).toBe(0)
  expect(fs.existsSync(path.join(cli.folder, "back"))).toBe(false)
  await restore("--include", "a.txt")
  expect(cli.list("back")).toEqual(["a.txt"])
  cli.write("back/a.txt", "mine")
  cli.write("back/extra", "extra")
  await restore("--overwrite", "never")
  expect(cli.read("back/a.txt")).toBe("mine")
  const { out } = await restore("--delete", "--json")
  expect(jsonLines(out).at(-1)).toEqual({
    message_type: "summary",
    seconds_elapsed: expect.any(Number),
    total_files: expect.any(Number),
    files_restored: expect.any(Number),
    files_skipped: expect.any(Number),
    files_deleted: 1,
    total_bytes: 5001,
    bytes_restored: expect.any(Number),
    bytes_skipped: expect.any(Number)
  })
  expect(cli.list("back")).toEqual(["a.txt", "sub/ö.txt"])
  expect(cli.read("back/a.txt")).toBe("a")
})

test("restore leaves out what lets a program run as another with --no-special, and brings it with --special", async () => {
  const cli = await prepare()
  fs.chmodSync(path.join(cli.folder, "from/a.txt"), 0o4755)
  await cli.run("backup", "@/from")
  const modeOf = async (flag: string) => {
    const back = `@/back${flag}`
    const { code, error } = await cli.run("restore", `latest:${cli.folder}/from`, "--target", back, flag)
    const mode = fs.statSync(path.join(cli.folder, `back${flag}/a.txt`)).mode & 0o7777
    return { code, mode, isTold: error.includes("left out") }
  }
  expect(await modeOf("--no-special")).toEqual({ code: 0, mode: 0o755, isTold: true })
  expect(await modeOf("--special")).toEqual({ code: 0, mode: 0o4755, isTold: false })
})

test.each([["nonsense"], ["ffffffff"], ["latest~7"], ["latest:/no/such/folder"]])(
  "a snapshot called %s gives 4",
  async (name) => {
    const cli = await prepare()
    await cli.run("backup", "@/from")
    const { code, error } = await cli.run("restore", name, "--target", "@/back")
    expect(code).toBe(4)
    expect(error).toMatch(/^error: /m)
  }
)
