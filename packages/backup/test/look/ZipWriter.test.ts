import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { inflateRawSync } from "node:zlib"
import * as ZipWriter from "@ourclone/backup/look/ZipWriter"
import { assert, describe, it } from "vitest"
import * as archives from "../support/archives.ts"
import { has, temporaryFolder } from "../support/machine.ts"

interface Record {
  readonly name: string
  readonly method: number
  readonly flags: number
  readonly mode: number
  readonly checksum: number
  readonly compressed: bigint
  readonly plain: bigint
  readonly offset: bigint
}

const value64 = (extra: Buffer, at: number): bigint => {
  assert.strictEqual(extra.readUInt16LE(0), 1)
  return extra.readBigUInt64LE(4 + at * 8)
}

/** The directory at the end of an archive whose last bytes these are; offsets count from `start` of the whole. */
const directory = (bytes: Buffer, start = 0): ReadonlyArray<Record> => {
  const end = bytes.length - 22
  assert.strictEqual(bytes.readUInt32LE(end), 0x06054b50)
  let [count, at] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 16)]
  if (bytes.readUInt32LE(end - 20) === 0x07064b50) {
    const end64 = Number(bytes.readBigUInt64LE(end - 12)) - start
    assert.strictEqual(bytes.readUInt32LE(end64), 0x06064b50)
    count = Number(bytes.readBigUInt64LE(end64 + 32))
    at = Number(bytes.readBigUInt64LE(end64 + 48))
  }
  at -= start
  const records: Array<Record> = []
  for (let index = 0; index < count; index++) {
    assert.strictEqual(bytes.readUInt32LE(at), 0x02014b50)
    const nameEnd = at + 46 + bytes.readUInt16LE(at + 28)
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30)
    const extra = bytes.subarray(nameEnd, extraEnd)
    let large = 0
    const field = (offset: number): bigint => {
      const small = bytes.readUInt32LE(at + offset)
      return small === 0xffffffff ? value64(extra, large++) : BigInt(small)
    }
    const [plain, compressed, offset] = [field(24), field(20), field(42)]
    records.push({
      name: bytes.toString("utf8", at + 46, nameEnd),
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      checksum: bytes.readUInt32LE(at + 16),
      mode: bytes.readUInt32LE(at + 38) >>> 16,
      plain,
      compressed,
      offset
    })
    at = extraEnd
  }
  return records
}

const contentOf = (bytes: Buffer, record: Record): string => {
  const at = Number(record.offset)
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
  const data = bytes.subarray(start, start + Number(record.compressed))
  return (record.method === 8 ? inflateRawSync(data) : data).toString()
}

const entries = [
  archives.entry("d", { type: "dir", mode: 2147483648 + 0o755 }),
  archives.entry("d/empty"),
  archives.entry("d/ü", { mode: 0o600 }, "one ".repeat(1000), "two", "three"),
  archives.entry("d/link", { type: "symlink", mode: 134217728 + 0o777, linkTarget: "../ü" }),
  archives.entry("old", { mtime: "1981-12-31T23:59:59.5Z" }, "x")
]

describe("ZipWriter", () => {
  it("writes content, type and permissions of every entry", async () => {
    const bytes = await archives.archive(ZipWriter.make(), entries)
    const records = directory(bytes)
    assert.deepEqual(
      records.map(({ mode, name }) => [name, mode]),
      [
        ["d/", 0o040755],
        ["d/empty", 0o100640],
        ["d/ü", 0o100600],
        ["d/link", 0o120777],
        ["old", 0o100640]
      ]
    )
    assert.deepEqual(
      records.map((record) => contentOf(bytes, record)),
      ["", "", `${"one ".repeat(1000)}twothree`, "../ü", "x"]
    )
    assert.isBelow(Number(records[2]!.compressed), 200)
  })

  it("says UTF-8 of names that are, and of no others", async () => {
    const odd = Buffer.from([0x6c, 0xe9])
    const bytes = await archives.archive(ZipWriter.make(), [archives.entry("ü"), archives.entry(odd)])
    assert.deepEqual(
      directory(bytes).map(({ flags }) => flags & 0x800),
      [0x800, 0]
    )
  })

  it.skipIf(!has("unzip", "-v"))("is unpacked by unzip with times and links (needs unzip on the path)", async () => {
    const folder = temporaryFolder()
    const file = join(folder, "a.zip")
    fs.writeFileSync(file, await archives.archive(ZipWriter.make(), entries))
    execFileSync("unzip", ["-q", file, "-d", folder])
    assert.strictEqual(fs.readFileSync(join(folder, "d/ü"), "utf8"), `${"one ".repeat(1000)}twothree`)
    assert.strictEqual(fs.readlinkSync(join(folder, "d/link")), "../ü")
    assert.strictEqual(fs.lstatSync(join(folder, "d/ü")).mode & 0o777, 0o600)
    assert.strictEqual(fs.lstatSync(join(folder, "d/ü")).mtimeMs, 1_577_934_245_000)
    assert.strictEqual(fs.lstatSync(join(folder, "old")).mtimeMs, 378_691_199_000)
  })

  it("takes more than 65,535 entries", async () => {
    const many = Array.from({ length: 65_600 }, (_, index) => archives.entry(`f${index}`))
    const bytes = await archives.archive(ZipWriter.make(), many)
    const records = directory(bytes)
    assert.strictEqual(records.length, 65_600)
    assert.strictEqual(records.at(-1)?.name, "f65599")
    if (!has("unzip", "-v")) return
    const file = join(temporaryFolder(), "a.zip")
    fs.writeFileSync(file, bytes)
    assert.match(execFileSync("unzip", ["-Z1", file]).toString(), /^f65599$/m)
  })

  it("takes files, and archives, of more than 4 GiB", () => {
    const writer = ZipWriter.make()
    const plain = Buffer.alloc(64 * 1024 * 1024)
    const pieces = 66
    const size = plain.length * pieces
    // As if it could not be compressed: the offset of the next entry has to be large too.
    const deflated = Buffer.alloc(plain.length)
    const { entry } = archives.entry("big")
    const local = Buffer.concat(writer.begin({ ...entry, size }))
    assert.strictEqual(local.readUInt16LE(4), 45)
    let before = local.length
    for (let piece = 0; piece < pieces; piece++) {
      for (const part of writer.content({ plain, deflated })) before += part.length
    }
    const tail = writer.end()
    const descriptor = Buffer.from(tail.at(-1)!)
    assert.strictEqual(descriptor.length, 24)
    assert.strictEqual(descriptor.readBigUInt64LE(16), BigInt(size))
    for (const part of tail) before += part.length
    const next = Buffer.concat([...writer.begin(archives.entry("next").entry), ...writer.end()])
    const records = directory(Buffer.concat([next, ...writer.finish()]), before)
    assert.deepEqual(
      records.map(({ compressed, name, offset, plain }) => ({ compressed, name, offset, plain })),
      [
        { name: "big", offset: 0n, plain: BigInt(size), compressed: BigInt(size + 2) },
        { name: "next", offset: BigInt(before), plain: 0n, compressed: 0n }
      ]
    )
  })
})
