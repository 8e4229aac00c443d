import { expect, test } from "vitest"
import { withB2 } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

test("a folder goes to B2 and comes back the same", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("from/sub/ö.txt", "b")
  expect((await cli.run("sync", "@/from", "b2://some-bucket/x")).code).toBe(0)
  expect((await cli.run("sync", "b2://some-bucket/x", "@/back")).code).toBe(0)
  expect(cli.list("back")).toEqual(["a.txt", "sub/ö.txt"])
  expect((await cli.run("check", "--checksum", "@/from", "b2:some-bucket/x")).code).toBe(0)
})

test("a bucket that is not there is made, private, and named in one line; not where that is refused", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  const refused = await cli.run("sync", "@/from", "b2://never-made/x", "--no-create-bucket")
  expect(refused.code).toBe(4)
  expect(refused.error).toContain('there is no bucket "never-made"')
  cli.write("settings/config.toml", '[remotes.strict]\ntype = "b2"\ncreatesBuckets = false\n')
  expect((await cli.run("copy", "@/from", "strict:never-made")).code).toBe(4)
  expect((await cli.run("bucket", "list", "b2:")).out).not.toContain("never-made")
  const made = await cli.run("sync", "@/from", "b2://never-made/x")
  expect(made).toMatchObject({ code: 0, out: "" })
  expect(made.error.split("\n")[0]).toBe('there was no bucket "never-made", so it was made, private')
  expect((await cli.run("bucket", "list", "b2:")).out).toMatch(/never-made.*private|private.*never-made/)
  cli.write("from/b.txt", "b")
  expect((await cli.run("sync", "--quiet", "@/from", "b2://never-made/x", "--no-create-bucket")).error).toBe("")
})

test("a folder or an empty file in a bucket that is not there names the bucket that is made, and makes none where that is refused", async () => {
  const { cli } = await withB2()
  for (const [number, command] of ["mkdir", "touch"].entries()) {
    const refused = await cli.run(command, `b2://never-made-${number}/a`, "--no-create-bucket")
    expect(refused.code).toBe(4)
    expect(refused.error).toContain(`there is no bucket "never-made-${number}"`)
    expect((await cli.run("bucket", "list", "b2:")).out).not.toContain(`never-made-${number}`)
    const made = await cli.run(command, `b2://never-made-${number}/a`)
    expect(made).toMatchObject({
      code: 0,
      error: `there was no bucket "never-made-${number}", so it was made, private\n`
    })
    expect(await cli.run(command, `b2://never-made-${number}/b`)).toMatchObject({ code: 0, error: "" })
  }
})

test("one file of a bucket is copied by its name", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("from/b.txt", "b")
  await cli.run("sync", "@/from", "b2:some-bucket")
  expect((await cli.run("copy", "b2:some-bucket/a.txt", "@/to")).code).toBe(0)
  expect(cli.list("to")).toEqual(["a.txt"])
  expect((await cli.run("sync", "b2:some-bucket/a.txt", "@/from")).code).toBe(0)
  expect((await cli.run("sync", "--allow-empty-source", "b2:some-bucket/a.txt", "@/from")).code).toBe(0)
  expect(cli.list("from")).toEqual(["a.txt", "b.txt"])
})

test("one file of a bucket is copied to the folder around it, and not onto itself", async () => {
  const { cli } = await withB2()
  cli.write("from/sub/a.txt", "a")
  await cli.run("sync", "@/from", "b2:some-bucket")
  expect((await cli.run("copy", "b2:some-bucket/sub/a.txt", "b2:some-bucket")).code).toBe(0)
  expect((await cli.run("ls", "b2:some-bucket")).out).toMatch(/ a\.txt\n.* sub\/a\.txt\n$/)
  expect((await cli.run("move", "b2:some-bucket/a.txt", "b2:some-bucket")).code).toBe(25)
  expect((await cli.run("cat", "b2:some-bucket/a.txt")).out).toBe("a")
  expect((await cli.run("copy", "b2:some-bucket/sub", "b2:some-bucket")).code).toBe(25)
})

test("a source that is missing in a bucket exits with 4 for copy and 25 for sync", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  await cli.run("sync", "@/from", "b2:some-bucket")
  expect((await cli.run("copy", "b2:some-bucket/nothing", "@/to")).code).toBe(4)
  expect((await cli.run("sync", "b2:some-bucket/nothing", "@/from")).code).toBe(25)
  expect(cli.list("from")).toEqual(["a.txt"])
})

test("a wrong key is refused with 7, and no output holds it", async () => {
  const { cli } = await withB2({}, { key: "K000wrongwrongwrong" })
  const { code, error, out } = await cli.run("ls", "b2:some-bucket")
  expect(code).toBe(7)
  expect(error).toContain("check the key id and the application key")
  expect(out + error).not.toContain("K000wrongwrongwrong")
})

test("without a key, what to set is named", async () => {
  const cli = makeCli()
  const { code, error } = await cli.run("ls", "b2:some-bucket")
  expect(code).toBe(2)
  expect(error).toContain("B2_APPLICATION_KEY_ID")
})

test.each([
  ["b2:ab", "6 to 63"],
  ["b2:bad_name", "bad_name"],
  ["b2:taken-bucket", "taken"]
])("the bucket %s can not be made, and the reason is named", async (bucket, reason) => {
  const { cli } = await withB2()
  const { code, error } = await cli.run("bucket", "create", bucket)
  expect(code).toBeGreaterThan(0)
  expect(error).toContain(reason)
})

test("a bucket is made, gets lifecycle rules and is removed", async () => {
  const { cli } = await withB2()
  expect((await cli.run("bucket", "create", "b2:some-bucket")).code).toBe(0)
  expect((await cli.run("bucket", "list")).out).toContain("some-bucket")
  const { out } = await cli.run("bucket", "lifecycle", "b2:some-bucket", "--days-to-delete", "30")
  expect(out).toBe("every file: delete old versions after 30 days\n")
  expect((await cli.run("bucket", "lifecycle", "b2:some-bucket", "--clear")).out).toContain("no lifecycle rules")
  expect((await cli.run("bucket", "remove", "b2:some-bucket")).code).toBe(0)
  expect((await cli.run("bucket", "list")).out).toBe("")
})

test("rm hides a file, and its versions are listed", async () => {
  const { cli } = await withB2()
  cli.write("from/a.txt", "a")
  await cli.run("copy", "@/from", "b2:some-bucket")
  expect((await cli.run("rm", "b2:some-bucket/a.txt")).code).toBe(0)
  expect((await cli.run("stat", "b2:some-bucket/a.txt")).code).toBe(4)
  const lines = (await cli.run("versions", "--json", "b2:some-bucket/a.txt")).out.trim().split("\n")
  expect(lines.map((line) => JSON.parse(line).kind)).toEqual(["Hidden", "Stored"])
})

test("an unfinished large file is listed with its parts, and cancelled once it is old enough", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/big.bin", "x".repeat(450_000))
  emulator.failNext("b2_finish_large_file", "cap", 1)
  await cli.run("copy", "@/from", "b2:some-bucket")
  const { out } = await cli.run("large", "list", "--json", "b2:some-bucket")
  expect(JSON.parse(out)).toMatchObject({ _tag: "Unfinished", path: "big.bin", size: 450_000 })
  expect((await cli.run("large", "list", "b2:some-bucket")).out).toMatch(/^ *439 KiB +(\d+m)?\d+s old /)
  expect((await cli.run("large", "parts", "b2:some-bucket/big.bin")).out).toContain("5 parts, 439 KiB")
  expect((await cli.run("large", "cancel", "--older-than", "24h", "b2:some-bucket")).error).toContain("1 file younger")
  expect((await cli.run("large", "cancel", "b2:some-bucket")).out).toContain("cancelled")
  expect((await cli.run("large", "list", "b2:some-bucket")).out).toBe("")
  expect(await cli.run("large", "parts", "b2:some-bucket")).toEqual({ code: 0, out: "", error: "" })
  expect((await cli.run("large", "parts", "b2:some-bucket/big.bin")).code).toBe(4)
})

test("a storage cap stops the job with a clear word", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "a")
  await cli.run("bucket", "create", "b2:some-bucket")
  emulator.failNext("b2_upload_file", "cap", 5)
  const { code, error } = await cli.run("copy", "@/from", "b2:some-bucket")
  expect(code).toBe(1)
  expect(error).toMatch(/cap/i)
})

test("a job that is stopped says how far it came", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("from/b.txt", "b")
  await cli.run("bucket", "create", "b2:some-bucket")
  await cli.run("copy", "--include", "a.txt", "@/from", "b2:some-bucket")
  emulator.failNext("b2_finish_large_file", "cap", 1)
  cli.write("from/c.bin", "x".repeat(450_000))
  const { code, error } = await cli.run("copy", "--transfers", "1", "@/from", "b2:some-bucket")
  expect(code).toBe(1)
  expect(error).toMatch(/^stopped after 1 file \(1 B\); the same command goes on from here\nerror: .*cap/i)
})

test("a remote is added without its secret being shown, tested, and removed", async () => {
  const { cli, emulator } = await withB2()
  const add = ["remote", "add", "photos", "b2", "--key-id", emulator.keyId, "--application-key", emulator.key]
  expect((await cli.run(...add)).code).toBe(0)
  expect((await cli.run(...add)).code).toBe(2)
  const shown = (await cli.run("remote", "show", "photos")).out + (await cli.run("config", "explain", "photos")).out
  expect(shown).toContain("applicationKey = xxx")
  expect(shown).not.toContain(emulator.key)
  await cli.run("bucket", "create", "photos:some-bucket")
  expect((await cli.run("remote", "test", "photos:some-bucket")).code).toBe(0)
  expect((await cli.run("versions", "photos:some-bucket")).out).toBe("")
  expect((await cli.run("remote", "remove", "photos")).code).toBe(0)
  expect((await cli.run("remote", "list")).out).toBe("")
})

test("a remote that can not be opened is not kept", async () => {
  const { cli } = await withB2()
  const { code } = await cli.run("remote", "add", "photos", "b2", "--key-id", "wrong", "--application-key", "wrong")
  expect(code).toBe(7)
  expect((await cli.run("remote", "list")).out).toBe("")
})

test("a debug log tells every request and no secret", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "a")
  const { error } = await cli.run("copy", "--debug", "@/from", "b2:some-bucket")
  const [, path = ""] = /debug log: (.*)\n/.exec(error) ?? []
  const log = cli.read(path.slice(cli.folder.length + 1))
  expect(log).toContain("b2_authorize_account answered 200")
  expect(log).toContain('{"_tag":"Done","deed":"stored","item":"a.txt","bytes":1,"values":{"versionId":')
  expect(log).not.toContain(emulator.key)
})

test("two remotes that reach one place by two addresses are the same place: nothing is moved, exit 25", async () => {
  const { cli, emulator } = await withB2()
  const options = (endpoint: string) => [
    "--key-id",
    emulator.keyId,
    "--application-key",
    emulator.key,
    "--endpoint",
    endpoint
  ]
  await cli.run("remote", "add", "r1", "b2", ...options(emulator.endpoint))
  await cli.run("remote", "add", "r2", "b2", ...options(emulator.endpoint.replace("127.0.0.1", "localhost")))
  cli.write("from/a.txt", "a")
  await cli.run("sync", "@/from", "r1:some-bucket/x")
  const moved = await cli.run("move", "r1:some-bucket/x", "r2:Some-Bucket/x")
  expect(moved.code).toBe(25)
  expect(moved.error).toContain("are the same place")
  expect((await cli.run("sync", "r1:some-bucket", "r2:some-bucket/x")).code).toBe(25)
  expect((await cli.run("cat", "r2:some-bucket/x/a.txt")).out).toBe("a")
})

test("remote test signs in once, however many checks it runs", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "a")
  await cli.run("sync", "@/from", "b2:some-bucket")
  const signIns = () =>
    (emulator.log?.requests() ?? []).filter((request) => JSON.stringify(request).includes("b2_authorize_account"))
      .length
  const before = signIns()
  const { code, out } = await cli.run("remote", "test", "b2:some-bucket")
  expect(code).toBe(0)
  expect(out).toContain("-    puts a file only where nothing is: the storage has no putIfAbsent")
  expect(signIns() - before).toBe(1)
})

test("a remote keeps everything in its folder, and its traffic in a log without secrets", async () => {
  const { cli, emulator } = await withB2()
  const key = ["--key-id", emulator.keyId, "--application-key", emulator.key, "--endpoint", emulator.endpoint]
  await cli.run(
    "remote",
    "add",
    "r1",
    "b2",
    ...key,
    "--dir",
    "my/host",
    "--debug",
    "true",
    "--rate",
    "100M",
    "--workers",
    "2"
  )
  cli.write("from/a.txt", "the content")
  expect((await cli.run("sync", "@/from", "r1:some-bucket/x")).code).toBe(0)
  expect((await cli.run("cat", "b2:some-bucket/my/host/x/a.txt")).out).toBe("the content")
  const logs = cli.list("state/ourclone").filter((name) => /^r1\..*\.log$/.test(name))
  expect(logs).toHaveLength(2)
  const text = logs.map((log) => cli.read(`state/ourclone/${log}`)).join("")
  expect(text).toContain("b2_authorize_account 200")
  expect(text).toContain('put "a.txt" ok')
  expect(text).not.toContain(emulator.key)
})
