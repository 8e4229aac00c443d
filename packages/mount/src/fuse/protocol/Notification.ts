/** What is told to the kernel without having been asked: a reply to no request, with a code where the error stands. */
import * as Reply from "./Reply.ts"

const codes = { inode: 2, entry: 3 } as const

const notification = (code: number, size: number): Buffer => {
  const bytes = Reply.make(size)
  bytes.writeUInt32LE(bytes.length, 0)
  bytes.writeInt32LE(code, 4)
  Reply.putU64(bytes, 8, 0)
  return bytes
}

/** Attributes of the node are asked for again; with `content`, so is all that is kept of its bytes. */
export const inodeChanged = (ino: number, what: "content" | "attributes"): Buffer => {
  const bytes = notification(codes.inode, 24)
  Reply.putU64(bytes, Reply.headSize, ino)
  Reply.putI64(bytes, Reply.headSize + 8, what === "content" ? 0 : -1)
  Reply.putI64(bytes, Reply.headSize + 16, 0)
  return bytes
}

/** The name is looked up again. With `expireOnly` what is open below it stays as it is. */
export const entryChanged = (parent: number, name: string, expireOnly: boolean): Buffer => {
  const length = Buffer.byteLength(name)
  const bytes = notification(codes.entry, 16 + length + 1)
  const at = Reply.headSize
  Reply.putU64(bytes, at, parent)
  bytes.writeUInt32LE(length, at + 8)
  bytes.writeUInt32LE(expireOnly ? 1 : 0, at + 12)
  bytes.write(name, at + 16)
  bytes[at + 16 + length] = 0
  return bytes
}
