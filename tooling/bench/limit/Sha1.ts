/** SHA-1 of every file: what B2 asks for before it takes a byte, and what a download is compared with. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { makeFile, pieceSize, readPieces, walk } from "./Files.ts"

export const sha1 = (folder: string, target?: string): void => {
  const room = Buffer.allocUnsafeSlow(pieceSize)
  const made = new Set<string>()
  for (const file of walk(folder)) {
    const hash = createHash("sha1")
    const copy = target === undefined ? undefined : makeFile(target, made, file.path)
    readPieces(path.join(folder, file.path), room, (piece) => {
      hash.update(piece)
      if (copy !== undefined) fs.writeSync(copy, piece)
    })
    hash.digest()
    if (copy !== undefined) fs.closeSync(copy)
  }
}
