import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as LockFile from "@ourclone/backup/format/LockFile"
import { Effect } from "effect"
import { afterAll, expect, test } from "vitest"
import { type Cli, makeCli } from "./Cli.ts"
import { jsonLines, password, withRepository } from "./RepositoryCli.ts"

const template = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-broken-"))
afterAll(() => fs.rmSync(template, { recursive: true }))
let sample: { readonly keyId: string; readonly source: string } | undefined

/** A repository with a snapshot of the folder `source`, and a folder `from` with the same files. */
const prepare = async () => {
  if (sample === undefined) {
    const { cli, repository } = await withRepository()
    cli.write("from/a.txt", "a")
    cli.write("from/sub/b.txt", "b".repeat(5000))
    expect((await cli.run("backup", "@/from")).code).toBe(0)
    for (const folder of ["from", "repository"]) {
      fs.cpSync(path.join(cli.folder, folder), path.join(template, folder), { recursive: true })
    }
    sample = { keyId: repository.keyId, source: path.join(cli.folder, "from") }
  }
  const cli = makeCli({ environment: { OURCLONE_PASSWORD: password, OURCLONE_REPOSITORY: "@/repository" } })
  fs.cpSync(template, cli.folder, { recursive: true })
  const at = (name: string) => path.join(cli.folder, "repository", name)
  return { cli, at, ...sample }
}

const snapshotsOf = async (cli: Cli): Promise<ReadonlyArray<{ readonly id: string }>> =>
  JSON.parse((await cli.run("snapshots", "--json")).out)

const spoil = (file: string): void => {
  fs.chmodSync(file, 0o600)
  fs.writeFileSync(file, "")
}

test("where the index is lost, check says how to get it back, and until then no snapshot is given up", async () => {
  const { at, cli } = await prepare()
  fs.rmSync(at("index"), { recursive: true })
  const [snapshot] = await snapshotsOf(cli)
  const checked = await cli.run("repo", "check")
  expect(checked.code).toBe(1)
  expect(checked.error).toContain(`error: ${snapshot!.id.slice(0, 8)}:/: its tree`)
  expect(checked.error).toContain("\nmend the index with: ourclone repo repair index\n")
  const given = await cli.run("repo", "repair", "snapshots", "--forget")
  expect(given).toMatchObject({ code: 1, error: expect.stringContaining("ourclone repo repair index") })
  expect(await snapshotsOf(cli)).toEqual([snapshot])
  expect((await cli.run("repo", "repair", "index")).code).toBe(0)
  expect((await cli.run("repo", "check", "--read-data")).code).toBe(0)
  expect((await cli.run("repo", "repair", "snapshots", "--forget")).error).toContain("0 replaced, 1 intact")
})

test("what repair index can not read is named for repair packs, and then snapshots can be mended", async () => {
  const { at, cli } = await prepare()
  fs.rmSync(at("index"), { recursive: true })
  const [pack = ""] = cli.list("repository/data")
  spoil(at(`data/${pack}`))
  const { error } = await cli.run("repo", "repair", "index")
  const [, remedy = ""] = /^go on with: ourclone (repo repair packs [0-9a-f]{64})$/m.exec(error) ?? []
  expect(remedy).toContain(path.basename(pack))
  expect((await cli.run(...remedy.split(" "))).code).toBe(0)
  expect((await cli.run("repo", "repair", "snapshots", "--forget")).code).toBe(0)
  expect((await cli.run("repo", "check", "--read-data")).code).toBe(0)
})

test("where the snapshots are lost, prune removes nothing unless it is told to remove everything", async () => {
  const { at, cli } = await prepare()
  const packs = cli.list("repository/data")
  fs.rmSync(at("snapshots"), { recursive: true })
  const refused = await cli.run("repo", "prune")
  expect(refused).toMatchObject({ code: 25, error: expect.stringContaining("no snapshot is there") })
  expect(cli.list("repository/data")).toEqual(packs)
  expect((await cli.run("repo", "prune", "--dry-run")).code).toBe(0)
  expect((await cli.run("repo", "prune", "--unsafe-allow-remove-all")).code).toBe(0)
  expect(cli.list("repository/data")).toEqual([])
})

test("a snapshot that can not be read stops prune, and forget takes it away by its id", async () => {
  const { at, cli } = await prepare()
  const [snapshot] = await snapshotsOf(cli)
  await cli.run("snapshot", "rm", "--exclude", "a.txt")
  spoil(at(`snapshots/${snapshot!.id}`))
  const remedy = `ourclone forget ${snapshot!.id.slice(0, 8)}`
  const checked = await cli.run("repo", "check")
  expect(checked).toMatchObject({ code: 1, error: expect.stringContaining(remedy) })
  expect(checked.error).not.toContain("repair snapshots")
  expect(await cli.run("repo", "prune")).toMatchObject({ code: 1, error: expect.stringContaining(remedy) })
  expect((await cli.run("restore", snapshot!.id, "-t", "@/back")).code).toBe(4)
  expect((await cli.run("forget", snapshot!.id.slice(0, 8))).code).toBe(0)
  expect((await cli.run("repo", "check")).code).toBe(0)
  expect(await snapshotsOf(cli)).toHaveLength(1)
})

test("a key or a config that is damaged is to be put back, which no check would do", async () => {
  const { at, cli, keyId } = await prepare()
  const config = fs.readFileSync(at("config"))
  spoil(at("config"))
  const noConfig = await cli.run("snapshots")
  expect(noConfig).toMatchObject({ code: 1, error: expect.stringMatching(/"config"; .* from a copy\n$/) })
  fs.writeFileSync(at("config"), config)
  spoil(at(`keys/${keyId}`))
  const noKey = await cli.run("snapshots")
  expect(noKey).toMatchObject({ code: 1, error: expect.stringMatching(/its SHA-256 .* put it back from a copy\n$/) })
})

test("with --json both streams are JSON, whatever there is to say", async () => {
  const { at, cli } = await prepare()
  await cli.run("snapshot", "rm", "--exclude", "a.txt")
  const [snapshot] = await snapshotsOf(cli)
  spoil(at(`snapshots/${snapshot!.id}`))
  for (const words of [
    ["snapshots"],
    ["forget", "--keep-last", "1", "--dry-run"],
    ["forget", "latest"],
    ["repo", "check"],
    ["repo", "repair", "index"],
    ["repo", "init", "--repo", "@/other", "--repository-version", "1"]
  ]) {
    const { error, out } = await cli.run(...words, "--json")
    for (const line of `${out}${error}`.split("\n").filter((text) => text !== "")) {
      expect(() => JSON.parse(line), `${words.join(" ")}: ${line}`).not.toThrow()
    }
  }
  const { error } = await cli.run("snapshots", "--json")
  expect(JSON.parse(error)).toMatchObject({ message_type: "error", error: { message: expect.any(String) } })
})

test.each([
  [["snapshots", "--repo", ""], 2, "--repo is empty"],
  [["restore", "latest", "--target", ""], 2, "--target"],
  [["restore", "latest", "--target", "@/from/a.txt"], 1, 'from/a.txt" can not be written: it, or what it should be in'],
  [["restore", "latest:SOURCE/a.txt", "--target", "@/back"], 4, "--include"],
  [["restore", "latest~3", "--target", "@/back"], 4, "there is only 1 snapshot, so there is no latest~3"],
  [["snapshot", "dump", "latest", "/", "--target", "@/none/x.tar"], 1, "none/x.tar: its folder: it does not exist"],
  [["snapshot", "dump", "latest", "/", "--target", "@/from"], 1, "it is a folder"],
  [["snapshot", "dump", "latest", "/none"], 4, "ourclone snapshot ls"],
  [["snapshot", "find", "none.txt"], 0, "nothing of that name is in 1 snapshot"],
  [["repo", "drill", "--report", "@/from/a.txt/x"], 1, 'a.txt/x" can not be written: it, or what it should be in'],
  [["backup", "--stdin-from-command", "--", "no-such-command"], 1, "there is no such command"],
  [["backup", "--files-from", "@/none"], 2, 'none" can not be read: it does not exist'],
  [["restore", "latest", "-t", "@/back", "--include-file", "@/none"], 2, 'none" can not be read: it does not exist'],
  [["forget", "--keep-tag", "none"], 1, "--unsafe-allow-remove-all"],
  [["backup", "@/loop/x"], 1, 'loop/x": its symbolic links lead in a circle'],
  [["backup", "@/loop/x", "@/from"], 3, "loop/x: its symbolic links lead in a circle"]
] satisfies ReadonlyArray<[ReadonlyArray<string>, number, string]>)(
  "%j gives %i and says why",
  async (words, ...told) => {
    const { cli, source } = await prepare()
    fs.symlinkSync("loop", path.join(cli.folder, "loop"))
    const { code, error } = await cli.run(...words.map((word) => word.replace("SOURCE", source)))
    expect([code, error]).toEqual([told[0], expect.stringContaining(told[1])])
  }
)

test.runIf(process.platform === "linux")("a place where nothing can be made or written ends a command", async () => {
  const { cli } = await prepare()
  expect((await cli.run("restore", "latest", "--target", "/proc/ourclone")).code).toBe(1)
  expect((await cli.run("snapshot", "dump", "latest", "/", "--target", "/dev/full")).error).toContain(
    "the disk is full"
  )
  const elsewhere = makeCli({ environment: { OURCLONE_PASSWORD: "secret" } })
  expect((await elsewhere.run("repo", "init", "--repo", "/proc/ourclone")).code).not.toBe(0)
})

test("unlock says of each lock that it leaves whose it is, and why it stays", async () => {
  const { cli, repository } = await withRepository()
  const id = await Effect.runPromise(repository.save("locks", LockFile.encode(LockFile.make(false, Date.now()))))
  const left = await cli.run("repo", "unlock")
  expect(left).toMatchObject({ code: 0, out: "0 locks removed\n" })
  expect(left.error).toContain(`lock ${id.slice(0, 8)} stays: it is held by `)
  expect(left.error).toContain(` on ${os.hostname()} (pid ${process.pid}, last seen `)
  expect(left.error).toContain("--remove-all")
  const json = jsonLines((await cli.run("repo", "unlock", "--json")).out)
  expect(json).toMatchObject([
    { message_type: "lock_left", id },
    { message_type: "unlocked", locks_removed: 0 }
  ])
  expect((await cli.run("repo", "unlock", "--remove-all")).out).toBe("1 lock removed\n")
})
