/** The fixtures are what Linux 6.18 sent and took, byte for byte; each field's name stands beside it. */
import { assert, describe, it } from "@effect/vitest"
import type { Attributes } from "@ourclone/mount/contract/FileSystem"
import { Malformed } from "@ourclone/mount/fuse/protocol/Fields"
import * as Init from "@ourclone/mount/fuse/protocol/Init"
import { decode } from "@ourclone/mount/fuse/protocol/KernelRequest"
import * as Notification from "@ourclone/mount/fuse/protocol/Notification"
import * as Reply from "@ourclone/mount/fuse/protocol/Reply"

const bytes = (...fields: ReadonlyArray<string>) => Buffer.from(fields.join("").replaceAll(" ", ""), "hex")
const zeros = (count: number) => "00".repeat(count)

/** Header of a request by uid 0, gid 0; the length is filled in. */
const request = (opcode: string, unique: string, node: string, ...body: ReadonlyArray<string>) => {
  const whole = bytes("00000000", opcode, unique, node, "00000000", "00000000", "ed290000", "0000 0000", ...body)
  whole.writeUInt32LE(whole.length, 0)
  return whole
}
const hex = (reply: Buffer) => reply.toString("hex")

const attributes: Attributes = {
  ino: 0x12,
  kind: "file",
  size: 6,
  mode: 0o644,
  uid: 1000,
  gid: 100,
  links: 1,
  modified: { seconds: 0x6b0ca561, nanoseconds: 0x270940 },
  changed: { seconds: -2, nanoseconds: 5 },
  generation: 7
}

describe("a request of the kernel", () => {
  it("gives the name that is looked up, and the directory it is looked up in", () => {
    const lookup = request("01000000", "0600000000000000", "0100000000000000", "61 00")
    assert.deepInclude(decode(lookup, lookup.length), { node: 1, unique: 6, body: { name: "a" } })
    assert.deepInclude(decode(lookup, lookup.length), { name: "LOOKUP", uid: 0, gid: 0, pid: 0x29ed })
  })

  it("gives flags, mode and name of a file to be made", () => {
    const create = request(
      "23000000",
      "0800000000000000",
      "0100000000000000",
      "41820000", // O_WRONLY, O_CREAT, O_TRUNC, O_LARGEFILE
      "a4810000", // a regular file, 0644
      "12000000", // umask
      "00000000",
      "61 00"
    )
    assert.deepEqual((decode(create, create.length) as { body: unknown }).body, {
      flags: 0x8241,
      mode: 0o100644,
      name: "a"
    })
  })

  it("gives the bytes to be written and where", () => {
    const write = request(
      "10000000",
      "0e00000000000000",
      "1000000000000000",
      "0100000000000000", // handle
      "0000000001000000", // offset: 2^32
      "06000000", // size
      "00000000",
      zeros(8),
      "01800000 00000000",
      "68656c6c6f0a"
    )
    assert.deepEqual((decode(write, write.length) as { body: unknown }).body, {
      handle: 1,
      offset: 2 ** 32,
      writeFlags: 0,
      data: Buffer.from("hello\n")
    })
  })

  it("gives the times to be set, to the nanosecond and before 1970", () => {
    const touch = request(
      "04000000",
      "3c00000000000000",
      "1000000000000000",
      "30000000 00000000", // access and modification
      zeros(24),
      "a55d0d5e00000000", // access
      "feffffffffffffff", // modification: two seconds before
      zeros(8),
      "808d5b00", // nanoseconds: 6 ms
      "01000000",
      zeros(24)
    )
    assert.deepInclude((decode(touch, touch.length) as { body: object }).body, {
      valid: 0x30,
      atime: { seconds: 0x5e0d5da5, nanos: 6_000_000 },
      mtime: { seconds: -2, nanos: 1 }
    })
  })

  it("gives both places of a renaming", () => {
    const rename = request(
      "2d000000",
      "1e00000000000000",
      "0100000000000000",
      "1100000000000000", // into
      "01000000 00000000", // RENAME_NOREPLACE
      "6100 6200"
    )
    assert.deepEqual((decode(rename, rename.length) as { body: unknown }).body, {
      from: "a",
      toParent: 0x11,
      to: "b",
      flags: 1
    })
  })

  it("is told as unreadable where a field lies past its end, a name has no end or its length is not true", () => {
    const cut = request("10000000", "0e00000000000000", "1000000000000000", zeros(16), "ff000000", zeros(20))
    const endless = request("01000000", "0600000000000000", "0100000000000000", "61")
    const longer = request("01000000", "0600000000000000", "0100000000000000", "6100")
    longer.writeUInt32LE(4000, 0)
    for (const whole of [cut, endless, longer])
      assert.deepInclude(decode(whole, whole.length), { name: undefined, because: "Malformed" })
    assert.throws(() => decode(cut, 39), Malformed)
  })

  it("is told as no text where its name is not UTF-8", () => {
    const odd = request("01000000", "0600000000000000", "0100000000000000", "ff6100")
    const replaced = request("01000000", "0600000000000000", "0100000000000000", "efbfbd00")
    assert.deepInclude(decode(odd, odd.length), { code: 1, because: "NotText" })
    assert.deepInclude(decode(replaced, replaced.length), { name: "LOOKUP" })
  })

  it("is told as unknown where its number stands in no row", () => {
    const ioctl = request("27000000", "0600000000000000", "0100000000000000")
    assert.deepInclude(decode(ioctl, ioctl.length), { name: undefined, code: 39, because: "UnknownOperation" })
  })
})

describe("the beginning of a session", () => {
  const offered = { major: 7, minor: 45, maxReadahead: 0x20000, flags: 0x73fffffb, moreFlags: 0xfd05 }

  it("takes of what the kernel offers what is known here: no locks, no writeback cache", () => {
    const agreement = Init.agree(offered)
    assert.strictEqual(agreement._tag, "Agreed")
    if (agreement._tag !== "Agreed") return
    assert.strictEqual(
      hex(agreement.reply.subarray(16)),
      hex(
        bytes(
          "07000000 2d000000",
          "00000200", // read-ahead as offered
          "29e0c442", // flags
          "4000 3000", // 64 in the background, crowded from 48
          "00001000", // 1 MiB a write
          "01000000", // times to the nanosecond
          "0001 0000", // 256 pages
          "00000000", // flags above
          zeros(28)
        )
      )
    )
    assert.isFalse(agreement.session.has("expireOnly"))
  })

  it("asks for nothing that an older kernel does not offer", () => {
    const agreement = Init.agree({ ...offered, minor: 31, flags: 0b1, moreFlags: 0 })
    assert.strictEqual(agreement._tag, "Agreed")
    if (agreement._tag !== "Agreed") return
    assert.strictEqual(agreement.reply.readUInt32LE(20), 31)
    assert.strictEqual(agreement.reply.readUInt32LE(28), 1)
  })

  it("refuses a kernel before 7.31, and lets a newer major version ask again", () => {
    assert.deepEqual(Init.agree({ ...offered, minor: 30 }), { _tag: "TooOld", version: "7.30" })
    assert.strictEqual(Init.agree({ ...offered, major: 8, minor: 0 })._tag, "AskAgain")
  })
})

describe("a reply", () => {
  it("says of an entry its number, for how long it holds and its attributes", () => {
    const reply = Reply.seal(Reply.entry(attributes, { entry: 60, attributes: 1.5, missing: 1 }), 0x1234, 0)
    assert.strictEqual(
      hex(reply),
      hex(
        bytes(
          "90000000 00000000 3412000000000000", // length, no error, unique
          "1200000000000000 0000000000000000", // node, generation
          "3c00000000000000 0100000000000000", // entry and attributes hold so many seconds
          "00000000 0065cd1d", // and nanoseconds
          "1200000000000000 0600000000000000 0100000000000000", // ino, size, blocks
          "61a50c6b00000000 61a50c6b00000000 feffffffffffffff", // access, modification, change
          "40092700 40092700 05000000", // their nanoseconds
          "a4810000 01000000 e8030000 64000000", // mode, links, uid, gid
          "00000000 00001000 00000000" // device, block size, flags
        )
      )
    )
  })

  it("says an error as a negative number", () => {
    assert.strictEqual(hex(Reply.seal(Reply.empty(), 0x104, 61)), hex(bytes("10000000 c3ffffff 0401000000000000")))
  })

  it("says a missing name with number 0 and for how long that holds", () => {
    const reply = Reply.missing({ entry: 60, attributes: 60, missing: 2 })
    assert.strictEqual(hex(reply.subarray(16, 48)), hex(bytes(zeros(16), "0200000000000000", zeros(8))))
  })

  it("lists names padded to 8 bytes with where to go on, as many as fit", () => {
    const listing = new Reply.ListingReply(Reply.make(64), undefined)
    assert.isTrue(listing.add("a", attributes, 0x12, true))
    assert.isTrue(listing.add("ä long one", { ...attributes, kind: "directory" }, 0x13, true) === false)
    assert.isTrue(listing.add("12345678", { ...attributes, kind: "symlink" }, 0x14, true))
    assert.strictEqual(
      hex(listing.finish().subarray(16)),
      hex(
        bytes(
          "1200000000000000 1200000000000000 01000000 08000000",
          "61 00000000000000",
          "1200000000000000 1400000000000000 08000000 0a000000",
          "3132333435363738"
        )
      )
    )
  })

  it("carries attributes with a listing that asks for them, and none for the two entries that stand for directories", () => {
    const listing = new Reply.ListingReply(Reply.make(1000), { entry: 1, attributes: 1, missing: 0 })
    listing.add(".", attributes, 2, false)
    listing.add("a", attributes, 0x12, true)
    const reply = listing.finish().subarray(16)
    assert.strictEqual(hex(reply.subarray(0, 128)), zeros(128))
    assert.strictEqual(hex(reply.subarray(160, 168)), "1200000000000000")
    assert.strictEqual(reply.length, 2 * (128 + 32))
  })

  it("says the space in blocks", () => {
    const reply = Reply.space({ total: 40960, free: 8192, longestName: 255 })
    assert.strictEqual(hex(reply.subarray(16, 40)), hex(bytes("0a00000000000000 0200000000000000 0200000000000000")))
    assert.strictEqual(hex(reply.subarray(56, 68)), hex(bytes("00100000 ff000000 00100000")))
  })
})

describe("a notification", () => {
  it("takes back what is kept of a node", () => {
    assert.strictEqual(
      hex(Notification.inodeChanged(0x12, "content")),
      hex(bytes("28000000 02000000", zeros(8), "1200000000000000", zeros(16)))
    )
    assert.strictEqual(
      hex(Notification.inodeChanged(0x12, "attributes")).slice(48),
      hex(bytes("ffffffffffffffff", zeros(8)))
    )
  })

  it("takes back a name", () => {
    assert.strictEqual(
      hex(Notification.entryChanged(1, "ab", true)),
      hex(bytes("23000000 03000000", zeros(8), "0100000000000000 02000000 01000000 616200"))
    )
  })
})
