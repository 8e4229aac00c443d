/**
 * Takes blobs out of packs and puts them into new ones, of the same repository or of another.
 *
 * Only the ranges that hold the blobs are read. Each blob is checked against its
 * id in a worker thread, sealed, and opened once more before its pack is stored.
 */
import { availableParallelism } from "node:os"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { BlobTableBuilder } from "../format/BlobTable.ts"
import { nameOf } from "../format/BlobType.ts"
import type { FinishedPack } from "../format/PackWriter.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { NewPacks } from "../repository/NewPacks.ts"
import * as PackRanges from "../repository/PackRanges.ts"
import type { Repository } from "../repository/Repository.ts"
import { LocalFailure, RepositoryError } from "../repository/RepositoryError.ts"
import * as Threads from "../threads/Threads.ts"
import type { RepackAnswer, RepackData, RepackRequest } from "./RepackWorker.ts"

type E = StorageError | RepositoryError

const megabyte = 1024 * 1024
/** Megabytes read and not yet dealt with: of a disk few are enough, a service is faster with several requests. */
const inFlightOf = (repository: Repository): number => (repository.provider.capabilities.isLocal ? 16 : 40)
const rangesAtOnce = 6
/** One core is left to this thread, which reads and stores; each thread takes some 70 MB. */
const mostThreads = 4

export interface RepackOptions {
  readonly from: Repository
  /** Of `from`. */
  readonly index: BlobIndex
  readonly to: Repository
  readonly newPacks: NewPacks
  /** Bytes from which a pack is finished. */
  readonly packSize: number
  readonly threads?: number | undefined
  /** See `RepackWorker`. */
  readonly marksTried?: boolean | undefined
  /** Finds another place of a blob that is damaged in one; without it such a blob goes to `onLost`. */
  readonly reader?: BlobReader | undefined
  /** Called for each blob that can not be read anywhere; without it the first of them fails the whole. */
  readonly onLost?: ((entry: number, message: string) => void) | undefined
  /** Called with the bytes of each range that was read. */
  readonly onRead?: ((bytes: number) => void) | undefined
}

export interface Repack {
  /** Copies blobs of one pack; `entries` by offset. May run several times at once. */
  readonly copy: (entries: Iterable<number>) => Effect.Effect<void, E>
  /** Stores what is left over; after it, every copied blob is in a stored pack. */
  readonly finish: Effect.Effect<void, E>
}

interface Packer {
  readonly line: Threads.Line<RepackRequest, RepackAnswer>
  readonly spare: Array<SharedArrayBuffer>
}

const transferable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
    ? (bytes as Uint8Array<ArrayBuffer>)
    : Uint8Array.from(bytes)

export const make = Effect.fnUntraced(function* (options: RepackOptions): Effect.fn.Return<Repack, never, Scope.Scope> {
  const { from, index, newPacks, to } = options
  const data: RepackData = {
    from: Redacted.value(from.keys),
    to: Redacted.value(to.keys),
    version: to.config.version,
    packSize: options.packSize,
    marksTried: options.marksTried === true,
    opensAgain: to.opensAgain
  }
  const threads = yield* Threads.make<RepackRequest, RepackAnswer>(new URL("./RepackWorker.ts", import.meta.url), {
    size: options.threads ?? Math.max(1, Math.min(availableParallelism() - 1, mostThreads)),
    least: options.threads,
    data: () => data
  })
  /** Each thread gets the buffers of its own packs again once these are stored: so it needs no others. */
  const packers = threads.lines.map((line): Packer => ({ line, spare: [] }))
  const idlest = (): Packer =>
    packers.reduce((best, packer) => (packer.line.pending() < best.line.pending() ? packer : best))

  const storePack =
    ({ spare }: Packer) =>
    (pack: FinishedPack): Effect.Effect<void, E> =>
      Effect.map(newPacks.store(pack), () => {
        if (pack.bytes.buffer instanceof SharedArrayBuffer) spare.push(pack.bytes.buffer)
      })
  const inFlight = inFlightOf(from)
  const memory = Semaphore.makeUnsafe(inFlight)

  const failure = (error: Threads.ThreadFailure): RepositoryError =>
    new RepositoryError({
      repository: to.name,
      reason: new LocalFailure({ message: `a thread that packs blobs failed: ${error.message}`, code: error.code })
    })

  const askOnly = ({ line }: Packer, request: RepackRequest, transfer: ReadonlyArray<ArrayBuffer> = []) =>
    Effect.tryPromise({
      try: () => line.call(request, transfer),
      catch: (error) =>
        failure(error instanceof Threads.ThreadFailure ? error : new Threads.ThreadFailure(String(error), ""))
    })

  /** Stores what comes of it, too. */
  const ask = (
    packer: Packer,
    request: RepackRequest,
    transfer: ReadonlyArray<ArrayBuffer> = []
  ): Effect.Effect<RepackAnswer, E> =>
    Effect.tap(askOnly(packer, request, transfer), (answer) =>
      Effect.forEach(answer.packs, storePack(packer), { discard: true })
    )

  const copyElsewhere = (entry: number, why: string): Effect.Effect<void, E> => {
    const lost = (message: string) => Effect.sync(() => options.onLost?.(entry, message))
    if (options.reader === undefined) return lost(why)
    const type = index.typeOf(entry)
    const found = Effect.flatMap(options.reader.blob(nameOf(type), index.hexOf(entry)), (plain) =>
      Effect.asVoid(ask(idlest(), { _tag: "Plain", type, id: index.idOf(entry), bytes: plain }))
    )
    if (options.onLost === undefined) return found
    return Effect.catchReasons(found, "RepositoryError", {
      Damaged: (reason) => lost(reason.message),
      Missing: (reason) => lost(reason.message)
    })
  }

  const copyRange = (pack: string, range: PackRanges.PackRange): Effect.Effect<void, E> => {
    const table = new BlobTableBuilder(range.entries.length)
    for (const entry of range.entries) {
      const offset = index.offsetOf(entry) - range.offset
      table.add(
        index.typeOf(entry),
        index.idOf(entry),
        offset,
        index.lengthOf(entry),
        index.uncompressedLengthOf(entry)
      )
    }
    const copyBytes = (stored: Uint8Array): Effect.Effect<void, E> => {
      options.onRead?.(range.length)
      const bytes = transferable(stored)
      const blobs = { count: table.count, bytes: table.bytes }
      const packer = idlest()
      const spare = packer.spare.splice(0)
      const answer = ask(packer, { _tag: "Sealed", bytes, blobs, spare }, [bytes.buffer])
      return Effect.flatMap(answer, ({ bad }) =>
        Effect.forEach(bad, (row) => copyElsewhere(range.entries[row]!, "its bytes are damaged"), { discard: true })
      )
    }
    const stored = from.readRaw("data", pack, { offset: range.offset, length: range.length })
    if (options.onLost === undefined && options.reader === undefined) return Effect.flatMap(stored, copyBytes)
    // A file that is cut off or gone: each blob may still be whole, or lie elsewhere.
    const unreadable = (reason: { readonly message: string }) => Effect.succeed(reason.message)
    return Effect.flatMap(
      Effect.catchReasons(stored, "RepositoryError", { Damaged: unreadable, Missing: unreadable }),
      (read) => {
        if (typeof read !== "string") return copyBytes(read)
        if (range.entries.length === 1) return copyElsewhere(range.entries[0]!, read)
        const singles = range.entries.flatMap((entry) => PackRanges.of(index, [entry]))
        return Effect.forEach(singles, (single) => copyRange(pack, single), { discard: true })
      }
    )
  }

  return {
    copy: (entries) => {
      const ranges = PackRanges.of(index, entries)
      return Effect.forEach(
        ranges,
        (range) => {
          const pack = index.packId(index.packOf(range.entries[0]!))
          const size = Math.min(inFlight, Math.ceil(range.length / megabyte))
          return Semaphore.withPermits(memory, size)(copyRange(pack, range))
        },
        { discard: true, concurrency: rangesAtOnce }
      )
    },
    finish: Effect.gen(function* () {
      const taken = yield* Effect.forEach(packers, (packer) => askOnly(packer, { _tag: "TakeOpen" }))
      const open = taken.flatMap((answer) => answer.open)
      yield* ask(
        idlest(),
        { _tag: "Finish", open },
        open.map((pack) => pack.blobs.bytes.buffer)
      )
    })
  }
})
