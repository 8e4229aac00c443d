/** Keys that may do no more than they are for, what `doctor` says of them, and changes of buckets. */
import { once } from "node:events"
import * as fs from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, onTestFinished, test } from "vitest"
import { post, withB2, withKey } from "./B2Cli.ts"
import { makeCli } from "./Cli.ts"

type Made = { readonly id: string; readonly secret: string; readonly capabilities: ReadonlyArray<string> }

const made = async (words: ReadonlyArray<string>) => {
  const { cli, emulator } = await withB2()
  await cli.run("bucket", "create", "b2:some-bucket")
  const { code, out } = await cli.run("key", "create", "--json", ...words)
  expect(code).toBe(0)
  const key = JSON.parse(out) as Made
  const environment = {
    B2_APPLICATION_KEY_ID: key.id,
    B2_APPLICATION_KEY: key.secret,
    B2_ENDPOINT: emulator.endpoint
  }
  return { cli, emulator, key, limited: makeCli({ environment }) }
}

test("a key for sync brings files there and back, and reaches no other folder", async () => {
  const { limited } = await made(["--for", "sync", "b2:some-bucket/photos"])
  limited.write("from/a.txt", "a")
  expect((await limited.run("sync", "@/from", "b2:some-bucket/photos")).code).toBe(0)
  limited.write("from/a.txt", "changed")
  expect((await limited.run("sync", "@/from", "b2:some-bucket/photos")).code).toBe(0)
  expect((await limited.run("sync", "b2:some-bucket/photos", "@/back")).code).toBe(0)
  expect(limited.read("back/a.txt")).toBe("changed")
  for (const place of ["b2:some-bucket/photos2", "b2:some-bucket"]) {
    expect((await limited.run("copy", "@/from", place)).code).toBe(7)
  }
  expect((await limited.run("key", "list", "b2:")).code).toBe(7)
})

test("a key for backup makes a repository, backs up, forgets and prunes", async () => {
  const { limited } = await made(["--for", "backup", "b2:some-bucket/backup"])
  limited.write("pw", "secret")
  const repository = ["--repo", "b2:some-bucket/backup", "--password-file", "@/pw"]
  limited.write("from/a.txt", "a")
  expect((await limited.run("repo", "init", ...repository)).code).toBe(0)
  expect((await limited.run("backup", "@/from", ...repository)).code).toBe(0)
  limited.write("from/a.txt", "b")
  expect((await limited.run("backup", "@/from", ...repository)).code).toBe(0)
  expect((await limited.run("forget", "--keep-last", "1", "--prune", ...repository)).code).toBe(0)
  expect((await limited.run("repo", "check", "--read-data", ...repository)).code).toBe(0)
})

test("a key for reading reads, and writes nothing", async () => {
  const { cli, limited } = await made(["--for", "read", "b2:some-bucket"])
  cli.write("from/a.txt", "a")
  await cli.run("copy", "@/from", "b2:some-bucket")
  expect((await limited.run("cat", "b2:some-bucket/a.txt")).out).toBe("a")
  expect((await limited.run("doctor", "--for", "read", "b2:some-bucket")).code).toBe(0)
  limited.write("from/b.txt", "b")
  const refused = await limited.run("copy", "@/from", "b2:some-bucket")
  expect([refused.code, refused.error]).toEqual([7, expect.stringContaining('"writeFiles"')])
})

/** What each command can not do without, and whose lack it must name. */
const commands = {
  sync: {
    listFiles: ["sync", "@/from", "b2:some-bucket"],
    writeFiles: ["sync", "@/from", "b2:some-bucket"],
    readFiles: ["sync", "b2:some-bucket", "@/to"]
  },
  read: { listFiles: ["ls", "b2:some-bucket"], readFiles: ["cat", "b2:some-bucket/stored.txt"] }
} as const

test("a capability that a key lacks is named by doctor, and by the command before a byte is sent", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/stored.txt", "stored")
  await cli.run("copy", "@/from", "b2:some-bucket")
  const all = {
    sync: ["listBuckets", "listFiles", "readFiles", "writeFiles"],
    read: ["listBuckets", "listFiles", "readFiles"]
  }
  for (const [purpose, capabilities] of Object.entries(all)) {
    for (const lacking of capabilities) {
      const limited = await withKey(
        emulator,
        capabilities.filter((one) => one !== lacking),
        { bucket: "some-bucket" }
      )
      const { code, out } = await limited.run("doctor", "--for", purpose, "b2:some-bucket")
      expect([purpose, lacking, code, out]).toEqual([purpose, lacking, 1, expect.stringContaining(`"${lacking}"`)])
      const words = (commands as Record<string, Record<string, ReadonlyArray<string>>>)[purpose]?.[lacking]
      if (words === undefined) continue
      limited.write("from/new.txt", "new")
      const ran = await limited.run(...words)
      expect([lacking, ran.code, ran.error]).toEqual([lacking, 7, expect.stringContaining(`"${lacking}"`)])
    }
  }
})

test("doctor tells in a note which commands take what the key lacks besides", async () => {
  const { emulator } = await withB2()
  await post(emulator, "b2_create_bucket", { bucketName: "some-bucket", bucketType: "allPrivate" })
  const sync = ["listBuckets", "listFiles", "readFiles", "writeFiles"]
  const beyond = {
    shareFiles: "link",
    listKeys: "key list",
    writeKeys: "key create",
    deleteKeys: "key remove",
    writeBuckets: "bucket create, bucket update, bucket lifecycle",
    deleteBuckets: "bucket remove",
    writeBucketEncryption: "bucket update: encryption",
    writeBucketRetentions: "bucket update: object lock, retention"
  }
  const each = Object.entries(beyond).map(([capability, commands]) => `"${capability}" (${commands})`)
  const said = async (capabilities: ReadonlyArray<string>) => {
    const { code, out } = await (await withKey(emulator, capabilities)).run("doctor", "--for", "sync", "b2:some-bucket")
    expect(code).toBe(0)
    return out.split("\n").find((line) => line.includes(" may also "))
  }
  expect(await said(sync)).toBe(
    `note may also       the key lacks ${each.join(", ")}; make a key that has what you need of these`
  )
  expect(await said([...sync, ...Object.keys(beyond)])).toBe(
    "ok   may also       the key may do all that other commands take"
  )
})

test("doctor asks where files are fetched from, and fails where that is nobody, or not B2", async () => {
  const { cli, emulator } = await withB2()
  await cli.run("bucket", "create", "b2:some-bucket")
  const page = createServer((_, answer) => answer.writeHead(404).end("<title>No such page</title>"))
  onTestFinished(() => void page.close())
  await once(page.listen(0, "127.0.0.1"), "listening")
  const stranger = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
  const nobody = "http://127.0.0.1:1"
  for (const [name, address] of Object.entries({ right: emulator.endpoint, stranger, nobody })) {
    expect((await cli.run("remote", "add", name, "b2", "--download-url", address, "--no-check")).code).toBe(0)
  }
  const said = async (place: string) => {
    const { code, out } = await cli.run("doctor", place)
    return [code, out.split("\n").find((line) => line.includes(" downloads "))]
  }
  const answers = `ok   downloads      files are fetched from ${emulator.endpoint}, which answers`
  for (const place of ["b2:some-bucket", "b2:", "right:some-bucket"]) expect(await said(place)).toEqual([0, answers])
  for (const [place, address, why] of [
    ["stranger:some-bucket", stranger, '"No such page"'],
    ["stranger:", stranger, '"No such page"'],
    ["nobody:some-bucket", nobody, "ECONNREFUSED"]
  ] as const) {
    const [code, line] = await said(place)
    expect([code, line]).toEqual([
      1,
      expect.stringContaining(`FAIL downloads      files can not be fetched from ${address}`)
    ])
    expect(line).toContain(why)
    expect(line).toContain("check the option downloadUrl")
  }
})

test("a key written as a remote works, and its secret is printed nowhere", async () => {
  const { cli } = await withB2()
  await cli.run("bucket", "create", "b2:some-bucket")
  const { code, error, out } = await cli.run("key", "create", "--for", "sync", "--remote", "less", "b2:some-bucket")
  expect([code, error]).toEqual([0, ""])
  const [, secret = ""] = /application.?key\s*=\s*"([^"]+)"/i.exec(fs.readFileSync(cli.configuration, "utf8")) ?? []
  expect(secret).not.toBe("")
  expect(out).not.toContain(secret)
  cli.write("from/a.txt", "a")
  expect((await cli.run("sync", "@/from", "less:some-bucket")).code).toBe(0)
  expect((await cli.run("key", "create", "--for", "sync", "--remote", "less", "b2:some-bucket")).code).toBe(2)
})

test("keys are listed and removed, but never the one in use", async () => {
  const { cli, emulator, key, limited } = await made([
    "--for",
    "read",
    "--valid",
    "30d",
    "--name",
    "guest",
    "b2:some-bucket/x"
  ])
  const listed = (await cli.run("key", "list")).out
  expect(listed).toMatch(
    new RegExp(`${key.id} {2}guest {2}some-bucket/x/ {2}listBuckets,listFiles,readFiles {2}until `)
  )
  const own = await cli.run("key", "remove", "b2:", emulator.keyId)
  expect([own.code, own.error]).toEqual([2, expect.stringContaining("key in use")])
  expect((await cli.run("key", "remove", "b2:", key.id)).code).toBe(0)
  expect((await cli.run("key", "remove", "b2:", key.id)).code).toBe(4)
  expect((await limited.run("ls", "b2:some-bucket/x")).code).toBe(7)
  expect((await cli.run("key", "create", "--for", "read", "--name", "no spaces", "b2:some-bucket")).code).toBe(2)
  expect((await cli.run("key", "create", "--for", "read", "b2:")).code).toBe(2)
  expect((await cli.run("key", "create", "--for", "read", "b2:no-such-bucket-here")).code).toBe(4)
  expect((await cli.run("key", "list", "@/")).code).toBe(2)
})

test("doctor says of a folder of this machine what it is, and of what is not there that it is not", async () => {
  const { run, write } = makeCli()
  write("here/a", "a")
  const { code, out } = await run("doctor", "--write", "@/here")
  expect(code).toBe(0)
  expect(out).toMatch(/ok {3}place .*\n.*latency.*\n(.*space.*\n)?.*ok {3}write .*\n.*ok {3}read .*\n.*ok {3}delete /)
  for (const [place, why] of [
    ["@/there", "no such folder"],
    ["@/here/a", "this is a file"]
  ] as const) {
    const found = await run("doctor", place)
    expect([found.code, found.out]).toEqual([1, expect.stringMatching(new RegExp(`FAIL place .*${why}`))])
  }
})

test("doctor says by name which check failed: the remote, its configuration, the connection, the sign-in, the key or the place", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a", "a")
  await cli.run("copy", "@/from", "b2:some-bucket/files")
  await cli.run("key", "create", "--for", "read", "--remote", "reader", "b2:some-bucket/files")
  const as = (environment: Readonly<Record<string, string>>) => makeCli({ environment })
  const right = { B2_APPLICATION_KEY_ID: emulator.keyId, B2_APPLICATION_KEY: emulator.key }
  const at = { ...right, B2_ENDPOINT: emulator.endpoint }
  for (const [who, words, name, why] of [
    [cli, ["nobody:x"], "remote", 'no remote is called "nobody"'],
    [as({ ...right, B2_ENDPOINT: "http://far.example" }), ["b2:some-bucket"], "configuration", "use https://"],
    [as({ ...right, B2_ENDPOINT: "http://127.0.0.1:1" }), ["b2:some-bucket"], "connection", "check the network"],
    [as({ ...at, B2_APPLICATION_KEY: "wrong" }), ["b2:some-bucket"], "sign-in", "check the key id"],
    [cli, ["reader:some-bucket/others"], "key", "use the location some-bucket/files"],
    [cli, ["b2:abc"], "place", "6 to 63 characters"],
    [cli, ["--for", "read", "b2:no-such-bucket"], "place", "check the name"],
    [cli, ["reader:some-bucket/files", "--write"], "write", 'lacks the capability "writeFiles"']
  ] as const) {
    const { code, out } = await who.run("doctor", ...words)
    const failed = out.split("\n").filter((line) => line.startsWith("FAIL"))
    expect([words, code, failed]).toEqual([words, 1, [expect.stringContaining(`FAIL ${name} `)]])
    expect(failed[0]).toContain(why)
  }
})

test("doctor --write tells apart whether a place can be written, read and removed from", async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a", "a")
  await cli.run("copy", "@/from", "b2:some-bucket")
  const said = async (capabilities: ReadonlyArray<string>) => {
    const { code, out } = await (await withKey(emulator, capabilities)).run("doctor", "--write", "b2:some-bucket")
    const marks = out
      .split("\n")
      .flatMap((line) => /^(ok|FAIL) +(write|read|delete) /.exec(line)?.slice(1).join(" ") ?? [])
    return [code, marks]
  }
  const all = ["listBuckets", "listFiles", "readFiles", "writeFiles"]
  expect(await said(all)).toEqual([0, ["ok write", "ok read", "ok delete"]])
  const unread = all.filter((one) => one !== "readFiles")
  expect(await said(unread)).toEqual([1, ["ok write", "FAIL read", "ok delete"]])
})

test("bucket update changes what is named and leaves the rest", async () => {
  const { cli, emulator } = await withB2()
  await cli.run("bucket", "create", "b2:some-bucket")
  await cli.run("bucket", "lifecycle", "--keep-last", "b2:some-bucket")
  const update = (...words: ReadonlyArray<string>) => cli.run("bucket", "update", ...words, "b2:some-bucket")
  expect((await update("--public")).out).toContain("public ")
  expect((await update("--private", "--info", "owner=me", "--encryption", "SSE-B2")).code).toBe(0)
  const unlocked = await update("--retention", "governance:30d")
  expect([unlocked.code, unlocked.error]).toEqual([
    2,
    "error: b2:some-bucket: versions are locked only in a bucket with object lock, which some-bucket does not have: turn it on together with this; there is no way back\n"
  ])
  expect((await update("--retention", "none")).code).toBe(0)
  expect((await update("--object-lock", "--retention", "governance:30d")).code).toBe(0)
  expect((await update("--retention", "governance:31d")).code).toBe(0)
  expect((await update("--retention", "governance:30d")).code).toBe(0)
  const { buckets } = (await post(emulator, "b2_list_buckets", {})) as {
    buckets: ReadonlyArray<Record<string, unknown>>
  }
  expect(buckets[0]).toMatchObject({
    bucketType: "allPrivate",
    bucketInfo: { owner: "me" },
    lifecycleRules: [{ daysFromHidingToDeleting: 1 }],
    fileLockConfiguration: {
      value: {
        isFileLockEnabled: true,
        defaultRetention: { mode: "governance", period: { duration: 30, unit: "days" } }
      }
    },
    defaultServerSideEncryption: { value: { mode: "SSE-B2" } }
  })
  const rules = [
    {
      corsRuleName: "pages-1",
      allowedOrigins: ["https://example.com"],
      allowedOperations: ["b2_download_file_by_name"],
      maxAgeSeconds: 60
    }
  ]
  expect((await update("--cors-rules", JSON.stringify(rules))).code).toBe(0)
  const shown = await cli.run("bucket", "show", "b2:some-bucket")
  expect([shown.code, shown.out.replace(/^id .*\n/m, "").split("\n")]).toEqual([
    0,
    [
      "name         some-bucket",
      "access       private",
      "object lock  on",
      "retention    governance, 30 days",
      "encryption   SSE-B2",
      "lifecycle    every file: delete old versions after 1 day",
      "info         owner=me",
      expect.stringMatching(/^cors {9}\{.*"corsRuleName":"pages-1"/),
      ""
    ]
  ])
  const facts = {
    objectLock: true,
    retention: { mode: "governance", days: 30 },
    encryption: "SSE-B2",
    cors: [{ allowedOrigins: ["https://example.com"] }]
  }
  expect(JSON.parse((await cli.run("bucket", "show", "--json", "b2:some-bucket")).out)).toMatchObject(facts)
  expect(JSON.parse((await cli.run("bucket", "list", "--json", "b2:")).out)).toMatchObject(facts)
  const limited = await withKey(emulator, ["listBuckets"])
  const seen = await limited.run("bucket", "show", "b2:some-bucket")
  expect([seen.code, seen.out]).toEqual([0, expect.not.stringMatching(/^(?:object lock|retention|encryption)/m)])
  expect((await cli.run("bucket", "show", "b2:not-there-at-all")).code).toBe(4)
  for (const words of [
    ["--public", "--private"],
    ["--retention", "a while"],
    ["--info", "no equals"],
    ["--cors-rules", "{"],
    []
  ]) {
    expect([words, (await update(...words)).code]).toEqual([words, 2])
  }
  expect((await cli.run("bucket", "update", "--public", "b2:not-there-at-all")).code).toBe(4)
})

test.each([
  ["bucket", "show"],
  ["bucket", "update", "--private"],
  ["key", "create", "--for", "sync"]
])("%s %s says of which place it is that there is no such bucket", async (...words) => {
  const { cli } = await withB2()
  const { code, error } = await cli.run(...words, "b2:no-such-bucket")
  expect([code, error]).toEqual([4, expect.stringContaining('b2:no-such-bucket: there is no bucket "no-such-bucket"')])
})
