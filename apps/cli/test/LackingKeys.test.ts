/**
 * Every command that touches a bucket, with a key that lacks one capability at a time: whatever it can not do without is
 * named, also by `doctor`, and nothing is stored, removed or printed; and what brings files has brought none by then.
 */
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Emulator } from "@ourclone/b2-emulator/Emulator"
import * as Effect from "effect/Effect"
import { expect, onTestFinished, test } from "vitest"
import * as HelpDocs from "../src/help/HelpDocs.ts"
import { withB2, withKey } from "./B2Cli.ts"
import { initAt, password } from "./RepositoryCli.ts"

const capabilities = [
  ...[
    "listBuckets",
    "writeBuckets",
    "writeBucketEncryption",
    "writeBucketRetentions",
    "deleteBuckets",
    "listKeys",
    "writeKeys",
    "deleteKeys"
  ],
  ...["listFiles", "readFiles", "writeFiles", "deleteFiles", "shareFiles"]
]

const place = "b2:some-bucket/files"
const file = `${place}/a.txt`
/** Refused after the place is looked at, so that nothing is served however wrong this goes. */
const nowhere = "192.0.2.1:0"
const repository = ["--repo", "b2:some-bucket/repository", "--password-file", "@/password", "--no-cache"]

interface Row {
  readonly words: ReadonlyArray<string>
  readonly takes: ReadonlyArray<string>
}

const row = (takes: string, ...words: ReadonlyArray<string>): Row => ({
  words,
  takes: takes.split(" ").map((name) => (/[A-Z]/.test(name) ? name : `${name}Files`))
})

const reading = "listBuckets list read"
const changing = `${reading} write`

/** Of a command that does several things, each of them. */
const table: Readonly<Record<string, ReadonlyArray<Row>>> = {
  copy: [row("listBuckets list write", "copy", "@/new", place), row(reading, "copy", place, "@/to")],
  sync: [row("listBuckets list write", "sync", "@/new", place), row(reading, "sync", place, "@/to")],
  bisync: [row(changing, "bisync", "@/new", place)],
  move: [row("listBuckets list write", "move", "@/new", place), row(changing, "move", place, "@/to")],
  copyto: [
    row("listBuckets write", "copyto", "@/new/n.txt", `${place}/n.txt`),
    row("listBuckets read", "copyto", file, "@/to"),
    row("listBuckets read write", "copyto", file, `${place}/another.txt`)
  ],
  moveto: [
    row("listBuckets write", "moveto", "@/new/n.txt", `${place}/n.txt`),
    row("listBuckets read write", "moveto", file, "@/moved")
  ],
  copyurl: [
    row("listBuckets write", "copyurl", "URL", `${place}/n.txt`),
    row("listBuckets write", "copyurl", "-a", "URL", place)
  ],
  check: [row("listBuckets list", "check", "@/new", place)],
  ls: [row("listBuckets list", "ls", place), row("listBuckets", "ls", "b2:")],
  lsjson: [row("listBuckets list", "lsjson", place)],
  tree: [row("listBuckets list", "tree", place)],
  stat: [row("listBuckets", "stat", file)],
  size: [row("listBuckets list", "size", place)],
  du: [row("listBuckets list", "du", place)],
  hashsum: [row("listBuckets list", "hashsum", "sha1", place), row(reading, "hashsum", "sha256", place)],
  cat: [row("listBuckets read", "cat", file)],
  link: [row("listBuckets shareFiles", "link", file)],
  mkdir: [
    row("listBuckets write", "mkdir", `${place}/folder`),
    row("listBuckets writeBuckets", "mkdir", "b2:new-bucket")
  ],
  touch: [row("listBuckets write", "touch", `${place}/n.txt`)],
  rm: [row("listBuckets write", "rm", file)],
  undelete: [row("listBuckets list", "undelete", place)],
  versions: [row("listBuckets list", "versions", place)],
  cleanup: [
    row("listBuckets list", "cleanup", "--unfinished", place),
    row("listBuckets list delete", "cleanup", "--old-versions", "--older-than", "0s", place)
  ],
  mount: [row(changing, "mount", place, "@/nowhere"), row(reading, "mount", "--read-only", place, "@/nowhere")],
  "bucket list": [row("listBuckets", "bucket", "list", "b2:")],
  "bucket show": [row("listBuckets", "bucket", "show", "b2:some-bucket")],
  "bucket create": [row("writeBuckets", "bucket", "create", "b2:new-bucket")],
  "bucket update": [
    row("listBuckets writeBuckets", "bucket", "update", "--public", "b2:some-bucket"),
    row("writeBucketEncryption", "bucket", "update", "--encryption", "SSE-B2", "b2:some-bucket"),
    row("writeBucketRetentions", "bucket", "update", "--object-lock", "b2:some-bucket"),
    row("writeBucketRetentions", "bucket", "update", "--retention", "governance:30d", "b2:some-bucket")
  ],
  "bucket lifecycle": [row("listBuckets writeBuckets", "bucket", "lifecycle", "--keep-last", "b2:some-bucket")],
  "bucket remove": [row("listBuckets deleteBuckets", "bucket", "remove", "b2:some-bucket")],
  "key create": [row("listBuckets writeKeys", "key", "create", "--for", "sync", "b2:some-bucket")],
  "key list": [row("listKeys", "key", "list", "b2:")],
  "key remove": [row("deleteKeys", "key", "remove", "b2:", "an-id")],
  "large list": [row("listBuckets list", "large", "list", place)],
  "large parts": [row("listBuckets list", "large", "parts", file)],
  "large cancel": [row("listBuckets list", "large", "cancel", place)],
  "serve http": [row(reading, "serve", "http", "--addr", nowhere, place)],
  "serve restic": [
    row(`${changing} delete`, "serve", "restic", "--addr", nowhere, place),
    row(changing, "serve", "restic", "--append-only", "--addr", nowhere, place)
  ],
  "serve webdav": [
    row(changing, "serve", "webdav", "--addr", nowhere, place),
    row(reading, "serve", "webdav", "--read-only", "--addr", nowhere, place)
  ],
  backup: [row(changing, "backup", "@/new", ...repository)],
  snapshots: [row(changing, "snapshots", ...repository)],
  restore: [row(changing, "restore", "latest", "--target", "@/to", ...repository)],
  forget: [row(changing, "forget", "--keep-last", "1", "--prune", ...repository)],
  "snapshot ls": [row(changing, "snapshot", "ls", "latest", ...repository)],
  "snapshot find": [row(changing, "snapshot", "find", "a", ...repository)],
  "snapshot diff": [row(changing, "snapshot", "diff", "latest", "latest", ...repository)],
  "snapshot dump": [row(changing, "snapshot", "dump", "latest", "/", ...repository)],
  "snapshot mount": [row(changing, "snapshot", "mount", "@/nowhere", ...repository)],
  "snapshot tag": [row(changing, "snapshot", "tag", "--add", "x", ...repository)],
  "snapshot rewrite": [row(changing, "snapshot", "rewrite", "--exclude", "x", ...repository)],
  "repo init": [row(changing, "repo", "init", "--repo", "b2:some-bucket/other", "--password-file", "@/password")],
  "repo list": [row(changing, "repo", "list", "snapshots", ...repository)],
  "repo info": [row(reading, "repo", "info", ...repository)],
  "repo check": [row(changing, "repo", "check", ...repository)],
  "repo prune": [row(changing, "repo", "prune", ...repository)],
  "repo recover": [row(changing, "repo", "recover", ...repository)],
  "repo unlock": [row(reading, "repo", "unlock", ...repository)],
  "repo copy": [
    row(changing, "repo", "copy", "--from-repo", "FROM", "--from-password-file", "@/password", ...repository)
  ],
  "repo stats": [row(changing, "repo", "stats", ...repository)],
  "repo drill": [row(changing, "repo", "drill", ...repository)],
  "repo cat": [row(changing, "repo", "cat", "config", ...repository)],
  "repo migrate": [row(changing, "repo", "migrate", "upgrade_repo_v2", ...repository)],
  "repo repair index": [row(changing, "repo", "repair", "index", ...repository)],
  "repo repair packs": [row(changing, "repo", "repair", "packs", "0".repeat(64), ...repository)],
  "repo repair snapshots": [row(changing, "repo", "repair", "snapshots", ...repository)],
  "repo key list": [row(changing, "repo", "key", "list", ...repository)],
  "repo key add": [row(changing, "repo", "key", "add", "--new-password-file", "@/password", ...repository)],
  "repo key remove": [row(changing, "repo", "key", "remove", "00000000", ...repository)],
  "repo key passwd": [row(changing, "repo", "key", "passwd", "--new-password-file", "@/password", ...repository)]
}

/**
 * What names nothing of a bucket, or starts others that are in the table; and what says of a key what it lacks: `doctor` by
 * its rows, `remote test` by its checks. `rcat` is `copyto` of what it has read.
 */
const elsewhere = new Set([
  ...["", "help", "completion", "complete", "version", "tui", "runner", "doctor", "rcat", "remote test", "repo cache"],
  ...["serve", "snapshot", "repo", "repo key", "repo repair", "bucket", "key", "large", "task", "schedule", "notify"],
  ...["state", "remote", "plugin", "config"]
])
const groupsElsewhere =
  /^(?:(?:help|task|schedule|notify|state|plugin|config|mount) |remote (?:add|set|import|list|show|remove)$)/

/** What must not have brought anything when it stops. Others look into the repository that they are about. */
const bringing = new Set(["copy", "sync", "bisync", "move", "copyto", "moveto", "copyurl", "repo init"])

test("every command of the program is in the table, or touches no bucket", async () => {
  const docs = await Effect.runPromise(HelpDocs.all)
  const isElsewhere = (name: string): boolean => elsewhere.has(name) || groupsElsewhere.test(name)
  const forgotten = [...docs.keys()].filter((name) => !Object.hasOwn(table, name) && !isElsewhere(name))
  expect(forgotten).toEqual([])
})

/** A page for `copyurl`, and how often it was asked for. */
const servedFile = async () => {
  let asked = 0
  const server = createServer((_, answer) => {
    asked++
    answer.end("n")
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, "127.0.0.1"), "listening")
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/n.txt`, asked: () => asked }
}

/** Of files or their parts that came to their end. */
const transfers = ({ log }: Emulator): ReadonlyArray<string> =>
  (log?.requests() ?? [])
    .filter(({ method, status }) => method !== "HEAD" && status >= 200 && status < 300)
    .map(({ operation }) => operation)
    .filter((operation) => /upload_(?:file|part)$|download_file|copy_(?:file|part)$/.test(operation))

const stored = async () => {
  const { cli, emulator } = await withB2()
  cli.write("from/a.txt", "a")
  cli.write("password", password)
  await initAt(cli, "repository")
  expect((await cli.run("backup", "@/from", "--repo", "@/repository", "--password-file", "@/password")).code).toBe(0)
  expect((await cli.run("copy", "@/from", place)).code).toBe(0)
  cli.write("from/a.txt", "another")
  expect((await cli.run("copy", "@/from", place)).code).toBe(0)
  expect((await cli.run("copy", "@/repository", "b2:some-bucket/repository")).code).toBe(0)
  const all = async () => (await cli.run("versions", "b2:some-bucket")).out
  return { emulator, all, from: `${cli.folder}/repository` }
}

/** A configuration in which `layer` goes another way to the files of the bucket. */
const remotes = `[remotes.layer]
type = "crypt"
remote = "b2:some-bucket/secret"
password = "env:CRYPT_PASSWORD"

[remotes.side]
type = "b2"
keyId = "env:B2_APPLICATION_KEY_ID"
applicationKey = "env:B2_APPLICATION_KEY"
endpoint = "env:B2_ENDPOINT"
api = "s3"
`

/** What a command takes when its place is reached otherwise: through S3 a look at a file reads it. */
const byS3: Readonly<Record<string, ReadonlyArray<Row>>> = {
  copy: [row("list write", "copy", "@/new", place), row("list read", "copy", place, "@/to")],
  sync: [row("list write", "sync", "@/new", place), row("list read", "sync", place, "@/to")],
  bisync: [row("list read write", "bisync", "@/new", place)],
  move: [row("list write", "move", "@/new", place), row("list read write", "move", place, "@/to")],
  copyto: [row("write", "copyto", "@/new/n.txt", `${place}/n.txt`), row("read", "copyto", file, "@/to")],
  copyurl: [row("write", "copyurl", "URL", `${place}/n.txt`)],
  ls: [row("list", "ls", place), row("listBuckets", "ls", "b2:")],
  stat: [row("read", "stat", file)],
  cat: [row("read", "cat", file)],
  link: [row("read", "link", file)],
  mkdir: [row("write", "mkdir", `${place}/folder`)],
  rm: [row("write", "rm", file)],
  "serve http": [row("list read", "serve", "http", "--addr", nowhere, place)],
  "serve restic": [row("list read write delete", "serve", "restic", "--addr", nowhere, place)]
}

const ofFiles = new Set(["listFiles", "readFiles", "writeFiles", "deleteFiles"])
/** What an encrypted remote takes is what the place beneath takes, without what takes its account or makes an address. */
const byCrypt = Object.entries(table).flatMap(([name, rows]) =>
  rows
    .filter(
      ({ words }) =>
        words.some((word) => word.startsWith(place)) && name !== "link" && !/^large|--unfinished/.test(words.join(" "))
    )
    .map(({ takes, words }) => ({ name, words, takes: takes.filter((one) => ofFiles.has(one)) }))
)

test.each([
  ["an encrypted remote", "layer:", byCrypt],
  [
    "the side of B2 that speaks S3",
    "side:",
    Object.entries(byS3).flatMap(([name, rows]) => rows.map((one) => ({ ...one, name })))
  ]
])("a capability that a key lacks is named through %s too", async (_, remote, rows) => {
  const { emulator } = await withB2({ s3: { asB2: true } })
  const { asked, url } = await servedFile()
  const root = remote === "layer:" ? "layer:files" : "side:some-bucket/files"
  const words = (one: Row) =>
    one.words.map((word) => (word === "URL" ? url : word === "b2:" ? remote : word.replace(place, root)))
  const prepared = async (capabilities: ReadonlyArray<string>) => {
    const cli = await withKey(emulator, capabilities, {}, { CRYPT_PASSWORD: password })
    cli.write("settings/config.toml", remotes)
    cli.write("new/n.txt", "n")
    return cli
  }
  const all = await prepared(capabilities)
  expect(await all.run("bucket", "create", "b2:some-bucket")).toMatchObject({ code: 0 })
  for (const text of ["a", "another"]) {
    all.write("from/a.txt", text)
    expect(await all.run("copy", "@/from", root)).toMatchObject({ code: 0 })
  }
  const before = (await all.run("versions", "b2:some-bucket")).out
  const told: Array<unknown> = []
  for (const lacking of [...ofFiles, "listBuckets"]) {
    const cli = await prepared(capabilities.filter((one) => one !== lacking))
    const diagnosed = await cli.run("doctor", root)
    if (!diagnosed.out.includes(`"${lacking}"`)) told.push({ words: ["doctor", root], lacking, ...diagnosed })
    for (const one of rows) {
      if (!one.takes.includes(lacking)) continue
      emulator.log?.reset()
      const { code, error, out } = await cli.run(...words(one))
      const isNamed = error.includes(`lacks the capability "${lacking}"`) && out.replace(/^\[\n\]\n$/, "") === ""
      const brought = bringing.has(one.name) ? transfers(emulator) : []
      if (code !== 7 || !isNamed || brought.length > 0)
        told.push({ words: words(one), lacking, code, error, out, brought })
    }
  }
  expect(told).toEqual([])
  expect(asked()).toBe(0)
  expect((await all.run("versions", "b2:some-bucket")).out).toBe(before)
})

test("a capability that a key lacks is named by every command that can not do without it, and nothing is done", async () => {
  const { all, emulator, from } = await stored()
  const { asked, url } = await servedFile()
  const before = await all()
  const told: Array<unknown> = []
  for (const lacking of capabilities) {
    const cli = await withKey(
      emulator,
      capabilities.filter((one) => one !== lacking)
    )
    cli.write("new/n.txt", "n")
    cli.write("password", password)
    const diagnosed = await cli.run("doctor", place)
    if (!diagnosed.out.includes(`"${lacking}"`)) told.push({ words: ["doctor", place], lacking, ...diagnosed })
    const rows = Object.entries(table).flatMap(([name, all]) => all.map((one) => ({ ...one, name })))
    for (const { name, takes, words } of rows) {
      if (!takes.includes(lacking)) continue
      const meant = words.map((word) => (word === "URL" ? url : word === "FROM" ? from : word))
      emulator.log?.reset()
      const { code, error, out } = await cli.run(...meant)
      const isNamed = error.includes(`lacks the capability "${lacking}"`) && out.replace(/^\[\n\]\n$/, "") === ""
      const brought = bringing.has(name) ? transfers(emulator) : []
      if (code !== 7 || !isNamed || brought.length > 0) told.push({ words, lacking, code, error, out, brought })
    }
  }
  expect(told).toEqual([])
  expect(asked()).toBe(0)
  expect(await all()).toBe(before)
})
