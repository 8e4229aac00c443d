/** Reading files whose stated size need not be true: up to their end, whatever they state. */
import * as fs from "node:fs"
import { InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as OpenFile from "../disk/OpenFile.ts"
import { codeOf } from "../place/LocalErrors.ts"

/** What is made up when it is read may have no end. */
const most = 64 * 1024 * 1024
const pieceSize = 64 * 1024

const readPiece = (fd: number): Buffer => {
  const piece = Buffer.allocUnsafe(pieceSize)
  try {
    return piece.subarray(0, fs.readSync(fd, piece, 0, pieceSize, null))
  } catch (error) {
    if (codeOf(error) !== "EAGAIN") throw error
    throw new InvalidRequest({ message: "it is like a pipe: what it holds comes later, and it has no end" })
  }
}

/** All of the file at `absolute`. Throws `FileChanged` where there is no file, and `InvalidRequest` where it has no end. */
export const readToEnd = (absolute: string, followsLinks: boolean): Uint8Array<ArrayBuffer> => {
  const fd = OpenFile.openOnly(absolute, followsLinks)
  try {
    if (!fs.fstatSync(fd).isFile()) throw new OpenFile.FileChanged()
    const pieces: Array<Buffer> = []
    let size = 0
    for (let piece = readPiece(fd); piece.length > 0; piece = readPiece(fd)) {
      pieces.push(piece)
      size += piece.length
      if (size <= most) continue
      throw new InvalidRequest({
        message: `it states no true size, and more than ${most} bytes came: it may have no end`
      })
    }
    return Buffer.concat(pieces)
  } finally {
    fs.closeSync(fd)
  }
}
