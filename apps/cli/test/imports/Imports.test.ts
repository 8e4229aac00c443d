import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Redacted } from "effect"
import sodium from "sodium-native"
import { expect, it } from "vitest"
import { fromB2Account } from "../../src/imports/B2AccountImport.ts"
import { fromHashBackup } from "../../src/imports/HashBackupImport.ts"
import * as RcloneFile from "../../src/imports/RcloneFile.ts"
import { fromRclone } from "../../src/imports/RcloneImport.ts"
import { fromRestic, variablesOf } from "../../src/imports/ResticImport.ts"

const plain = (options: object) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, Redacted.isRedacted(value) ? Redacted.value(value) : value])
  )

const rclone = (text: string) => fromRclone(RcloneFile.sectionsOf(text))

it("reads rclone's dialect: comments, quotes, repeated sections, a mark at the begin and ends of lines of Windows", () => {
  const text = [
    "\uFEFF# comment",
    "[s3 two]",
    "type=s3",
    "provider : Minio",
    'access_key_id = "quoted id"',
    "secret_access_key = `back = tick`",
    "; comment",
    "region =",
    "[other]",
    "type = local",
    "[s3 two]",
    "endpoint = x # no comment"
  ].join("\r\n")
  const sections = RcloneFile.sectionsOf(text)
  expect([...sections.keys()]).toEqual(["s3 two", "other"])
  expect(Object.fromEntries(sections.get("s3 two") ?? [])).toEqual({
    type: "s3",
    provider: "Minio",
    access_key_id: '"quoted id"',
    secret_access_key: "back = tick",
    region: "",
    endpoint: "x # no comment"
  })
  expect(() => RcloneFile.sectionsOf("[a]\ntype = b2\nnonsense\n")).toThrow("line 3")
})

it("reveals the passwords that rclone obscures", () => {
  for (const [value, password] of [
    ["YWFhYWFhYWFhYWFhYWFhYQ", ""],
    ["YWFhYWFhYWFhYWFhYWFhYXMaGgIlEQ", "potato"],
    ["AAAAAAAAAAAAAAAAAAAAADQYDREmiGt3U1U022wRCA", "pässwörd 🔑"],
    ["7iUhg7N3AgSKzQ6StFe3EoLfNiRX1Q", "potato"]
  ] as const) {
    expect(RcloneFile.reveal(value)).toBe(password)
  }
  for (const value of ["short", "not base64 ! at all, really not"]) expect(() => RcloneFile.reveal(value)).toThrow()
})

it("opens an encrypted configuration with its password, and with no other", () => {
  const sealed = "ZaFvTkwsAAhkPfZ0fejdFw+Mbg0Knn2AXK522x3WQQCdUOJg6zy0KSg7bxJbQXueC5IcrGucc6Sf9Q=="
  const text = `# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n${sealed}\n`
  expect(RcloneFile.isEncrypted(text)).toBe(true)
  expect(RcloneFile.isEncrypted("[a]\ntype = b2\n")).toBe(false)
  expect(RcloneFile.decrypt(text, "potato", sodium)).toBe("[a]\ntype = local\n\n")
  expect(() => RcloneFile.decrypt(text, "tomato", sodium)).toThrow("wrong")
})

it("makes remotes of rclone's, and says what can be none", () => {
  const { refused, remotes } = rclone(`[photos]
type = b2
account = 0012345
key = K001secret
hard_delete = true
[cloud]
type = s3
provider = Wasabi
access_key_id = id
secret_access_key = secret
endpoint = s3.eu-central-1.wasabisys.com
[server]
type = sftp
host = example.org
user = ann
port = 2222
pass = 7iUhg7N3AgSKzQ6StFe3EoLfNiRX1Q
[dav]
type = webdav
url = https://cloud.example.org/remote.php/dav/files/ann
vendor = nextcloud
user = ann
pass = 7iUhg7N3AgSKzQ6StFe3EoLfNiRX1Q
[secret]
type = crypt
remote = photos:bucket/secret
password = 7iUhg7N3AgSKzQ6StFe3EoLfNiRX1Q
[here]
type = local
[odd names]
type = b2
account = 1
key = 2
encoding = Slash,Ctl
[drive]
type = drive
`)
  expect(remotes.map(({ name, options, type }) => [name, type, plain(options)])).toEqual([
    ["photos", "b2", { keyId: "0012345", applicationKey: "K001secret", hardDelete: true }],
    [
      "cloud",
      "s3",
      {
        accessKeyId: "id",
        secretAccessKey: "secret",
        provider: "Wasabi",
        endpoint: "https://s3.eu-central-1.wasabisys.com"
      }
    ],
    ["server", "sftp", { host: "example.org", user: "ann", port: 2222, password: "potato" }],
    [
      "dav",
      "webdav",
      {
        url: "https://cloud.example.org/remote.php/dav/files/ann",
        vendor: "nextcloud",
        user: "ann",
        password: "potato"
      }
    ],
    ["secret", "crypt", { remote: "photos:bucket/secret", password: "potato" }]
  ])
  expect(remotes[2]?.notes.join()).toContain("without a check of the host")
  expect(refused.map(({ because, name }) => [name, because])).toEqual([
    ["here", expect.stringContaining("write its path")],
    ["odd names", expect.stringContaining("encoding")],
    ["drive", expect.stringContaining('"drive" is not known')]
  ])
})

it("makes remotes of HashBackup's destinations", () => {
  const { refused, remotes } = fromHashBackup(`# mine
destname offsite
type b2
keyid 0012345
appkey K001secret
bucket my-bucket
dir /hb/main
workers 8
maxsize 5g

destname usb
type dir
dir /mnt/usb
destname hidden
type b2
bucket other
`)
  expect(remotes.map(({ name, notes, options, type }) => [name, type, plain(options), notes])).toEqual([
    [
      "offsite",
      "b2",
      { keyId: "0012345", applicationKey: "K001secret", workers: 8 },
      ["its place is offsite:my-bucket/hb/main", "not taken over: maxsize"]
    ]
  ])
  expect(refused.map(({ name }) => name)).toEqual(["usb (line 11)", "hidden (line 14)"])
})

it("takes over the hosts, ports and regions of HashBackup's destinations", () => {
  const from = (text: string) =>
    fromHashBackup(`destname other\n${text}`).remotes.map(({ notes, options, type }) => [type, plain(options), notes])
  const keys = "accesskey id\nsecretkey secret\nbucket files\n"
  const both = { accessKeyId: "id", secretAccessKey: "secret" }
  const place = ["its place is other:files"]
  expect(from(`type s3\n${keys}host nas.example\nport 9000\nlocation EU\ndebug 1\n`)).toEqual([
    ["s3", { ...both, endpoint: "https://nas.example:9000", region: "eu-west-1" }, [...place, "not taken over: debug"]]
  ])
  for (const [host, endpoint] of [
    ["host s3.example", "https://s3.example"],
    ["host s3.example\nport 443\nsecure", "https://s3.example"],
    ["host s3.example\nport 80", "http://s3.example"],
    ["host http://s3.example/\nport 9000", "http://s3.example:9000"],
    ["host s3.example:9000\nport 9000", "https://s3.example:9000"]
  ]) {
    expect(from(`type s3\n${keys}${host}\nlocation us-west-2\n`), host).toEqual([
      ["s3", { ...both, endpoint, region: "us-west-2" }, place]
    ])
  }
  expect(from("type ssh\nhost nas.example\nport 2222\nuserid ann\ndir /srv/hb\nrate 1m\n")).toEqual([
    ["sftp", { host: "nas.example", port: 2222, user: "ann" }, ["its place is other:/srv/hb", "not taken over: rate"]]
  ])
  expect(from("type dav\nsecure\nhost dav.example\ndir dav\nuserid ann\npassword potato\n")).toEqual([
    ["webdav", { url: "https://dav.example/dav", user: "ann", password: "potato" }, []]
  ])
})

it("reads the key of the b2 tool, and leaves its tokens", () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-import-")), "account_info")
  const database = new DatabaseSync(file)
  database.exec(
    "create table account(account_id text, application_key text, account_auth_token text, realm text, account_id_or_app_key_id text)"
  )
  database.exec("insert into account values('acc', 'K001secret', 'canary', 'production', '0012345')")
  database.close()
  const { remotes } = fromB2Account(file)
  expect(remotes.map(({ options }) => plain(options))).toEqual([{ keyId: "0012345", applicationKey: "K001secret" }])
  fs.rmSync(path.dirname(file), { recursive: true })
})

it("makes a remote of restic's environment, and runs nothing of it", () => {
  const from = (text: string) =>
    fromRestic(variablesOf(text)).remotes.map(({ notes, options, type }) => [type, plain(options), notes[0]])
  expect(
    from('export RESTIC_REPOSITORY=\'b2:bucket:path/x\'\nB2_ACCOUNT_ID=1 # mine\nexport B2_ACCOUNT_KEY="a\\"b"\n')
  ).toEqual([["b2", { keyId: "1", applicationKey: 'a"b' }, expect.stringContaining("restic-b2:bucket/path/x;")]])
  expect(from("RESTIC_REPOSITORY=s3:http://nas:9000/bucket/r\nAWS_ACCESS_KEY_ID=i\nAWS_SECRET_ACCESS_KEY=s\n")).toEqual(
    [
      [
        "s3",
        { accessKeyId: "i", secretAccessKey: "s", endpoint: "http://nas:9000" },
        expect.stringContaining("restic-s3:bucket/r;")
      ]
    ]
  )
  expect(from("RESTIC_REPOSITORY=sftp:ann@host:backup/x\n")).toEqual([
    ["sftp", { host: "host", user: "ann" }, expect.stringContaining("restic-sftp:backup/x;")]
  ])
  expect(from("RESTIC_REPOSITORY=sftp://ann@host:2222//srv/x\n")).toEqual([
    ["sftp", { host: "host", user: "ann", port: 2222 }, expect.stringContaining("restic-sftp:/srv/x;")]
  ])
  expect(fromRestic(variablesOf("RESTIC_REPOSITORY=$(rm -rf /)")).remotes).toEqual([])
})

it("names the remote that a crypt of rclone's is made of as that is called here", () => {
  const { remotes } = rclone(`[b]
type = b2
account = 1
key = 2
[secret]
type = crypt
remote = b:bucket/a b:c
password = 7iUhg7N3AgSKzQ6StFe3EoLfNiRX1Q
[disk]
type = crypt
remote = /mnt/b:c
password = 7iUhg7N3AgSKzQ6StFe3EoLfNiRX1Q
`)
  expect(remotes.map(({ name, options }) => [name, options.remote])).toEqual([
    ["b-remote", undefined],
    ["secret", "b-remote:bucket/a b:c"],
    ["disk", "/mnt/b:c"]
  ])
})
