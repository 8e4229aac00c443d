import { expect, test } from "vitest"
import { withB2, withKey } from "./B2Cli.ts"
import type { Cli } from "./Cli.ts"

interface Row {
  readonly path: string
  readonly versionId: string
  readonly kind: string
  readonly storedAt: number
}

const versionsOf = async (cli: Cli, place: string): Promise<ReadonlyArray<Row>> => {
  const { out } = await cli.run("versions", "--json", place)
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row)
}

const idOf = (rows: ReadonlyArray<Row>, index: number): string => rows[index]?.versionId ?? "none"

/** Until what is stored next has a later time. */
const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

const namesIn = (out: string): ReadonlyArray<string> =>
  out.split("\n").flatMap((line) => (line === "" ? [] : [line.slice(32)]))

/** A folder of three files, then another content, another file and one file less; and the time between the two. */
const withHistory = async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "old a", 1_600_000_000_000)
  cli.write("from/sub/b.txt", "b")
  cli.write("from/sub/c.txt", "c")
  await cli.run("sync", "@/from", "b2:some-bucket/docs")
  await later()
  const between = new Date().toISOString()
  await later()
  cli.write("from/a.txt", "the new a", 1_700_000_000_000)
  cli.write("from/d.txt", "d")
  await cli.run("sync", "@/from", "b2:some-bucket/docs")
  await cli.run("rm", "b2:some-bucket/docs/sub/b.txt")
  return { cli, emulator, between }
}

test("ls, tree, size, lsjson, stat and cat show a bucket as it was at a time", async () => {
  const { between, cli } = await withHistory()
  const docs = "b2:some-bucket/docs"
  expect(namesIn((await cli.run("ls", docs)).out)).toEqual(["a.txt", "d.txt", "sub/c.txt"])
  expect(namesIn((await cli.run("ls", "--at", between, docs)).out)).toEqual(["a.txt", "sub/b.txt", "sub/c.txt"])
  expect(namesIn((await cli.run("ls", "--at", between, "--max-depth", "1", docs)).out)).toEqual(["a.txt", "sub/"])
  expect((await cli.run("tree", "--at", between, docs)).out).toContain("b.txt")
  expect((await cli.run("size", "--at", between, docs)).out).toContain("3 files, 7 bytes")
  expect((await cli.run("cat", "--at", between, `${docs}/a.txt`)).out).toBe("old a")
  expect((await cli.run("cat", `${docs}/a.txt`)).out).toBe("the new a")
  expect((await cli.run("stat", "--at", between, `${docs}/a.txt`)).out).toContain("5 bytes")
  const json = JSON.parse((await cli.run("lsjson", "--at", between, "-R", "--files-only", docs)).out)
  expect(json.map(({ Path }: { Path: string }) => Path)).toEqual(["a.txt", "sub/b.txt", "sub/c.txt"])
  expect((await cli.run("ls", "--at", "1y", docs)).code).toBe(4)
  expect((await cli.run("cat", "--at", between, `${docs}/d.txt`)).code).toBe(4)
})

test("copy, sync and check take a bucket as it was at a time", async () => {
  const { between, cli } = await withHistory()
  const docs = "b2:some-bucket/docs"
  expect(await cli.run("copy", "--quiet", "--at", between, docs, "@/back")).toEqual({ code: 0, out: "", error: "" })
  expect(cli.list("back")).toEqual(["a.txt", "sub/b.txt", "sub/c.txt"])
  expect(cli.read("back/a.txt")).toBe("old a")
  expect((await cli.run("check", "--checksum", "--at", between, docs, "@/back")).code).toBe(0)
  expect((await cli.run("check", docs, "@/back")).code).toBe(1)
  cli.write("back/extra.txt", "extra")
  expect((await cli.run("sync", "--at", between, docs, "@/back")).code).toBe(0)
  expect(cli.list("back")).toEqual(["a.txt", "sub/b.txt", "sub/c.txt"])
  expect((await cli.run("copy", "--quiet", "--at", between, `${docs}/a.txt`, "@/one")).code).toBe(0)
  expect(cli.read("one/a.txt")).toBe("old a")
})

test("sync of a folder with itself as it was makes it again what it was, without sending a byte", async () => {
  const { between, cli, emulator } = await withHistory()
  const docs = "b2:some-bucket/docs"
  emulator.log?.reset()
  expect(await cli.run("sync", "--quiet", "--at", between, docs, docs)).toEqual({ code: 0, out: "", error: "" })
  expect(namesIn((await cli.run("ls", docs)).out)).toEqual(["a.txt", "sub/b.txt", "sub/c.txt"])
  expect((await cli.run("cat", `${docs}/a.txt`)).out).toBe("old a")
  expect(emulator.log?.requests("b2_upload_file") ?? []).toEqual([])
  expect((await versionsOf(cli, `${docs}/d.txt`)).map(({ kind }) => kind)).toEqual(["Hidden", "Stored"])
})

test("a source that was empty at the time stops a sync with 25", async () => {
  const { cli } = await withHistory()
  cli.write("here/mine.txt", "mine")
  expect((await cli.run("sync", "--at", "1y", "b2:some-bucket/docs", "@/here")).code).toBe(25)
  expect(cli.list("here")).toEqual(["mine.txt"])
})

test("what a time can not mean is refused by name, and so is a place that keeps no versions", async () => {
  const { cli } = await withHistory()
  const nonsense = await cli.run("ls", "--at", "yesterdayish", "b2:some-bucket")
  expect([nonsense.code, nonsense.error]).toEqual([2, expect.stringContaining('--at: "yesterdayish" is no time')])
  const local = await cli.run("ls", "--at", "2h", "@/from")
  expect([local.code, local.error]).toEqual([2, `error: ${cli.folder}/from keeps no old versions\n`])
  expect((await cli.run("ls", "--at", "2h", "b2:")).code).toBe(2)
})

test("an id that versions shows is read, told of and copied", async () => {
  const { cli } = await withHistory()
  const place = "b2:some-bucket/docs/a.txt"
  const rows = await versionsOf(cli, place)
  const id = idOf(rows, 1)
  expect((await cli.run("cat", "--version-id", id, place)).out).toBe("old a")
  expect((await cli.run("stat", "--version-id", id, place)).out).toContain(id)
  expect((await cli.run("copy", "--version-id", id, place, "@/one")).code).toBe(0)
  expect(cli.read("one/a.txt")).toBe("old a")
  expect((await cli.run("copy", "--version-id", id, place, "b2:some-bucket/docs")).code).toBe(0)
  expect((await cli.run("cat", place)).out).toBe("old a")
  const none = await cli.run("cat", "--version-id", "4_none", place)
  expect([none.code, none.error]).toEqual([4, expect.stringContaining("has no version 4_none")])
  const hidden = await versionsOf(cli, "b2:some-bucket/docs/sub/b.txt")
  expect((await cli.run("cat", "--version-id", idOf(hidden, 0), "b2:some-bucket/docs/sub/b.txt")).code).toBe(2)
  expect((await cli.run("cat", "--version-id", idOf(hidden, 1), "b2:some-bucket/docs/sub/b.txt")).out).toBe("b")
  expect((await cli.run("cat", "--at", "2h", "--version-id", id, place)).code).toBe(2)
})

test("a removed file comes back as it was, by its old id, and its marker is gone", async () => {
  const { cli } = await withHistory()
  const place = "b2:some-bucket/docs/sub/b.txt"
  const [marker, stored] = await versionsOf(cli, place)
  const preview = await cli.run("undelete", "--dry-run", place)
  expect(preview.out).toBe("bring back b.txt\n1 file to bring back. Nothing was done: --dry-run\n")
  expect((await cli.run("stat", place)).code).toBe(4)
  expect(await cli.run("undelete", place)).toEqual({ code: 0, out: "", error: "1 file brought back\n" })
  expect((await cli.run("cat", place)).out).toBe("b")
  expect(await versionsOf(cli, place)).toEqual([stored])
  expect(marker?.kind).toBe("Hidden")
  const again = await cli.run("undelete", place)
  expect([again.code, again.error]).toEqual([0, `${place}: it is not removed\n`])
  expect((await cli.run("undelete", "b2:some-bucket/never/was")).code).toBe(4)
  expect((await cli.run("undelete", "@/from/a.txt")).code).toBe(2)
})

test("every removed file below a folder comes back, and only those that the filter takes", async () => {
  const { cli } = await withB2()
  for (const name of ["a.jpg", "b.txt", "sub/c.jpg", "stays.jpg"]) cli.write(`from/${name}`, name)
  await cli.run("copy", "@/from", "b2:some-bucket/x")
  await cli.run("copy", "@/from", "b2:some-bucket/xy")
  await cli.run("rm", "-r", "--exclude", "stays.jpg", "b2:some-bucket/x")
  await cli.run("rm", "-r", "b2:some-bucket/xy")
  const single = await cli.run("undelete", "b2:some-bucket/x")
  expect([single.code, single.error]).toEqual([2, expect.stringContaining("--recursive")])
  const jpg = await cli.run("undelete", "-r", "--include", "*.jpg", "b2:some-bucket/x")
  expect(jpg).toEqual({ code: 0, out: "", error: "2 files brought back\n" })
  expect(namesIn((await cli.run("ls", "b2:some-bucket")).out)).toEqual(["x/a.jpg", "x/stays.jpg", "x/sub/c.jpg"])
  const { out } = await cli.run("undelete", "-r", "--json", "b2:some-bucket/x")
  expect(out).toContain('"deed":"restored","item":"b.txt","bytes":5')
})

test("an older version is made the newest again, inside the service, and what was there stays behind it", async () => {
  const { cli, emulator } = await withHistory()
  const place = "b2:some-bucket/docs/a.txt"
  const before = await versionsOf(cli, place)
  emulator.log?.reset()
  expect((await cli.run("undelete", "--version-id", idOf(before, 1), place)).code).toBe(0)
  expect((await cli.run("cat", place)).out).toBe("old a")
  expect(emulator.log?.requests("b2_upload_file") ?? []).toEqual([])
  expect((await versionsOf(cli, place)).slice(1)).toEqual(before)
  expect((await cli.run("undelete", "--version-id", idOf(await versionsOf(cli, place), 0), place)).error).toContain(
    "this version is what is there"
  )
  expect((await cli.run("undelete", "--version-id", "none", place)).code).toBe(4)
})

test("a key that may not delete brings a file back by a copy", async () => {
  const { cli, emulator } = await withHistory()
  const limited = await withKey(emulator, ["listBuckets", "listFiles", "readFiles", "writeFiles"])
  const place = "b2:some-bucket/docs/sub/b.txt"
  expect((await limited.run("undelete", place)).code).toBe(0)
  expect((await cli.run("cat", place)).out).toBe("b")
  expect((await versionsOf(cli, place)).map(({ kind }) => kind)).toEqual(["Stored", "Hidden", "Stored"])
})

test("one version is removed by its id, and what was stored before it is there again", async () => {
  const { cli } = await withHistory()
  const place = "b2:some-bucket/docs/a.txt"
  const [newest, old] = await versionsOf(cli, place)
  expect((await cli.run("rm", "--dry-run", "--version-id", newest?.versionId ?? "", place)).out).toContain(
    "1 file to remove"
  )
  expect(await cli.run("rm", "--version-id", newest?.versionId ?? "", place)).toEqual({ code: 0, out: "", error: "" })
  expect(await versionsOf(cli, place)).toEqual([old])
  expect((await cli.run("cat", place)).out).toBe("old a")
  expect((await cli.run("rm", "--version-id", newest?.versionId ?? "", place)).code).toBe(4)
  expect((await cli.run("rm", "-r", "--version-id", old?.versionId ?? "", place)).code).toBe(2)
})

test("an empty folder is there at the times at which it was", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  await cli.run("copy", "@/from", "b2:some-bucket/docs")
  await later()
  const before = new Date().toISOString()
  await later()
  await cli.run("mkdir", "b2:some-bucket/docs/empty")
  await later()
  const between = new Date().toISOString()
  await later()
  await cli.run("rm", "-r", "b2:some-bucket/docs")
  expect(namesIn((await cli.run("ls", "--at", before, "b2:some-bucket/docs")).out)).toEqual(["a.txt"])
  expect(namesIn((await cli.run("ls", "--at", between, "b2:some-bucket/docs")).out)).toEqual(["a.txt", "empty/"])
  expect((await cli.run("ls", "b2:some-bucket/docs")).code).toBe(4)
})
