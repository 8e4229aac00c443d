/** A file that restic sends: taken whole and held against its name before the storage hears of it. */
import { createHash, type Hash } from "node:crypto"
import * as RepositoryFile from "@ourclone/backup/format/RepositoryFile"
import type { DatedFile, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import { spool } from "@ourclone/core/layers/Spool"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { Wanted } from "./ResticPath.ts"
import { type PlaceAsked, Refused } from "./ServeRun.ts"

export interface UploadOptions {
  /** Whether what is there stays as it is. */
  readonly isAppendOnly: boolean
  /** Where a large file is kept until it is stored. */
  readonly directory: string
}

/** Each may take some megabytes of memory. */
const mostAtOnce = 16

const lengthOf = (headers: Headers): number | null => {
  const length = headers.get("content-length")
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null
}

const tooLong = (most: number): string => `no such file has more than ${most} bytes`

async function* counted(body: AsyncIterable<Uint8Array>, most: number, hash: Hash): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > most) {
      const reason = new InvalidRequest({ message: tooLong(most) })
      throw new StorageError({ provider: "the upload", operation: "read", reason })
    }
    hash.update(piece)
    yield piece
  }
}

/** Gives what is stored then. Rejects with `Refused` or `StorageError`, and nothing has changed. */
export const make = (provider: Provider, { directory, isAppendOnly }: UploadOptions) => {
  const places = Semaphore.makeUnsafe(mostAtOnce)
  const underWay = new Set<RemotePath>()

  const there = (path: RemotePath) =>
    Effect.catchReason(provider.stat(path), "StorageError", "NotFound", () => Effect.succeed(undefined))

  /** Whether the bytes are those that the name says. */
  const holds = Effect.fnUntraced(function* (file: File, id: string) {
    const hash = createHash("sha256")
    const read = Stream.runForEach(provider.read(file), (piece) => Effect.sync(() => void hash.update(piece)))
    return yield* read.pipe(
      Effect.map(() => hash.digest("hex") === id),
      Effect.catchReason("StorageError", "ChecksumMismatch", () => Effect.succeed(false))
    )
  })

  const store = Effect.fnUntraced(function* (
    { id, path, type }: Extract<Wanted, { readonly _tag: "File" }>,
    { body, headers }: PlaceAsked
  ) {
    const most = RepositoryFile.mostBytesAt(type)
    const announced = lengthOf(headers)
    if (announced !== null && announced > most) return yield* Effect.fail(new Refused(413, tooLong(most)))
    const hash = createHash("sha256")
    const source = yield* spool(counted(body ?? new ReadableStream(), most, hash), announced, directory)
    if (id !== undefined && hash.digest("hex") !== id)
      return yield* Effect.fail(new Refused(400, "the SHA-256 of what came is not the name"))
    const found = yield* there(path)
    // A client that heard no answer sends it again; one that found it damaged does, too.
    if (id !== undefined && found?.size === source.size && (yield* holds(found, id))) return found
    const mayReplace = id !== undefined && !isAppendOnly
    if (found !== undefined && !mayReplace)
      return yield* Effect.fail(new Refused(403, "another content is there already, and stays as it is"))
    const put = mayReplace ? provider.put : (provider.putIfAbsent ?? provider.put)
    return yield* put(path, source, { modifiedAt: yield* Clock.currentTimeMillis, durable: true })
  }, Effect.scoped)

  return (wanted: Extract<Wanted, { readonly _tag: "File" }>, asked: PlaceAsked): Promise<DatedFile> => {
    const { path } = wanted
    if (underWay.has(path)) throw new Refused(503, "it is being stored by somebody else")
    underWay.add(path)
    const ended = Effect.sync(() => void underWay.delete(path))
    return Effect.runPromiseWith(asked.context)(places.withPermit(Effect.ensuring(store(wanted, asked), ended)))
  }
}
