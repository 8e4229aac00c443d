import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"
import { initAt, jsonLines, password, withRepository } from "./RepositoryCli.ts"

/** Three snapshots of a folder, a day apart, each with another file and another content of one. */
const makeSnapshots = async () => {
  const { cli } = await withRepository()
  for (const day of [1, 2, 3]) {
    cli.write("from/same.txt", "same")
    cli.write("from/changing.txt", `day ${day}`)
    cli.write(`from/day-${day}.txt`, `${day}`)
    const { code } = await cli.run("backup", "@/from", "--time", `2026-01-0${day} 12:00:00`, "--tag", `day${day}`)
    expect(code).toBe(0)
  }
  return cli
}

const template = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-snapshots-"))
afterAll(() => fs.rmSync(template, { recursive: true }))
let root: string | undefined

/** A command line with a copy of such a repository; `root` is the folder that the snapshots are of. */
const prepare = async () => {
  if (root === undefined) {
    const { folder } = await makeSnapshots()
    fs.cpSync(path.join(folder, "repository"), template, { recursive: true })
    root = `${folder}/from`
  }
  const cli = makeCli({ environment: { OURCLONE_PASSWORD: password, OURCLONE_REPOSITORY: "@/repository" } })
  fs.cpSync(template, path.join(cli.folder, "repository"), { recursive: true })
  const list = async (...words: ReadonlyArray<string>): Promise<ReadonlyArray<{ id: string; tags?: Array<string> }>> =>
    JSON.parse((await cli.run("snapshots", "--json", ...words)).out)
  return { cli, list, root }
}

test("snapshots are listed, filtered, grouped and cut to the latest", async () => {
  const { cli, list, root } = await prepare()
  expect((await list()).map(({ tags }) => tags)).toEqual([["day1"], ["day2"], ["day3"]])
  expect(await list("--tag", "day1", "--tag", "day3")).toHaveLength(2)
  expect(await list("--tag", "day1,day3")).toHaveLength(0)
  expect(await list("--path", root, "--latest", "1")).toHaveLength(1)
  expect(await list("--host", "nobody")).toHaveLength(0)
  expect(await list("--host", "", "--path", "")).toHaveLength(3)
  const groups = JSON.parse((await cli.run("snapshots", "--json", "--group-by", "tags")).out)
  expect(groups).toHaveLength(3)
  expect(groups[0]).toMatchObject({ group_key: { tags: ["day1"] }, snapshots: [{ tags: ["day1"] }] })
  const table = await cli.run("snapshots")
  expect(table.out.split("\n")).toHaveLength(5)
  expect(table.out).toMatch(/^ID +Time +Host +Tags +Paths/)
  expect(table.error).toBe("3 snapshots\n")
})

test("forget keeps what a rule wants, tells why, and prune frees the rest", async () => {
  const { cli, list } = await prepare()
  const dry = JSON.parse((await cli.run("forget", "--keep-last", "1", "--dry-run", "--json")).out)
  expect(dry).toHaveLength(1)
  expect(dry[0]).toMatchObject({
    keep: [{ tags: ["day3"] }],
    remove: [{ tags: ["day2"] }, { tags: ["day1"] }],
    reasons: [{ snapshot: { tags: ["day3"] }, matches: ["last snapshot"] }]
  })
  expect(await list()).toHaveLength(3)
  const packs = () => cli.list("repository").filter((name) => name.startsWith("data")).length
  const before = packs()
  const { code, out } = await cli.run("forget", "--keep-last", "1", "--prune", "--max-unused", "0")
  expect(code).toBe(0)
  expect(out).toContain("remove 2 snapshots")
  expect(await list()).toHaveLength(1)
  expect(packs()).toBeLessThan(before)
  expect((await cli.run("repo", "check", "--read-data")).code).toBe(0)
  expect((await cli.run("restore", "latest", "-t", "@/back")).code).toBe(0)
})

test("forget takes snapshots by name, and no policy that keeps nothing", async () => {
  const { cli, list } = await prepare()
  const [first] = await list()
  expect((await cli.run("forget", first!.id.slice(0, 8))).code).toBe(0)
  expect(await list()).toHaveLength(2)
  expect((await cli.run("forget")).code).toBe(2)
  expect((await cli.run("forget", "--keep-daily", "-1")).code).toBe(2)
  expect((await cli.run("forget", "--keep-within", "3 days")).code).toBe(2)
  expect((await cli.run("forget", "--keep-tag", "nothing")).code).toBe(1)
  expect(await list()).toHaveLength(2)
})

test("ls and find show what is where, in restic's shapes", async () => {
  const { cli, root } = await prepare()
  expect((await cli.run("snapshot", "ls", "latest", root)).out).toBe(
    ["changing.txt", "day-1.txt", "day-2.txt", "day-3.txt", "same.txt"].map((name) => `${root}/${name}\n`).join("")
  )
  const [snapshot, ...nodes] = jsonLines((await cli.run("snapshot", "ls", "latest", "--json")).out)
  expect(snapshot).toMatchObject({ message_type: "snapshot", struct_type: "snapshot", tags: ["day3"] })
  expect(nodes.at(-1)).toMatchObject({
    message_type: "node",
    struct_type: "node",
    name: "same.txt",
    type: "file",
    size: 4,
    path: `${root}/same.txt`
  })
  const found = JSON.parse((await cli.run("snapshot", "find", "day-2.*", "--json")).out)
  expect(found).toHaveLength(2)
  expect(found[0]).toMatchObject({ hits: 1, matches: [{ path: `${root}/day-2.txt` }] })
  expect((await cli.run("snapshot", "find", "nothing")).out).toBe("")
})

test("ls --ncdu is what ncdu reads: folders as arrays, those on the way too, in restic's shape", async () => {
  const { cli } = await withRepository()
  cli.write("from/a/deep/one.txt", "1".repeat(513))
  cli.write("from/a/two.txt", "22")
  cli.write("from/b/three.txt", "")
  fs.symlinkSync("two.txt", path.join(cli.folder, "from/a/link"))
  fs.chmodSync(path.join(cli.folder, "from/b/three.txt"), 0o4640)
  fs.utimesSync(path.join(cli.folder, "from/b/three.txt"), new Date(0), new Date(-5000))
  const { folder } = cli
  expect((await cli.run("backup", "@/from", "--tag", "all")).code).toBe(0)

  type Listed = Readonly<Record<string, unknown>> | ReadonlyArray<Listed>
  const names = (listed: Listed): unknown => {
    if (!Array.isArray(listed)) return (listed as { name: string }).name
    const [self, ...inside] = listed as ReadonlyArray<Listed>
    return { [String(names(self!))]: inside.map(names) }
  }
  const ncdu = async (...words: ReadonlyArray<string>) => {
    const { code, out } = await cli.run("snapshot", "ls", "--ncdu", ...words)
    expect(code).toBe(0)
    return { out, parsed: JSON.parse(out) }
  }
  /** What is below the folder that was backed up, from the arrays around it. */
  const below = (listed: unknown): Record<string, unknown> =>
    folder
      .split("/")
      .slice(1)
      .reduce(
        (inside, name) => {
          const [first] = (inside["/"] ?? Object.values(inside)[0]) as ReadonlyArray<Record<string, unknown>>
          expect(Object.keys(first!)).toEqual([name])
          return first!
        },
        listed as Record<string, unknown>
      )

  const { out, parsed } = await ncdu("latest")
  expect(parsed.slice(0, 2)).toEqual([1, 2])
  expect(parsed[2]).toMatchObject({ tags: ["all"], paths: [`${folder}/from`] })
  expect(parsed[2]).not.toHaveProperty("id")
  expect(out).toMatch(/^\[1, 2, \{.*\}, \[\{"name":"\/"\},\n {2}\[\n {4}\{"name":/)
  expect(out.endsWith("\n  ]\n]\n]\n")).toBe(true)
  const whole = { from: [{ a: [{ deep: ["one.txt"] }, "link", "two.txt"] }, { b: ["three.txt"] }] }
  expect(Object.values(below(names(parsed[3])))[0]).toEqual([whole])
  const lines = out.split("\n").map((line) => line.trim().replace(/,$/, ""))
  const found = (name: string) => JSON.parse(lines.find((line) => line.startsWith(`{"name":"${name}"`))!)
  expect(found("one.txt")).toMatchObject({ asize: 513, dsize: 1024, nlink: 1, notreg: false })
  expect(found("three.txt")).toMatchObject({ asize: 0, dsize: 0, mode: 0o4640, mtime: 0 })
  expect(found("link")).toMatchObject({ asize: 0, notreg: true, mode: 0o777 })
  const fields = ["name", "asize", "dsize", "dev", "ino", "nlink", "notreg", "uid", "gid", "mode", "mtime"]
  expect(Object.keys(found("deep"))).toEqual(fields)

  const ofOne = async (...words: ReadonlyArray<string>) =>
    Object.values(below(names((await ncdu(...words)).parsed[3])))[0]
  expect(await ofOne("latest", `${folder}/from/a`, `${folder}/from/b/three.txt`)).toEqual([
    { from: [{ a: [{ deep: [] }, "link", "two.txt"] }, { b: ["three.txt"] }] }
  ])
  expect(await ofOne("latest", "--recursive", `${folder}/from/a/deep`, `${folder}/from/a`)).toEqual([
    { from: [{ a: [{ deep: ["one.txt"] }, "link", "two.txt"] }] }
  ])
  expect(names((await ncdu(`latest:${folder}/from/a`)).parsed[3])).toEqual({
    "/": [{ deep: ["one.txt"] }, "link", "two.txt"]
  })
  for (const word of ["--json", "--reverse", "--sort=size"])
    expect((await cli.run("snapshot", "ls", "--ncdu", word, "latest")).code).toBe(2)
  expect((await cli.run("snapshot", "ls", "--ncdu", "--reverse", "latest")).error).toMatch(
    /^error: --ncdu: one tree has/
  )
  expect((await cli.run("snapshot", "ls", "--ncdu", "latest", "/nothing")).code).toBe(4)
})

test("find --show-pack-id says in which pack each object is, unused ones among them", async () => {
  const { cli, list, root } = await prepare()
  const json = async (...words: ReadonlyArray<string>) =>
    JSON.parse((await cli.run("snapshot", "find", "--json", "--show-pack-id", ...words)).out)
  const [tree] = JSON.parse((await cli.run("snapshots", "--json", "--latest", "1")).out) as [{ tree: string }]
  const [found] = await json("--tree", tree.tree)
  expect(found).toMatchObject({
    object_type: "tree",
    id: tree.tree,
    path: "/",
    pack: expect.stringMatching(/^[0-9a-f]{64}$/)
  })
  expect(cli.list("repository")).toContainEqual(expect.stringContaining(found.pack))
  expect((await cli.run("snapshot", "find", "--show-pack-id", "--tree", tree.tree)).out).toContain(
    `tree ${tree.tree} of / in snapshot`
  )
  const inPack = await json("--pack", found.pack)
  expect(inPack.length).toBeGreaterThan(1)
  expect(new Set(inPack.map(({ pack }: { pack: string }) => pack))).toEqual(new Set([found.pack]))
  expect(inPack.every(({ path: at }: { path?: string }) => at !== undefined)).toBe(true)
  await cli.run("forget", (await list()).at(-1)!.id)
  expect(await json("--tree", tree.tree)).toEqual([{ object_type: "tree", id: tree.tree, pack: found.pack }])
  expect((await cli.run("snapshot", "find", "--show-pack-id", "--tree", tree.tree)).out).toBe(
    `tree ${tree.tree} of nothing in the snapshots looked through, in pack ${found.pack}\n`
  )
  expect((await cli.run("snapshot", "find", "--show-pack-id", `${root}/same.txt`)).code).toBe(2)
})

test("diff tells what was added, removed and changed", async () => {
  const { cli, root } = await prepare()
  const { out } = await cli.run("snapshot", "diff", "latest~1", "latest")
  expect(out).toBe(`M  ${root}/changing.txt\n+  ${root}/day-3.txt\n`)
  const lines = jsonLines((await cli.run("snapshot", "diff", "latest", "latest~1", "--json")).out)
  expect(lines[1]).toEqual({ message_type: "change", path: `${root}/day-3.txt`, modifier: "-" })
  expect(lines.at(-1)).toMatchObject({ message_type: "statistics", changed_files: 1, removed: { files: 1 } })
})

test("dump writes a file as it is and a folder as an archive", async () => {
  const { cli, root } = await prepare()
  expect((await cli.run("snapshot", "dump", "latest~2", `${root}/changing.txt`)).out).toBe("day 1")
  expect((await cli.run("snapshot", "dump", "latest", root, "--target", "@/out.tar")).code).toBe(0)
  expect(fs.readFileSync(`${cli.folder}/out.tar`).subarray(257, 262).toString()).toBe("ustar")
  expect((await cli.run("snapshot", "dump", "latest", root, "--archive", "zip")).out.slice(0, 2)).toBe("PK")
  expect((await cli.run("snapshot", "dump", "latest", "/nothing")).code).toBe(4)
})

test("tags are added, taken away and replaced", async () => {
  const { cli, list } = await prepare()
  const changed = jsonLines((await cli.run("snapshot", "tag", "--add", "keep", "latest", "--json")).out)
  expect(changed).toMatchObject([{ message_type: "changed" }, { message_type: "summary", changed_snapshots: 1 }])
  expect((await list()).at(-1)?.tags).toEqual(["day3", "keep"])
  await cli.run("snapshot", "tag", "--remove", "day1", "--tag", "day1")
  await cli.run("snapshot", "tag", "--set", "a,b", "latest~1")
  expect((await list()).map(({ tags }) => tags)).toEqual([undefined, ["a", "b"], ["day3", "keep"]])
  expect((await cli.run("snapshot", "tag")).code).toBe(2)
})

test("rm takes a path out of every snapshot", async () => {
  const { cli, list } = await prepare()
  expect((await cli.run("snapshot", "rm", "--exclude", "day-1.txt", "--dry-run")).out).toContain("day-1.txt")
  expect((await cli.run("snapshot", "rm", "--exclude", "day-1.txt", "--forget")).code).toBe(0)
  expect(await list()).toHaveLength(3)
  expect((await cli.run("snapshot", "find", "day-1.txt")).out).toBe("")
  expect((await cli.run("snapshot", "rm")).code).toBe(2)
})

test("stats count in restic's ways", async () => {
  const { cli } = await prepare()
  const count = async (mode: string) => JSON.parse((await cli.run("repo", "stats", "--mode", mode, "--json")).out)
  expect(await count("restore-size")).toMatchObject({ snapshots_count: 3, total_size: 3 * (4 + 5) + 6 })
  expect(await count("files-by-contents")).toMatchObject({ total_size: 4 + 3 * 5 + 3 })
  expect(await count("raw-data")).toMatchObject({
    total_blob_count: expect.any(Number),
    compression_ratio: expect.any(Number)
  })
})

test("a damaged pack is found by check with 1, and what is left is saved by repair", async () => {
  const { cli, repository } = await withRepository()
  cli.write("from/a.txt", "a".repeat(1000))
  await cli.run("backup", "@/from")
  const summary = JSON.parse((await cli.run("repo", "check", "--json", "--read-data")).out)
  expect(summary).toEqual({
    message_type: "summary",
    num_errors: 0,
    broken_packs: null,
    suggest_repair_index: false,
    suggest_prune: false
  })
  const pack = cli.list("repository").find((name) => name.startsWith("data"))!
  const file = `${cli.folder}/repository/${pack}`
  const bytes = fs.readFileSync(file)
  bytes[20]! ^= 1
  fs.chmodSync(file, 0o600)
  fs.writeFileSync(file, bytes)
  const checked = await cli.run("repo", "check", "--read-data")
  expect(checked.code).toBe(1)
  expect(checked.error).toContain("repair packs")
  const repaired = await cli.run("repo", "repair", "packs", pack.slice(-64))
  expect(repaired).toEqual({ code: 0, out: expect.stringContaining("lost"), error: expect.any(String) })
  expect((await cli.run("repo", "repair", "index")).code).toBe(0)
  expect((await cli.run("repo", "repair", "snapshots", "--forget")).code).toBe(0)
  expect((await cli.run("repo", "check", "--read-data")).code).toBe(0)
  expect(repository.config.version).toBe(2)
})

test("a repository cuts files as another one does, in the words of restic too", async () => {
  const { cli } = await withRepository()
  cli.write("secret", password)
  const init = (...words: ReadonlyArray<string>) =>
    cli.run("repo", "init", "--password-file", "@/secret", "--from-password-file", "@/secret", ...words)
  expect((await init("-r", "@/one", "--copy-chunker-params-from", "@/repository")).code).toBe(0)
  expect((await init("-r", "@/two", "--from-repo", "@/repository", "--copy-chunker-params")).code).toBe(0)
  const polynomialOf = async (name: string) =>
    JSON.parse((await cli.run("repo", "cat", "config", "-r", `@/${name}`)).out).chunker_polynomial
  const polynomial = await polynomialOf("repository")
  expect([polynomial, await polynomialOf("one"), await polynomialOf("two")]).toEqual([
    expect.any(String),
    polynomial,
    polynomial
  ])
  for (const words of [["--from-repo", "@/repository"], ["--copy-chunker-params"]]) {
    expect(await init("-r", "@/three", ...words)).toMatchObject({
      code: 2,
      error: expect.stringContaining("--from-repo and --copy-chunker-params go together")
    })
  }
  expect(fs.existsSync(`${cli.folder}/three`)).toBe(false)
})

test("check --with-cache takes from the copy on this machine what it has there, and check alone takes all from the storage", async () => {
  const { cli, emulator } = await withB2()
  cli.write("secret", password)
  cli.write("from/a.txt", "a".repeat(1000))
  const at = ["-r", "b2:some-bucket/backup", "--password-file", "@/secret", "--cache-dir", "@/caches"]
  await cli.run("repo", "init", ...at)
  expect((await cli.run("backup", "@/from", ...at)).code).toBe(0)
  const fetchedBy = async (...words: ReadonlyArray<string>) => {
    emulator.log?.reset()
    expect((await cli.run("repo", "check", ...words, ...at)).code).toBe(0)
    return emulator.log?.requests().filter(({ operation }) => operation.includes("download")).length ?? 0
  }
  const [all, cached] = [await fetchedBy(), await fetchedBy("--with-cache")]
  // Snapshot and index lie here.
  expect(all - cached).toBeGreaterThanOrEqual(2)
})

test("copy brings snapshots to another repository once", async () => {
  const { cli } = await prepare()
  await initAt(cli, "other")
  cli.write("secret", password)
  const copy = ["repo", "copy", "--repo", "@/other", "--from-repo", "@/repository", "--from-password-file", "@/secret"]
  expect((await cli.run(...copy)).out.split("\n")).toHaveLength(4)
  expect((await cli.run(...copy)).out).toBe("")
  expect(JSON.parse((await cli.run("snapshots", "-r", "@/other", "--json")).out)).toHaveLength(3)
  expect((await cli.run("repo", "check", "--read-data", "-r", "@/other")).code).toBe(0)
})

test("a drill restores what it picks and finds it the same as the files on disk", async () => {
  const cli = await makeSnapshots()
  const { code, out } = await cli.run("repo", "drill", "--sample", "2", "--seed", "x", "--report", "@/drill.json")
  expect(code).toBe(0)
  expect(out).toMatch(/passed\n$/)
  const report = JSON.parse(cli.read("drill.json"))
  expect(report).toMatchObject({ seed: "x", candidates: 5, files: 2, equalToSource: 2, passed: true })
  expect((await cli.run("repo", "drill", "--sample", "none")).code).toBe(2)
})
