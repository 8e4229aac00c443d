/** Opens a blob and proves that it is the one asked for. */
import { hash } from "node:crypto"
import { type Box, overhead, release } from "./Crypto.ts"
import { decompress as decompressAnew, makeDecompressor, mostHeld } from "./Zstd.ts"

/** What is wrong with a stored blob; names neither pack nor blob. */
export type BlobProblem =
  | "its seal is broken"
  | "it can not be decompressed"
  | "it claims to hold more than a blob can"
  | "its size is not that in the index"
  | "its SHA-256 is not its id"

/** The plain blob, or what is wrong. `uncompressedLength` is 0 where the blob is stored as it is. */
export type OpenBlob = (sealed: Uint8Array, id: string, uncompressedLength: number) => Buffer | BlobProblem

type RoomFor = (size: number) => Buffer | undefined

/** Larger boxes are opened into memory of their own. */
const largestRoom = 2 * 1024 * 1024

/** Gives the same memory again and again. */
const makeRoom = (): RoomFor => {
  let room = Buffer.alloc(0)
  return (size) => {
    if (size > largestRoom) return undefined
    if (room.length < size) room = Buffer.allocUnsafeSlow(Math.min(largestRoom, 2 * size))
    return room
  }
}

interface Memory {
  readonly decompress: (frame: Uint8Array, size: number) => Buffer
  readonly roomForFrame: RoomFor
  readonly roomForPlain: RoomFor
}

const open = (
  box: Box,
  sealed: Uint8Array,
  id: string,
  uncompressedLength: number,
  { decompress, roomForFrame, roomForPlain }: Memory
): Buffer | BlobProblem => {
  if (sealed.length < overhead) return "its size is not that in the index"
  const isFrame = uncompressedLength !== 0
  if (isFrame && uncompressedLength > mostHeld(sealed.length)) return "it claims to hold more than a blob can"
  const opened = box.open(sealed, (isFrame ? roomForFrame : roomForPlain)(sealed.length))
  if (opened === undefined) return "its seal is broken"
  let plain = opened
  if (isFrame) {
    try {
      plain = decompress(opened, uncompressedLength)
    } catch {
      return "it can not be decompressed"
    }
    release(opened)
    if (plain.length !== uncompressedLength) return "its size is not that in the index"
  }
  return hash("sha256", plain) === id ? plain : "its SHA-256 is not its id"
}

const keeping: Memory = {
  decompress: decompressAnew,
  roomForFrame: makeRoom(),
  roomForPlain: () => undefined
}

/** Opens one blob, into memory of its own. */
export const openBlob = (box: Box, ...[sealed, id, uncompressedLength]: Parameters<OpenBlob>): ReturnType<OpenBlob> =>
  open(box, sealed, id, uncompressedLength, keeping)

/** Opens many blobs; each is valid until the next. */
export const makeOpenBlob = (box: Box): OpenBlob => {
  const roomFor = makeRoom()
  const memory: Memory = { ...makeDecompressor(), roomForFrame: roomFor, roomForPlain: roomFor }
  let last: Buffer | undefined
  return (sealed, id, uncompressedLength) => {
    if (last !== undefined) release(last)
    const opened = open(box, sealed, id, uncompressedLength, memory)
    last = typeof opened === "string" ? undefined : opened
    return opened
  }
}
