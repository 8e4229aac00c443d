import { expect, test } from "vitest"
import { post, withB2, withKey } from "./B2Cli.ts"
import type { Cli } from "./Cli.ts"

const namesIn = (out: string): ReadonlyArray<string> =>
  out.split("\n").flatMap((line) => (line === "" ? [] : [line.slice(32)]))

const kindsAt = async (cli: Cli, place: string): Promise<ReadonlyArray<string>> => {
  const { out } = await cli.run("versions", "--json", place)
  const rows = out.split("\n").filter((line) => line !== "")
  return rows.map((line) => `${JSON.parse(line).kind} ${JSON.parse(line).path}`)
}

/** Two versions of `a`, `b` that was removed, and `c`: in the folder `x`, and another like `b` beside it. */
const withHistory = async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "first a")
  cli.write("from/b.txt", "b")
  cli.write("from/c.txt", "c")
  await cli.run("copy", "@/from", "b2:some-bucket/x")
  await cli.run("copy", "@/from/b.txt", "b2:some-bucket/xy")
  cli.write("from/a.txt", "the second a")
  await cli.run("copy", "@/from/a.txt", "b2:some-bucket/x")
  await cli.run("rm", "b2:some-bucket/x/b.txt")
  await cli.run("rm", "b2:some-bucket/xy/b.txt")
  return { cli, emulator }
}

test("old versions and removed files go for good below a folder, and what is there stays", async () => {
  const { cli } = await withHistory()
  const dry = await cli.run("cleanup", "--old-versions", "--dry-run", "b2:some-bucket/x")
  expect(dry.out).toMatch(
    /^(remove x\/[ab]\.txt {2}\S+\n){3}3 versions of 2 files \(8 B\) to remove\. Nothing was done/
  )
  expect(await kindsAt(cli, "b2:some-bucket/x")).toHaveLength(5)
  const { code, error } = await cli.run("cleanup", "--old-versions", "b2:some-bucket/x")
  expect([code, error]).toEqual([0, "3 versions of 2 files (8 B) removed for good\n"])
  expect(await kindsAt(cli, "b2:some-bucket")).toEqual([
    "Stored x/a.txt",
    "Stored x/c.txt",
    "Hidden xy/b.txt",
    "Stored xy/b.txt"
  ])
  expect((await cli.run("cat", "b2:some-bucket/x/a.txt")).out).toBe("the second a")
  expect((await cli.run("undelete", "b2:some-bucket/x/b.txt")).code).toBe(4)
})

test("what was replaced or removed a short time ago stays, and so does more than may go", async () => {
  const { cli } = await withHistory()
  const young = await cli.run("cleanup", "--old-versions", "--older-than", "1h", "b2:some-bucket")
  expect([young.code, young.error]).toEqual([
    0,
    "0 versions of 0 files (0 B) removed for good\n5 younger than that kept\n"
  ])
  const guarded = await cli.run("cleanup", "--old-versions", "--max-delete", "4", "b2:some-bucket")
  expect([guarded.code, guarded.error]).toEqual([25, expect.stringContaining("--max-delete 5")])
  expect(await kindsAt(cli, "b2:some-bucket")).toHaveLength(7)
  expect((await cli.run("cleanup", "--old-versions", "@/from")).code).toBe(2)
})

test("uploads that never ended go where that is said", async () => {
  const { cli, emulator } = await withHistory()
  cli.write("big/big.bin", "x".repeat(450_000))
  emulator.failNext("b2_finish_large_file", "cap", 1)
  await cli.run("copy", "@/big", "b2:some-bucket")
  expect((await cli.run("cleanup", "--old-versions", "b2:some-bucket")).code).toBe(0)
  expect((await cli.run("large", "list", "b2:some-bucket")).out).toContain("big.bin")
  const young = await cli.run("cleanup", "--unfinished", "--older-than", "1h", "b2:some-bucket")
  expect(young.error).toContain("1 file younger than that kept")
  const both = await cli.run("cleanup", "--old-versions", "--unfinished", "b2:some-bucket")
  expect(both.out).toMatch(/^cancelled .* big\.bin/)
  expect((await cli.run("large", "list", "b2:some-bucket")).out).toBe("")
})

/** Puts a legal hold on the newest version of a file. */
const hold = async (cli: Cli, emulator: Parameters<typeof post>[0], place: string, fileName: string) => {
  const { out } = await cli.run("versions", "--json", place)
  const rows = out.split("\n").filter((line) => line !== "")
  const stored = rows.map((line) => JSON.parse(line)).find(({ kind }) => kind === "Stored")
  // The call takes no account.
  const reply = await post(emulator, "b2_update_file_legal_hold", {
    accountId: undefined,
    fileName,
    fileId: stored.versionId,
    legalHold: "on"
  })
  expect(reply).toMatchObject({ legalHold: "on" })
}

const lock = async (emulator: Parameters<typeof post>[0]) => {
  const { buckets } = (await post(emulator, "b2_list_buckets", { bucketName: "some-bucket" })) as {
    buckets: ReadonlyArray<{ bucketId: string }>
  }
  const changes = { bucketId: buckets[0]?.bucketId, fileLockEnabled: true }
  expect(await post(emulator, "b2_update_bucket", changes)).toMatchObject({ bucketName: "some-bucket" })
}

test("a locked version fails by name, its file stays removed, and the rest goes on", async () => {
  const { cli, emulator } = await withHistory()
  await lock(emulator)
  await hold(cli, emulator, "b2:some-bucket/x/b.txt", "x/b.txt")
  const { code, error } = await cli.run("cleanup", "--old-versions", "b2:some-bucket")
  expect(code).toBe(3)
  expect(error).toContain("3 versions of 2 files")
  expect(error).toContain("1 version failed:\n  x/b.txt: the file is locked")
  expect(await kindsAt(cli, "b2:some-bucket")).toEqual([
    "Stored x/a.txt",
    "Hidden x/b.txt",
    "Stored x/b.txt",
    "Stored x/c.txt"
  ])
})

test("a key that may not delete stops a cleanup at once with 7", async () => {
  const { cli, emulator } = await withHistory()
  const limited = await withKey(emulator, ["listBuckets", "listFiles", "readFiles", "writeFiles"])
  const { code, error } = await limited.run("cleanup", "--old-versions", "b2:some-bucket")
  expect([code, error]).toEqual([7, expect.stringContaining("deleteFiles")])
  expect(await kindsAt(cli, "b2:some-bucket")).toHaveLength(7)
})

test("a bucket with files goes only once its name was repeated, and then with every version", async () => {
  const { cli, emulator } = await withHistory()
  cli.write("big/big.bin", "x".repeat(450_000))
  emulator.failNext("b2_finish_large_file", "cap", 1)
  await cli.run("copy", "@/big", "b2:some-bucket")
  const bucket = "b2:some-bucket"
  expect((await cli.run("bucket", "remove", bucket)).code).toBe(2)
  for (const words of [[], ["--confirm", "other-bucket"], ["--confirm", bucket]]) {
    const { code, error } = await cli.run("bucket", "remove", "--purge", ...words, bucket)
    expect([code, error]).toEqual([25, expect.stringContaining("--confirm some-bucket")])
  }
  const dry = await cli.run("bucket", "remove", "--purge", "--dry-run", bucket)
  expect(dry.out).toContain(
    "b2:some-bucket and 7 versions of 4 files (22 B), 1 unfinished upload to remove. Nothing was done: --dry-run\n"
  )
  expect(namesIn((await cli.run("ls", bucket)).out)).toEqual(["x/a.txt", "x/c.txt"])
  expect(await kindsAt(cli, bucket)).toHaveLength(7)
  const { code, error } = await cli.run("bucket", "remove", "--purge", "--confirm", "some-bucket", bucket)
  expect([code, error]).toEqual([0, "7 versions of 4 files (22 B), 1 unfinished upload removed for good\n"])
  expect((await cli.run("bucket", "list")).out).toBe("")
})

test("a bucket in which something is locked stays, and all else in it goes", async () => {
  const { cli, emulator } = await withHistory()
  await lock(emulator)
  await hold(cli, emulator, "b2:some-bucket/x/c.txt", "x/c.txt")
  const { code, error } = await cli.run("bucket", "remove", "--purge", "--confirm", "some-bucket", "b2:some-bucket")
  expect([code, error]).toEqual([3, expect.stringContaining("x/c.txt: the file is locked")])
  expect(await kindsAt(cli, "b2:some-bucket")).toEqual(["Stored x/c.txt"])
})
