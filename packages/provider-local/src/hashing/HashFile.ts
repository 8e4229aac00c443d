/** Digests of a file, of the whole and of its parts, by synchronous reads. For worker threads and files of a few MiB. */
import { createHash, type Hash } from "node:crypto"
import * as fs from "node:fs"
import * as OpenFile from "../disk/OpenFile.ts"

export interface HashJob extends OpenFile.Seen {
  readonly path: string
  readonly followsLinks: boolean
  /** In bytes. */
  readonly partSize: number
  readonly algorithm: "sha1" | "md5" | "sha256"
  /** "whole" gives the digest of the whole and of part 1, "rest" those of the other parts, "all" both. */
  readonly wants: "whole" | "rest" | "all"
}

export interface HashResult {
  /** Absent for "rest". */
  readonly whole: string | undefined
  readonly parts: ReadonlyArray<string>
}

const pieceSize = 1024 * 1024

/** Told of so many bytes more. */
export type OnHashed = (bytes: number) => void

/** Adds bytes `[from, to)` to each of `hashes`. */
export const feed = (
  fd: number,
  hashes: ReadonlyArray<Hash>,
  from: number,
  to: number,
  buffer: Uint8Array,
  onHashed?: OnHashed
): void => {
  for (let position = from; position < to; position += buffer.length) {
    const length = Math.min(buffer.length, to - position)
    OpenFile.readFully(fd, buffer, length, position)
    const piece = buffer.subarray(0, length)
    for (const hash of hashes) hash.update(piece)
    onHashed?.(length)
  }
}

export const makeBuffer = (): Uint8Array => Buffer.allocUnsafeSlow(pieceSize)

const hashOpened = (fd: number, { algorithm, size, partSize, wants }: HashJob, onHashed?: OnHashed): HashResult => {
  const buffer = makeBuffer()
  const firstEnd = Math.min(partSize, size)
  const whole = wants === "rest" ? undefined : createHash(algorithm)
  const parts: Array<string> = []
  if (whole !== undefined) {
    feed(fd, [whole], 0, firstEnd, buffer, onHashed)
    parts.push(whole.copy().digest("hex"))
  }
  if (wants === "whole") feed(fd, whole ? [whole] : [], firstEnd, size, buffer, onHashed)
  else {
    for (let from = firstEnd; from < size; from += partSize) {
      const part = createHash(algorithm)
      feed(fd, whole ? [whole, part] : [part], from, Math.min(from + partSize, size), buffer, onHashed)
      parts.push(part.digest("hex"))
    }
  }
  return { whole: whole?.digest("hex"), parts }
}

/** Throws like `OpenFile.open`, and `FileChanged` when the file is changed meanwhile. */
export const hashFile = (job: HashJob, onHashed?: OnHashed): HashResult => {
  const fd = OpenFile.open(job.path, job, job.followsLinks)
  try {
    const result = hashOpened(fd, job, onHashed)
    OpenFile.check(fd, job)
    return result
  } finally {
    fs.closeSync(fd)
  }
}
