import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import * as TarWriter from "@ourclone/backup/look/TarWriter"
import * as Posix from "@ourclone/system/Posix"
import { assert, describe, it } from "vitest"
import * as archives from "../support/archives.ts"
import { has, takesAttributes, temporaryFolder } from "../support/machine.ts"

const isGnuTar = has("tar", "--version") && execFileSync("tar", ["--version"]).includes("GNU tar")

/** The folder that GNU tar unpacks an archive to. */
const unpacked = async (
  entries: ReadonlyArray<archives.Written>,
  ...options: ReadonlyArray<string>
): Promise<string> => {
  const folder = temporaryFolder()
  const input = await archives.archive(TarWriter.make(), entries)
  assert.strictEqual(input.length % 512, 0)
  execFileSync("tar", ["--extract", "--no-same-owner", "--same-permissions", ...options, "--directory", folder], {
    input,
    stdio: ["pipe", "ignore", "ignore"]
  })
  return folder
}

const listed = async (entries: ReadonlyArray<archives.Written>): Promise<string> =>
  execFileSync("tar", ["--list", "--verbose", "--numeric-owner", "--full-time", "--utc"], {
    input: await archives.archive(TarWriter.make(), entries)
  }).toString()

describe.skipIf(!isGnuTar)("TarWriter, unpacked by GNU tar (needs GNU tar on the path)", () => {
  it("keeps content of any size around a block, and empty files", async () => {
    const sizes = [0, 1, 511, 512, 513, 100_000]
    const folder = await unpacked(sizes.map((size) => archives.entry(`f${size}`, {}, Buffer.alloc(size, 7))))
    for (const size of sizes) assert.deepEqual(fs.readFileSync(join(folder, `f${size}`)), Buffer.alloc(size, 7))
  })

  it("puts the pieces of a file together", async () => {
    const folder = await unpacked([archives.entry("f", {}, "one", "two", "three"), archives.entry("g", {}, "next")])
    assert.strictEqual(fs.readFileSync(join(folder, "f"), "utf8"), "onetwothree")
    assert.strictEqual(fs.readFileSync(join(folder, "g"), "utf8"), "next")
  })

  it("keeps names that are long, not ASCII, not UTF-8", async () => {
    const deep = `${"d".repeat(90)}/${"é".repeat(90)}/${"f".repeat(200)}`
    const odd = Buffer.concat([Buffer.from("l"), Buffer.from([0xe9]), Buffer.from("t\nx\\")])
    const folder = await unpacked([archives.entry(deep, {}, "deep"), archives.entry(odd, {}, "odd")])
    assert.strictEqual(fs.readFileSync(join(folder, deep), "utf8"), "deep")
    assert.strictEqual(fs.readFileSync(Buffer.concat([Buffer.from(`${folder}/`), odd]), "utf8"), "odd")
  })

  it.each([
    ["2020-01-02T03:04:05.678901234+01:00", 1577930645678901234n],
    ["1969-12-31T23:59:58.5Z", -1_500_000_000n],
    ["1960-01-01T00:00:00Z", -315_619_200_000_000_000n],
    ["2020-01-02T03:04:05Z", 1_577_934_245_000_000_000n],
    ["2300-01-01T00:00:00.000000001Z", 10_413_792_000_000_000_001n]
  ])("keeps the time %s to the nanosecond", async (mtime, nanoseconds) => {
    const folder = await unpacked([archives.entry("f", { mtime })])
    assert.strictEqual(fs.lstatSync(join(folder, "f"), { bigint: true }).mtimeNs, nanoseconds)
  })

  it("keeps permissions, directories and links to anywhere", async () => {
    const target = `../${"é".repeat(70)}`
    const folder = await unpacked([
      archives.entry("d", { type: "dir", mode: 2147483648 + 0o750 }),
      archives.entry("d/setuid", { mode: 8388608 + 0o711 }, "x"),
      archives.entry("d/link", { type: "symlink", mode: 134217728 + 0o777, linkTarget: target })
    ])
    assert.strictEqual(fs.lstatSync(join(folder, "d")).mode & 0o7777, 0o750)
    assert.strictEqual(fs.lstatSync(join(folder, "d/setuid")).mode & 0o7777, 0o4711)
    assert.strictEqual(fs.readlinkSync(join(folder, "d/link")), target)
  })

  it("keeps numbers and names of owners that do not fit a header", async () => {
    const text = await listed([archives.entry("f", { uid: 3_000_000_000, gid: 2_097_152, user: "ü".repeat(20) })])
    assert.match(text, /^-rw-r----- 3000000000\/2097152 +0 2020-01-02 03:04:05 f$/m)
  })

  it("tells sizes that do not fit a header", async () => {
    const { entry } = archives.entry("big", {})
    const [pax, body] = TarWriter.make().begin({ ...entry, size: 8_589_934_592 })
    assert.strictEqual(pax?.[156], "x".charCodeAt(0))
    assert.strictEqual(String(body), "19 size=8589934592\n")
    assert.strictEqual(TarWriter.make().begin({ ...entry, size: 8_589_934_591 }).length, 1)
  })

  it.skipIf(!takesAttributes)("keeps attributes of any bytes (needs a file system with attributes)", async () => {
    const values = [
      { name: "user.bytes", value: Buffer.from([0, 10, 61, 255]) },
      { name: "user.empty", value: Buffer.alloc(0) }
    ]
    const folder = await unpacked([archives.entry("f", { extendedAttributes: values })], "--xattrs")
    const path = Buffer.from(join(folder, "f"))
    assert.deepEqual(Posix.getAttribute(path, Buffer.from("user.bytes")), values[0]!.value)
    assert.deepEqual(Posix.getAttribute(path, Buffer.from("user.empty")), values[1]!.value)
  })

  it("counts the digits of a record's length, also where they make it longer", async () => {
    for (let size = 0; size < 120; size++) {
      const attribute = { name: "user.a", value: Buffer.alloc(size, "v") }
      const [, body] = TarWriter.make().begin(archives.entry("f", { extendedAttributes: [attribute] }).entry)
      assert.strictEqual(Number.parseInt(String(body), 10), body?.length)
    }
  })

  it("writes access lists as text, as restic does", async () => {
    const list = Buffer.alloc(4 + 6 * 8)
    list.writeUInt32LE(2, 0)
    const entries = [
      [1, 6, 0xffffffff],
      [2, 6, 33],
      [4, 4, 0xffffffff],
      [8, 4, 4],
      [16, 7, 0xffffffff],
      [32, 0, 0xffffffff]
    ] as const
    entries.forEach(([tag, permissions, id], index) => {
      list.writeUInt16LE(tag, 4 + index * 8)
      list.writeUInt16LE(permissions, 6 + index * 8)
      list.writeUInt32LE(id, 8 + index * 8)
    })
    const attribute = { name: "system.posix_acl_access", value: list }
    const bytes = await archives.archive(TarWriter.make(), [archives.entry("f", { extendedAttributes: [attribute] })])
    const text = "user::rw-\nuser:33:rw-\ngroup::r--\ngroup:4:r--\nmask::rwx\nother::---\n"
    assert.include(bytes.toString("latin1"), `88 SCHILY.acl.access=${text}\n`)
    const broken = { ...attribute, value: Buffer.from("no list") }
    const kept = await archives.archive(TarWriter.make(), [archives.entry("f", { extendedAttributes: [broken] })])
    assert.include(kept.toString("latin1"), "SCHILY.xattr.system.posix_acl_access=no list\n")
  })
})
