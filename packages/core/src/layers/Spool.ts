/** Bytes that come once, as a source that can be read again: small ones in memory, others in a file that goes away. */
import * as fs from "node:fs/promises"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type ByteRange, type ByteSource, fromBytes, smallSize } from "../contract/ByteSource.ts"
import { isStorageError, NoSpace, SourceChanged, StorageError, Unavailable } from "../contract/StorageError.ts"
import { makeFolder } from "../machine/MadeFolder.ts"

const pieceSize = 1024 * 1024

const fail = (error: unknown): StorageError => {
  const message = error instanceof Error ? error.message : String(error)
  const isFull = (error as { readonly code?: unknown }).code === "ENOSPC"
  const reason = isFull
    ? new NoSpace({ message: "the disk is full, where an upload is kept until it is stored" })
    : new Unavailable({ message })
  return new StorageError({ provider: "the upload", operation: "read", reason })
}

const cutOff = (got: number, announced: number): StorageError => {
  const message = `the upload ended after ${got} of ${announced} bytes`
  return new StorageError({ provider: "the upload", operation: "read", reason: new SourceChanged({ message }) })
}

async function* piecesOf(handle: fs.FileHandle, range: ByteRange): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < range.length; ) {
    const buffer = Buffer.allocUnsafe(Math.min(pieceSize, range.length - done))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, range.offset + done)
    if (bytesRead === 0) throw new Error("the file that keeps the upload has become shorter")
    done += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

const inFile = (handle: fs.FileHandle, size: number): ByteSource => {
  const read = (range: ByteRange = { offset: 0, length: size }) =>
    Stream.fromAsyncIterable(piecesOf(handle, range), fail)
  return {
    size,
    read,
    bytes: Effect.map(Stream.runCollect(read()), (pieces) => Buffer.concat(pieces))
  }
}

/**
 * All of `body` until the scope closes. Fails where fewer or more bytes come than `announced`, and with what `body` throws
 * where that is a `StorageError`. A large body is a file in `directory`, which is made where it is not there.
 */
export const spool = Effect.fnUntraced(function* (
  body: AsyncIterable<Uint8Array>,
  announced: number | null,
  directory: string
): Effect.fn.Return<ByteSource, StorageError, Scope.Scope> {
  const attempt = <A>(work: () => Promise<A>) =>
    Effect.tryPromise({ try: work, catch: (error) => (isStorageError(error) ? error : fail(error)) })
  const pieces: Array<Uint8Array> = []
  let size = 0
  const iterator = body[Symbol.asyncIterator]()
  const next = Effect.map(
    attempt(async () => iterator.next()),
    (result) => (result.done === true ? undefined : result.value)
  )
  const ended = () => (announced === null || announced === size ? Effect.void : Effect.fail(cutOff(size, announced)))
  while (size <= smallSize) {
    const piece = yield* next
    if (piece === undefined) {
      yield* ended()
      return fromBytes(Buffer.concat(pieces))
    }
    pieces.push(piece)
    size += piece.length
  }
  yield* attempt(async () => makeFolder(directory))
  const folder = yield* Effect.acquireRelease(
    attempt(() => fs.mkdtemp(path.join(directory, "ourclone-upload-"))),
    (made) => Effect.ignore(attempt(() => fs.rm(made, { recursive: true, force: true })))
  )
  const handle = yield* Effect.acquireRelease(
    attempt(() => fs.open(path.join(folder, "body"), "wx+", 0o600)),
    (opened) => Effect.ignore(attempt(() => opened.close()))
  )
  // Without a name nothing of it stays, however this ends; where a file in use keeps its name, it goes with the scope.
  yield* Effect.ignore(attempt(() => fs.rm(folder, { recursive: true })))
  for (const piece of pieces.splice(0)) yield* attempt(() => handle.writeFile(piece))
  for (;;) {
    const piece = yield* next
    if (piece === undefined) break
    size += piece.length
    yield* attempt(() => handle.writeFile(piece))
  }
  yield* ended()
  return inFile(handle, size)
})
