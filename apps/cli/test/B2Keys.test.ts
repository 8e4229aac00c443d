import { expect, test } from "vitest"
import { withB2, withKey } from "./B2Cli.ts"

/** An account with two files in the bucket `some-bucket`. */
const stored = async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("from/sub/b.txt", "b")
  await cli.run("copy", "@/from", "b2:some-bucket")
  return emulator
}

test("a key that may not write stops a copy with 7, and the capability is named once", async () => {
  const cli = await withKey(await stored(), ["listBuckets", "listFiles", "readFiles"])
  for (let file = 0; file < 40; file++) cli.write(`from/${file}.txt`, "new")
  const { code, error } = await cli.run("copy", "@/from", "b2:some-bucket")
  expect(code).toBe(7)
  expect(error.match(/lacks the capability "writeFiles"/g)).toHaveLength(1)
})

test("a key that may only be read shows what a run would do, and is refused also where that is nothing", async () => {
  const cli = await withKey(await stored(), ["listBuckets", "listFiles", "readFiles"])
  cli.write("from/a.txt", "a", 1_000_000_000)
  cli.write("from/new.txt", "new")
  for (const verb of ["copy", "sync", "bisync"]) {
    const { code, out } = await cli.run(verb, "--dry-run", "@/from", "b2:some-bucket")
    expect([verb, code, out]).toEqual([verb, 0, expect.stringContaining("new.txt")])
  }
  const nothing = await cli.run("copy", "--include", "none", "@/from", "b2:some-bucket")
  expect([nothing.code, nothing.error]).toEqual([7, expect.stringContaining("even where nothing is left to do")])
})

test("what can not be mounted or served with the key but to be read says so", async () => {
  const emulator = await stored()
  const reading = await withKey(emulator, ["listBuckets", "listFiles", "readFiles"])
  const words = ["serve", "webdav", "--addr", "127.0.0.1:0", "b2:some-bucket"]
  const { code, error } = await reading.run(...words)
  expect([code, error]).toEqual([7, expect.stringMatching(/"writeFiles".*; or say --read-only/)])
  const listing = await withKey(emulator, ["listBuckets", "listFiles"])
  const refused = await listing.run(...words)
  expect(refused.code).toBe(7)
  expect(refused.error).not.toContain("--read-only")
})

test("a key that may not read stops a download with 7, and the capability is named once", async () => {
  const cli = await withKey(await stored(), ["listBuckets", "listFiles", "writeFiles"])
  const { code, error } = await cli.run("copy", "b2:some-bucket", "@/to")
  expect(code).toBe(7)
  expect(error.match(/lacks the capability "readFiles"/g)).toHaveLength(1)
})

test("with a key that lists and does not read, a file is found, removed, and refused to be printed", async () => {
  const cli = await withKey(await stored(), ["listBuckets", "listFiles", "writeFiles"])
  expect((await cli.run("stat", "b2:some-bucket/a.txt")).code).toBe(0)
  expect((await cli.run("stat", "b2:some-bucket/a.tx")).code).toBe(4)
  const { code, error } = await cli.run("cat", "b2:some-bucket/a.txt")
  expect(code).toBe(7)
  expect(error).toContain('"readFiles"')
  expect((await cli.run("rm", "b2:some-bucket/a.txt")).code).toBe(0)
  expect((await cli.run("stat", "b2:some-bucket/a.txt")).code).toBe(4)
})

test("a bucket that is missing and may not be made stops a copy with 7", async () => {
  const cli = await withKey(await stored(), ["listBuckets", "listFiles", "writeFiles"])
  cli.write("from/a.txt", "a")
  cli.write("from/b.txt", "b")
  const { code, error } = await cli.run("copy", "@/from", "b2:another-bucket")
  expect(code).toBe(7)
  expect(error.match(/"writeBuckets"/g)).toHaveLength(1)
})

test("a bucket name that somebody else has stops a copy with 1", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("from/b.txt", "b")
  const { code, error } = await cli.run("copy", "@/from", "b2:taken-bucket")
  expect(code).toBe(1)
  expect(error).toMatch(/^error: b2:taken-bucket: .*taken by another account.*\n$/)
})

test("a key for one prefix sees the versions and unfinished files below it", async () => {
  const all = ["listFiles", "readFiles", "writeFiles"]
  const cli = await withKey(await stored(), all, { bucket: "some-bucket", namePrefix: "sub/" })
  const { code, out } = await cli.run("versions", "b2:some-bucket/sub")
  expect(code).toBe(0)
  expect(out).toContain("b.txt")
  expect((await cli.run("large", "list", "b2:some-bucket/sub")).code).toBe(0)
})

test("an error about a bucket names the bucket", async () => {
  const emulator = await stored()
  const cli = await withKey(emulator, ["listBuckets", "writeBuckets", "deleteBuckets"])
  expect((await cli.run("bucket", "remove", "b2:some-bucket")).error).toContain(
    "b2:some-bucket: the bucket is not empty; remove its files, old versions and unfinished large files first; or say --purge"
  )
  expect((await cli.run("bucket", "create", "b2:taken-bucket")).error).toContain(
    "b2:taken-bucket: the bucket name is taken"
  )
})

test("a file larger than B2 takes fails at once, and the rest go on", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("from/huge", "")
  cli.truncate("from/huge", 11 * 1024 ** 4)
  const { code, error } = await cli.run("copy", "@/from", "b2:some-bucket")
  expect(code).toBe(3)
  expect(error).toContain("10000000000000 at most")
  expect((await cli.run("ls", "b2:some-bucket")).out).toContain("a.txt")
})
