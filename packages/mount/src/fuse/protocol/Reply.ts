/** Replies as bytes. Each is made with room for its header in front, which `seal` fills at the end. */
import type { Attributes, Lifetimes, NodeKind, Space, Time } from "../../contract/FileSystem.ts"

export const headSize = 16
const entrySize = 128
const attributesSize = 88

/** The type bits of a mode. */
export const typeBits: Readonly<Record<NodeKind, number>> = { file: 0o100000, directory: 0o040000, symlink: 0o120000 }

/** What programs take as the best size of a read or a write. */
const blockSize = 1 << 20

/** A reply with `size` bytes after its header; what is in them is not defined. */
export const make = (size: number): Buffer => Buffer.allocUnsafe(headSize + size)

/** Fills the header of a reply: it is whole then. `errno` is 0, or positive in a reply of a header alone. */
export const seal = (reply: Buffer, unique: number, errno: number): Buffer => {
  reply.writeUInt32LE(reply.length, 0)
  reply.writeInt32LE(-errno, 4)
  putU64(reply, 8, unique)
  return reply
}

export const putU64 = (bytes: Buffer, at: number, value: number): void => {
  bytes.writeUInt32LE(value % 0x1_0000_0000, at)
  bytes.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4)
}

export const putI64 = (bytes: Buffer, at: number, value: number): void => {
  const high = Math.floor(value / 0x1_0000_0000)
  bytes.writeUInt32LE(value - high * 0x1_0000_0000, at)
  bytes.writeInt32LE(high, at + 4)
}

const putTime = (bytes: Buffer, at: number, nanosAt: number, time: Time): void => {
  putI64(bytes, at, time.seconds)
  bytes.writeUInt32LE(time.nanoseconds, nanosAt)
}

const putAttributes = (bytes: Buffer, at: number, attributes: Attributes): void => {
  const { ino, size, modified, changed, kind } = attributes
  putU64(bytes, at, ino)
  putU64(bytes, at + 8, size)
  // Never 0 for a file with bytes, or archivers take it for a hole.
  putU64(bytes, at + 16, Math.ceil(size / 512))
  putTime(bytes, at + 24, at + 48, modified)
  putTime(bytes, at + 32, at + 52, modified)
  putTime(bytes, at + 40, at + 56, changed)
  bytes.writeUInt32LE(typeBits[kind] | attributes.mode, at + 60)
  bytes.writeUInt32LE(attributes.links, at + 64)
  bytes.writeUInt32LE(attributes.uid, at + 68)
  bytes.writeUInt32LE(attributes.gid, at + 72)
  bytes.writeUInt32LE(0, at + 76)
  bytes.writeUInt32LE(blockSize, at + 80)
  bytes.writeUInt32LE(0, at + 84)
}

/** A lifetime is written as seconds and nanoseconds. */
const putLifetime = (bytes: Buffer, at: number, nanosAt: number, seconds: number): void => {
  const whole = Math.floor(seconds)
  putU64(bytes, at, whole)
  bytes.writeUInt32LE(Math.floor((seconds - whole) * 1e9), nanosAt)
}

const putEntry = (bytes: Buffer, at: number, attributes: Attributes, lifetimes: Lifetimes): void => {
  putU64(bytes, at, attributes.ino)
  putU64(bytes, at + 8, 0)
  putLifetime(bytes, at + 16, at + 32, lifetimes.entry)
  putLifetime(bytes, at + 24, at + 36, lifetimes.attributes)
  putAttributes(bytes, at + 40, attributes)
}

const putOpen = (bytes: Buffer, at: number, handle: number, flags: number): void => {
  putU64(bytes, at, handle)
  bytes.writeUInt32LE(flags, at + 8)
  bytes.writeUInt32LE(0, at + 12)
}

export const empty = (): Buffer => make(0)

export const entry = (attributes: Attributes, lifetimes: Lifetimes): Buffer => {
  const reply = make(entrySize)
  putEntry(reply, headSize, attributes, lifetimes)
  return reply
}

/** "No such name", to be remembered for `lifetimes.missing`. */
export const missing = (lifetimes: Lifetimes): Buffer => {
  const reply = make(entrySize).fill(0)
  putLifetime(reply, headSize + 16, headSize + 32, lifetimes.missing)
  return reply
}

export const attributes = (of: Attributes, lifetimes: Lifetimes): Buffer => {
  const reply = make(16 + attributesSize)
  putLifetime(reply, headSize, headSize + 8, lifetimes.attributes)
  reply.writeUInt32LE(0, headSize + 12)
  putAttributes(reply, headSize + 16, of)
  return reply
}

export const opened = (handle: number, flags: number): Buffer => {
  const reply = make(16)
  putOpen(reply, headSize, handle, flags)
  return reply
}

export const created = (of: Attributes, lifetimes: Lifetimes, handle: number, flags: number): Buffer => {
  const reply = make(entrySize + 16)
  putEntry(reply, headSize, of, lifetimes)
  putOpen(reply, headSize + entrySize, handle, flags)
  return reply
}

/** How much was written or copied, or how long a value would be. */
export const size = (bytes: number): Buffer => {
  const reply = make(8)
  putU64(reply, headSize, bytes)
  return reply
}

export const data = (bytes: Uint8Array): Buffer => {
  const reply = make(bytes.length)
  reply.set(bytes, headSize)
  return reply
}

export const space = ({ total, free, longestName }: Space): Buffer => {
  const blocks = 4096
  const reply = make(80).fill(0)
  putU64(reply, headSize, Math.floor(total / blocks))
  putU64(reply, headSize + 8, Math.floor(free / blocks))
  putU64(reply, headSize + 16, Math.floor(free / blocks))
  // Nobody counts nodes here: many, and as many free.
  putU64(reply, headSize + 24, 2 ** 32)
  putU64(reply, headSize + 32, 2 ** 32)
  reply.writeUInt32LE(blocks, headSize + 40)
  reply.writeUInt32LE(longestName, headSize + 44)
  reply.writeUInt32LE(blocks, headSize + 48)
  return reply
}

/** Fills the reply of a READDIR or READDIRPLUS up to the size that was asked for. */
export class ListingReply {
  readonly #bytes: Buffer
  readonly #lifetimes: Lifetimes | undefined
  #at = headSize

  /** Fills `bytes`, whose head is left free. With lifetimes: for READDIRPLUS. */
  constructor(bytes: Buffer, lifetimes: Lifetimes | undefined) {
    this.#bytes = bytes
    this.#lifetimes = lifetimes
  }

  /** False when it does not fit any more. `next` is what is asked for to go on after this one. */
  add(name: string, attributes: Attributes, next: number, isCounted: boolean): boolean {
    const length = Buffer.byteLength(name)
    const padded = (24 + length + 7) & ~7
    const bytes = this.#bytes
    let at = this.#at
    if (at + (this.#lifetimes === undefined ? 0 : entrySize) + padded > bytes.length) return false
    if (this.#lifetimes !== undefined) {
      if (isCounted) putEntry(bytes, at, attributes, this.#lifetimes)
      else bytes.fill(0, at, at + entrySize)
      at += entrySize
    }
    putU64(bytes, at, attributes.ino)
    putU64(bytes, at + 8, next)
    bytes.writeUInt32LE(length, at + 16)
    bytes.writeUInt32LE(typeBits[attributes.kind] >> 12, at + 20)
    bytes.write(name, at + 24)
    bytes.fill(0, at + 24 + length, at + padded)
    this.#at = at + padded
    return true
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }
}
