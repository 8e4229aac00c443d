import { expect, test } from "vitest"
import { post, withB2, withKey } from "./B2Cli.ts"
import { jsonLines, password } from "./RepositoryCli.ts"

const place = "b2:backup-bucket/some/folder"

const prepare = async () => {
  const { cli, emulator } = await withB2()
  cli.write("secret", password)
  cli.write("from/a.txt", "a".repeat(3000))
  cli.write("from/sub/ö.txt", "b".repeat(5000))
  await cli.run("bucket", "create", "b2:backup-bucket")
  const opened = ["--repo", place, "--password-file", "@/secret"]
  return { cli, emulator, opened }
}

/** Kinds of all versions of files in `data/`. */
const versions = async (cli: Awaited<ReturnType<typeof prepare>>["cli"], folder: string) => {
  const { out } = await cli.run("versions", "--json", `${place}/${folder}`)
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line): string => JSON.parse(line).kind)
}

test("a backup in a bucket: rule set, restored the same, and pruned with every version", async () => {
  const { cli, opened } = await prepare()
  const made = await cli.run("repo", "init", ...opened)
  expect(made.code).toBe(0)
  expect(made.error).toContain("only the last version")
  const rules = await cli.run("bucket", "lifecycle", "b2:backup-bucket")
  expect(rules.out.split("\n").filter((line) => !line.includes("some/folder/"))).toEqual([""])
  expect(rules.out).toContain('"some/folder/data/": delete old versions after 1 day\n')

  expect((await cli.run("backup", "@/from", ...opened)).code).toBe(0)
  cli.write("from/a.txt", "changed".repeat(500))
  expect((await cli.run("backup", "@/from", ...opened)).code).toBe(0)
  expect((await cli.run("restore", `latest:${cli.folder}/from`, "-t", "@/back", ...opened)).code).toBe(0)
  expect(cli.list("back")).toEqual(["a.txt", "sub/ö.txt"])
  expect(cli.read("back/a.txt")).toBe(cli.read("from/a.txt"))

  const before = await versions(cli, "data")
  const forgotten = await cli.run("forget", "--keep-last", "1", "--prune", "--max-unused", "0", ...opened)
  expect(forgotten.code).toBe(0)
  expect(before.length).toBeGreaterThan(0)
  expect(new Set(await versions(cli, "data"))).toEqual(new Set(["Stored"]))
  expect(await versions(cli, "snapshots")).toEqual(["Stored"])
  expect(await versions(cli, "locks")).toEqual([])
  expect((await cli.run("repo", "check", "--read-data", ...opened)).code).toBe(0)
})

for (const fileLockEnabled of [false, true]) {
  const kind = fileLockEnabled ? "a bucket with object lock" : "a bucket"
  test(`a repository in ${kind} ends its own old versions and nobody else's`, async () => {
    const { emulator, cli } = await withB2()
    cli.write("secret", password)
    await post(emulator, "b2_create_bucket", { bucketName: "shared-bucket", bucketType: "allPrivate", fileLockEnabled })
    const kinds = async (folder: string) => {
      const { out } = await cli.run("versions", "--json", `b2:shared-bucket/${folder}`)
      return jsonLines(out).map((line) => line.kind)
    }
    for (const content of ["first", "second"]) {
      cli.write("docs/a.txt", content)
      expect((await cli.run("copy", "@/docs", "b2:shared-bucket/docs", "--checksum")).code).toBe(0)
    }
    const opened = ["--repo", "b2:shared-bucket/backup", "--password-file", "@/secret"]
    expect((await cli.run("repo", "init", ...opened)).code).toBe(0)
    const limited = await withKey(emulator, ["listBuckets", "listFiles", "readFiles", "writeFiles"], {
      bucket: "shared-bucket"
    })
    limited.write("secret", password)
    limited.write("from/a.txt", "a")
    expect((await limited.run("backup", "@/from", ...opened)).code).toBe(0)
    expect(await kinds("backup/locks")).toContain("Hidden")
    emulator.advance({ days: 3 })
    expect(await kinds("backup/locks")).toEqual([])
    expect(await kinds("docs")).toEqual(["Stored", "Stored"])
  })
}

test("a rule that the bucket has already is left as it is", async () => {
  const { cli, opened } = await prepare()
  await cli.run("bucket", "lifecycle", "b2:backup-bucket", "--days-to-delete", "30")
  const { error } = await cli.run("repo", "init", ...opened)
  expect(error).toContain("left as they are")
  expect((await cli.run("bucket", "lifecycle", "b2:backup-bucket")).out).toContain("30 days")
})

test("with a key that may not delete, what is removed is hidden, and the backup works", async () => {
  const { cli, emulator, opened } = await prepare()
  await cli.run("repo", "init", ...opened)
  const limited = await withKey(emulator, ["listBuckets", "listFiles", "readFiles", "writeFiles"], {
    bucket: "backup-bucket"
  })
  limited.write("secret", password)
  limited.write("from/a.txt", "a")
  expect(await limited.run("backup", "@/from", ...opened)).toMatchObject({ code: 0 })
  expect(new Set(await versions(cli, "locks"))).toEqual(new Set(["Hidden", "Stored"]))
  expect((await limited.run("snapshots", ...opened)).code).toBe(0)
  expect(await limited.run("restore", "latest", "-t", "@/back", ...opened)).toEqual({
    code: 0,
    out: "",
    error: expect.stringContaining("restored")
  })
})

test("with a key that may only read, a command that reads names --no-lock, and works with it", async () => {
  const { cli, emulator, opened } = await prepare()
  await cli.run("repo", "init", ...opened)
  await cli.run("backup", "@/from", ...opened)
  const reader = await withKey(emulator, ["listBuckets", "listFiles", "readFiles"], { bucket: "backup-bucket" })
  reader.write("secret", password)
  reader.write("from/a.txt", "a")
  expect(await reader.run("snapshots", ...opened)).toMatchObject({
    code: 7,
    error: expect.stringContaining("--no-lock")
  })
  expect((await reader.run("restore", "latest", "-t", "@/back", "--no-lock", ...opened)).code).toBe(0)
  const refused = await reader.run("backup", "@/from", ...opened)
  expect(refused).toMatchObject({ code: 7, error: expect.not.stringContaining("--no-lock") })
})

test("in a bucket with object lock, where files are to be deleted for good, a backup leaves no lock that counts", async () => {
  const { emulator, cli } = await withB2()
  cli.write("secret", password)
  cli.write("from/a.txt", "a")
  await post(emulator, "b2_create_bucket", {
    bucketName: "locked-bucket",
    bucketType: "allPrivate",
    fileLockEnabled: true
  })
  const { buckets } = (await post(emulator, "b2_list_buckets", { bucketName: "locked-bucket" })) as {
    buckets: ReadonlyArray<{ bucketId: string }>
  }
  const defaultRetention = { mode: "compliance", period: { duration: 7, unit: "days" } }
  expect(await post(emulator, "b2_update_bucket", { bucketId: buckets[0]!.bucketId, defaultRetention })).toMatchObject({
    bucketName: "locked-bucket"
  })
  expect((await cli.run("remote", "add", "hard", "b2", "--hard-delete", "true", "--no-check")).code).toBe(0)
  const opened = ["--repo", "hard:locked-bucket/backup", "--password-file", "@/secret"]
  expect((await cli.run("repo", "init", ...opened)).code).toBe(0)
  const ran = await cli.run("backup", "@/from", ...opened)
  expect([ran.code, ran.error]).toEqual([0, expect.not.stringContaining("stays")])
  expect((await cli.run("ls", "hard:locked-bucket/backup/locks")).out).toBe("")
  expect((await cli.run("repo", "check", ...opened)).code).toBe(0)
})
