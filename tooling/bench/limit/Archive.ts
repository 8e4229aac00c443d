/**
 * The bytes of a folder as a repository keeps them, each sealed and compressed,
 * without anything that finds one again: all files in a row, in pieces of 1 MiB.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { makeBox } from "@ourclone/backup/format/Crypto"
import { type FoundFile, makeFile, pieceSize, readPieces, walk } from "./Files.ts"

interface Contents {
  readonly files: ReadonlyArray<FoundFile>
  readonly pieces: ReadonlyArray<{ readonly sha256: string; readonly length: number }>
}

const contentsOf = (archive: string) => `${archive}.json`

/** Any keys cost the same. */
const box = makeBox({ encrypt: Buffer.alloc(32, 1), macK: Buffer.alloc(16, 2), macR: Buffer.alloc(16, 3) })

/** The level that both programs choose by themselves is about this one. */
const level = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 2 } }

export const seal = (folder: string, archive: string): void => {
  const files = walk(folder)
  const pieces: Array<Contents["pieces"][number]> = []
  const output = fs.openSync(archive, "w")
  const gathered = Buffer.allocUnsafeSlow(pieceSize)
  let used = 0
  const finish = () => {
    const plain = gathered.subarray(0, used)
    const sealed = box.seal(zlib.zstdCompressSync(plain, level))
    pieces.push({ sha256: hash("sha256", plain, "hex"), length: sealed.length })
    fs.writeSync(output, sealed)
    used = 0
  }
  const room = Buffer.allocUnsafeSlow(pieceSize)
  for (const file of files) {
    if (file.size === 0) continue
    readPieces(path.join(folder, file.path), room, (read) => {
      for (let at = 0; at < read.length; ) {
        const taken = read.copy(gathered, used, at)
        at += taken
        used += taken
        if (used === pieceSize) finish()
      }
    })
  }
  if (used > 0) finish()
  fs.closeSync(output)
  fs.writeFileSync(contentsOf(archive), JSON.stringify({ files, pieces } satisfies Contents))
}

/** The bytes of the archive, piece by piece; throws when one is not what was sealed. */
function* opened(archive: string, pieces: Contents["pieces"]): Generator<Buffer> {
  const input = fs.openSync(archive, "r")
  for (const { length, sha256 } of pieces) {
    const sealed = Buffer.allocUnsafeSlow(length)
    fs.readSync(input, sealed)
    const frame = box.open(sealed)
    const plain = frame && zlib.zstdDecompressSync(frame)
    if (plain === undefined || hash("sha256", plain, "hex") !== sha256) throw new Error(`${archive} is damaged`)
    yield plain
  }
  fs.closeSync(input)
}

export const open = (archive: string, target?: string): void => {
  const { files, pieces }: Contents = JSON.parse(fs.readFileSync(contentsOf(archive), "utf8"))
  const source = opened(archive, pieces)
  if (target === undefined) {
    for (const _ of source);
    return
  }
  const made = new Set<string>()
  let piece: Buffer = Buffer.alloc(0)
  for (const file of files) {
    const output = makeFile(target, made, file.path)
    for (let left = file.size; left > 0; ) {
      if (piece.length === 0) {
        const next = source.next()
        if (next.done === true) throw new Error(`${archive} ends early`)
        piece = next.value
      }
      const written = fs.writeSync(output, piece, 0, Math.min(left, piece.length))
      piece = piece.subarray(written)
      left -= written
    }
    fs.closeSync(output)
  }
}
