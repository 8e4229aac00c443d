import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { skipWithout } from "@ourclone/core/testing/Programs"
import { expect, test } from "vitest"
import { makeCli } from "./Cli.ts"
import { initAt, jsonLines, password, withRepository } from "./RepositoryCli.ts"

const restic = (folder: string, ...words: ReadonlyArray<string>): string =>
  execFileSync("restic", ["--no-cache", "--no-lock", "-r", path.join(folder, "repository"), ...words], {
    encoding: "latin1",
    env: { ...process.env, RESTIC_PASSWORD: password }
  })

const lines = (text: string) => text.split("\n").filter(Boolean).sort()

test("list and cat print what restic prints", async (context) => {
  skipWithout(context, "restic")
  const { cli } = await withRepository()
  cli.write("from/folder/<a> & b", "some text")
  cli.write("from/empty", "")
  expect((await cli.run("backup", "@/from", "--host", "a<b", "--tag", "one")).code).toBe(0)
  const ids = (name: string) => cli.list(`repository/${name}`).map((each) => path.basename(each))
  fs.cpSync(path.join(cli.folder, "repository/keys", ids("keys")[0]!), path.join(cli.folder, "key"))

  for (const kind of ["snapshots", "packs", "index", "keys", "locks", "blobs"]) {
    const ours = await cli.run("repo", "list", kind)
    expect([kind, lines(ours.out)]).toEqual([kind, lines(restic(cli.folder, "list", kind))])
    expect(ours.out === "").toBe(kind === "locks")
  }
  const [blob] = lines((await cli.run("repo", "list", "blobs")).out).filter((line) => line.startsWith("tree"))
  for (const words of [
    ["config"],
    ["key", ids("keys")[0]!],
    ["index", ids("index")[0]!],
    ["pack", ids("data").find((name) => name.length === 64)!],
    ["blob", blob!.slice(5)]
  ]) {
    const ours = await cli.run("repo", "cat", ...words)
    expect([words[0], Buffer.from(ours.out)]).toEqual([
      words[0],
      Buffer.from(Buffer.from(restic(cli.folder, "cat", ...words), "latin1").toString())
    ])
  }
  // Of newer fields restic 0.14 knows nothing.
  const snapshot = ["cat", "snapshot", ids("snapshots")[0]!.slice(0, 8)]
  const ours = (await cli.run("repo", ...snapshot)).out
  expect(JSON.parse(ours)).toMatchObject(JSON.parse(restic(cli.folder, ...snapshot)))
  expect(ours).toContain('\n  "hostname": "a\\u003cb",\n')
  // restic 0.14 shows the part of a key that is not used as zeros; later ones show what is stored, as here.
  const master = (text: string) => ({ ...JSON.parse(text), mac: JSON.parse(text).mac.k })
  expect(master((await cli.run("repo", "cat", "masterkey")).out)).toEqual(
    master(restic(cli.folder, "cat", "masterkey"))
  )
  const tree = await cli.run("repo", "cat", "tree", `latest:${cli.folder}/from/folder`)
  expect(JSON.parse(tree.out).nodes).toMatchObject([{ name: "<a> & b", size: 9 }])
})

test("cat says what it misses", async () => {
  const { cli } = await withRepository()
  const failures = [
    [["config", "5a"], 2, "there is one config only"],
    [["pack"], 2, "say which pack"],
    [["pack", "5a"], 1, 'there is no pack with the id "5a"'],
    [["blob", "5a"], 1, "is no id of 64 digits"],
    [["snapshot", "latest"], 4, "there are no snapshots"]
  ] as const
  for (const [words, code, message] of failures) {
    const ran = await cli.run("repo", "cat", ...words)
    expect([words, ran.code, ran.error]).toEqual([words, code, expect.stringContaining(message)])
  }
})

test("migrate makes a repository of version 1 one that compresses, once it is found whole", async (context) => {
  const cli = makeCli({ environment: { OURCLONE_PASSWORD: password, OURCLONE_REPOSITORY: "@/repository" } })
  await initAt(cli, "repository", 1)
  cli.write("from/a", "again and ".repeat(1000))
  await cli.run("backup", "@/from")
  expect((await cli.run("repo", "migrate")).out).toBe("upgrade_repo_v2  from version 1 to 2, which compresses\n")
  const [pack] = cli.list("repository/data").filter((name) => path.basename(name).length === 64)
  const file = path.join(cli.folder, "repository/data", pack!)
  fs.renameSync(file, path.join(cli.folder, "aside"))
  const refused = await cli.run("repo", "migrate", "upgrade_repo_v2")
  expect([refused.code, refused.error]).toEqual([1, expect.stringContaining("it is damaged, and was not changed")])
  expect(JSON.parse((await cli.run("repo", "cat", "config")).out).version).toBe(1)
  fs.renameSync(path.join(cli.folder, "aside"), file)
  expect(await cli.run("repo", "migrate", "upgrade_repo_v2")).toMatchObject({
    code: 0,
    out: "it was of version 1, and is of version 2 now\n"
  })
  expect((await cli.run("repo", "migrate", "upgrade_repo_v2")).out).toBe("nothing to migrate: it is of version 2\n")
  await cli.run("repo", "prune", "--repack-uncompressed")
  expect((await cli.run("snapshot", "dump", "latest", `${cli.folder}/from/a`)).out).toHaveLength(10_000)
  skipWithout(context, "restic")
  expect(restic(cli.folder, "check", "--read-data")).toContain("no errors were found")
})

test("the copies on this machine are listed, and those that are old or too many go", async () => {
  const cli = makeCli()
  const now = Date.now()
  const ids = ["a", "b", "c"].map((digit) => digit.repeat(64))
  for (const [index, id] of ids.entries()) {
    cli.write(`caches/${id}/data/one`, "x".repeat(1000))
    const usedAt = new Date(now - index * 86_400_000)
    fs.utimesSync(path.join(cli.folder, "caches", id), usedAt, usedAt)
  }
  cli.write("caches/other/file", "stays")
  const cache = (...words: ReadonlyArray<string>) => cli.run("repo", "cache", "--cache-dir", "@/caches", ...words)
  const left = async () => jsonLines((await cache("--json")).out).map(({ id }) => id)
  expect(jsonLines((await cache("--json")).out)[0]).toMatchObject({ message_type: "cache", files: 1, size: 1000 })
  expect(jsonLines((await cache("--json", "--no-size")).out)[0]).not.toHaveProperty("size")
  expect((await cache("--no-size")).out).toMatch(/^REPOSITORY +LAST USED\naaaaaaaa .*\n/)
  expect(await left()).toEqual(ids)
  expect((await cache("--cleanup", "--max-size", "1500", "--dry-run")).error).toContain("2 copies removed")
  expect(await left()).toEqual(ids)
  await cache("--cleanup", "--max-age", "36h")
  expect(await left()).toEqual(ids.slice(0, 2))
  await cache("--cleanup", "--max-size", "1500")
  expect(await left()).toEqual(ids.slice(0, 1))
  expect(cli.read("caches/other/file")).toBe("stays")
  expect((await cache("--max-size", "1")).code).toBe(2)
})
