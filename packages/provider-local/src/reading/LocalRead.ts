/** Reading files: small ones at once, others in pieces with one piece read ahead. */
import * as fs from "node:fs"
import type { ByteRange } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import { InvalidRequest, type StorageError } from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import * as OpenFile from "../disk/OpenFile.ts"
import { attempt, toStorageError } from "../place/LocalErrors.ts"
import * as LocalFiles from "../place/LocalFiles.ts"
import type { Place } from "../place/LocalPlace.ts"
import * as UnsureFile from "./UnsureFile.ts"

const readAllNow = (place: Place, file: File): Uint8Array => {
  const { absolute, isLink } = LocalFiles.locate(place, file.path)
  if (isLink) return LocalFiles.linkTarget(absolute, file)
  if (file.isSizeUnsure === true) return UnsureFile.readToEnd(absolute, place.copyLinks)
  const fd = OpenFile.openOnly(absolute, place.copyLinks)
  try {
    const buffer = Buffer.allocUnsafeSlow(file.size)
    try {
      OpenFile.readFully(fd, buffer, file.size, 0)
    } finally {
      // Also where nothing could be read: what is no file any more is one that has changed.
      OpenFile.check(fd, file)
    }
    return buffer
  } finally {
    fs.closeSync(fd)
  }
}

/** Fails with `SourceChanged` when size or time are not those of `file` after reading. */
export const readAll = (place: Place, file: File): Effect.Effect<Uint8Array, StorageError> =>
  attempt(place, "readAll", file.path, () => readAllNow(place, file))

type Outcome = { readonly piece: Uint8Array } | { readonly error: unknown }

/** The pieces of one range. At most one read is under way, and the file is closed only when none is. */
class Pieces {
  readonly fd: number
  private readonly file: File
  private position: number
  private readonly end: number
  private outcome: Outcome | undefined
  private isReading = false
  private notify: (() => void) | undefined

  constructor(fd: number, file: File, range: ByteRange) {
    this.fd = fd
    this.file = file
    this.position = range.offset
    this.end = range.offset + range.length
  }

  get isAtEnd(): boolean {
    return this.outcome === undefined && !this.isReading && this.position >= this.end
  }

  /** Calls back with the next piece, and starts reading the one after it. */
  next(resume: (outcome: Outcome) => void): void {
    this.readAhead()
    this.whenIdle(() => {
      const outcome = this.outcome as Outcome
      this.outcome = undefined
      if ("piece" in outcome) this.readAhead()
      resume(outcome)
    })
  }

  whenIdle(callback: () => void): void {
    if (this.isReading) this.notify = callback
    else callback()
  }

  private readAhead(): void {
    if (this.isReading || this.outcome !== undefined || this.position >= this.end) return
    const buffer = PiecePool.take(Math.min(PiecePool.pieceSize, this.end - this.position))
    this.isReading = true
    this.fill(buffer, 0)
  }

  private fill(buffer: Buffer, done: number): void {
    fs.read(this.fd, buffer, done, buffer.length - done, this.position + done, (error, count) => {
      if (error) this.settle({ error })
      else if (count === 0) this.settle({ error: new OpenFile.FileChanged() })
      else if (done + count < buffer.length) this.fill(buffer, done + count)
      else this.settle(this.complete(buffer))
    })
  }

  /** The last piece is held back when the file has changed: a reader that counts bytes would not ask again. */
  private complete(piece: Buffer): Outcome {
    this.position += piece.length
    if (this.position < this.end) return { piece }
    try {
      OpenFile.check(this.fd, this.file)
      return { piece }
    } catch (error) {
      return { error }
    }
  }

  private settle(outcome: Outcome): void {
    this.outcome = outcome
    this.isReading = false
    const notify = this.notify
    this.notify = undefined
    notify?.()
  }
}

const close = (pieces: Pieces): Effect.Effect<void> =>
  Effect.callback((resume) => pieces.whenIdle(() => fs.close(pieces.fd, () => resume(Effect.void))))

type PullPieces = Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, StorageError>

const pullFrom = (place: Place, file: File, pieces: Pieces): PullPieces => {
  const fail = (error: unknown) => Effect.fail(toStorageError(place, "read", file.path, error))
  const next = Effect.callback<NonEmptyReadonlyArray<Uint8Array>, StorageError>((resume) =>
    pieces.next((outcome) => resume("piece" in outcome ? Effect.succeed([outcome.piece]) : fail(outcome.error)))
  )
  return Effect.suspend((): PullPieces => (pieces.isAtEnd ? Cause.done() : next))
}

const inPieces = (
  place: Place,
  file: File,
  absolute: string,
  range: ByteRange
): Stream.Stream<Uint8Array, StorageError> =>
  Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        attempt(
          place,
          "read",
          file.path,
          () => new Pieces(OpenFile.open(absolute, file, place.copyLinks), file, range)
        ),
        close
      ),
      (pieces) => Stream.fromPull(Effect.succeed(pullFrom(place, file, pieces)))
    )
  )

const outside = new InvalidRequest({ message: "the range lies outside the file" })

const ofUnsure = (place: Place, file: File, range: ByteRange | undefined): Stream.Stream<Uint8Array> => {
  const bytes = readAllNow(place, file)
  if (range === undefined) return Stream.succeed(bytes)
  if (range.offset < 0 || range.length < 0 || range.offset + range.length > bytes.length) throw outside
  return Stream.succeed(bytes.subarray(range.offset, range.offset + range.length))
}

/** The pieces of `file`, or of `range` of it. Fails with `SourceChanged` like `readAll`. */
export const read = (place: Place, file: File, range?: ByteRange): Stream.Stream<Uint8Array, StorageError> =>
  Stream.unwrap(
    attempt(place, "read", file.path, () => {
      if (file.isSizeUnsure === true) return ofUnsure(place, file, range)
      const { offset, length } = range ?? { offset: 0, length: file.size }
      if (offset < 0 || length < 0 || offset + length > file.size) throw outside
      const { absolute, isLink } = LocalFiles.locate(place, file.path)
      if (isLink) return Stream.succeed(LocalFiles.linkTarget(absolute, file).subarray(offset, offset + length))
      return inPieces(place, file, absolute, { offset, length })
    })
  )
