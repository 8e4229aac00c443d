/** Asynchronous writes that are never cut short, so that a file is not closed under one. */
import * as fs from "node:fs"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"

type Callback = (error: unknown) => void

const advance = (pieces: ReadonlyArray<Uint8Array>, written: number): ReadonlyArray<Uint8Array> => {
  let rest = written
  const index = pieces.findIndex((piece) => {
    if (rest < piece.length) return true
    rest -= piece.length
    return false
  })
  const first = pieces[index]
  return first === undefined ? [] : [first.subarray(rest), ...pieces.slice(index + 1)]
}

const writeAll = (fd: number, pieces: ReadonlyArray<Uint8Array>, position: number, callback: Callback): void => {
  fs.writev(fd, pieces, position, (error, written) => {
    if (error) return callback(error)
    const rest = advance(pieces, written)
    if (rest.length === 0) callback(undefined)
    else writeAll(fd, rest, position + written, callback)
  })
}

/** Writes all of `pieces` at `position`. Not interruptible: a write takes milliseconds. */
export const write = (
  fd: number,
  pieces: ReadonlyArray<Uint8Array>,
  position: number,
  toError: (error: unknown) => StorageError
): Effect.Effect<void, StorageError> =>
  Effect.uninterruptible(
    Effect.callback((resume) => writeAll(fd, pieces, position, (error) => resume(done(error, toError))))
  )

/** Waits until the bytes are on the disk. */
export const flush = (fd: number, toError: (error: unknown) => StorageError): Effect.Effect<void, StorageError> =>
  Effect.uninterruptible(Effect.callback((resume) => fs.fdatasync(fd, (error) => resume(done(error, toError)))))

const done = (error: unknown, toError: (error: unknown) => StorageError): Effect.Effect<void, StorageError> =>
  error ? Effect.fail(toError(error)) : Effect.void

/** The same, on the thread that calls. */
export const writeNow = (fd: number, bytes: Uint8Array): void => {
  for (let position = 0; position < bytes.length; ) {
    position += fs.writeSync(fd, bytes, position, bytes.length - position, position)
  }
}
