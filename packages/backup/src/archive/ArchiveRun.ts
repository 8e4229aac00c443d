/** Keeps the threads of a backup busy until every directory has its tree. */

import { remedyField } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Tell } from "@ourclone/core/events/Tell"
import { traced } from "@ourclone/core/machine/Traced"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { OpenPack } from "../format/PackWriter.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import { LocalFailure, RepositoryError } from "../repository/RepositoryError.ts"
import { type Line, ThreadFailure } from "../threads/Threads.ts"
import type {
  ArchiveResult,
  DirectoryJob,
  InputResult,
  ScanResult,
  WorkerAnswer,
  WorkerRequest
} from "./ArchiveMessages.ts"
import { readable } from "./ArchiveMessages.ts"
import type { ArchiveThreads } from "./ArchiveThreads.ts"
import type { ArchiveWalk, WalkJob } from "./ArchiveWalk.ts"

type E = StorageError | RepositoryError
type WorkerLine = Line<WorkerRequest, WorkerAnswer>

/** While a thread waits for an answer to the one it can go on with the other. */
const batchesAtOnce = 2
const largestBatch = 16
const plannedMillis = 100

export const localFailure = (repository: string, error: unknown): RepositoryError => {
  const why = error instanceof Error ? error.message : String(error)
  const message = `the backup stopped: ${why}. What has been stored is used by the next run`
  const code = error instanceof ThreadFailure ? error.code : ""
  return new RepositoryError({ repository, reason: new LocalFailure({ message, code }) })
}

export interface RunParts {
  /** Of the repository, for messages. */
  readonly name: string
  readonly threads: ArchiveThreads
  readonly reader: BlobReader
  readonly tell: Tell
  /** A thread begins with this path. */
  readonly onReading: (path: string) => void
  readonly onResult: (result: ArchiveResult) => void
}

const ask = <A extends WorkerAnswer>(
  name: string,
  line: WorkerLine,
  request: WorkerRequest,
  transfer: ReadonlyArray<ArrayBuffer> = []
): Effect.Effect<A, RepositoryError> =>
  Effect.tryPromise({
    try: () => line.call(request, transfer) as Promise<A>,
    catch: (error) => localFailure(name, error)
  })

/** Bytes that lie in memory of their own, as those of a decompressed tree do, are moved to the thread as they are. */
const movable = (bytes: Buffer): Uint8Array<ArrayBuffer> => {
  const { buffer, byteLength, byteOffset } = bytes
  const isAlone = buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength <= byteLength + 1
  return isAlone ? new Uint8Array(buffer, 0, byteLength) : new Uint8Array(bytes)
}

/** A parent that can not be read is only a loss of speed. */
const loadParent =
  ({ reader, tell }: RunParts) =>
  ({ job, parentTree }: WalkJob): Effect.Effect<DirectoryJob, E> => {
    if (parentTree === undefined) return Effect.succeed(job)
    return reader.treeBytes(parentTree).pipe(
      Effect.map((bytes) => ({ ...job, parentTree: movable(bytes) })),
      Effect.catchTag("RepositoryError", (error) =>
        Effect.sync(() => {
          const message = `${readable(job.path)}: all of it is read, as the parent snapshot does not help: ${error.message}`
          tell.fact({ ...remedyField(error.remedy), _tag: "Note", code: "parentUnreadable", message })
          return job
        })
      )
    )
  }

/** Trees are given to the thread, which gives back those of jobs that it does not begin with. */
const treesOf = (jobs: ReadonlyArray<DirectoryJob>): ReadonlyArray<ArrayBuffer> =>
  jobs.flatMap(({ parentTree }) => parentTree?.buffer ?? [])

const archiveBatch = Effect.fnUntraced(function* (
  parts: RunParts,
  line: WorkerLine,
  walk: ArchiveWalk,
  batch: ReadonlyArray<WalkJob>
): Effect.fn.Return<void, E> {
  const jobs = batch.some(({ parentTree }) => parentTree !== undefined)
    ? yield* Effect.forEach(batch, loadParent(parts), { concurrency: "unbounded" })
    : batch.map(({ job }) => job)
  parts.onReading(readable(jobs[0]!.path))
  const result = yield* ask<ArchiveResult>(parts.name, line, { _tag: "Archive", jobs }, treesOf(jobs))
  parts.onResult(result)
  for (const [index, job] of batch.entries()) walk.accept(job, result.directories[index]!)
  yield* parts.tell.room
})

/** Ends when the walk has its tree. */
export const archive = (parts: RunParts, walk: ArchiveWalk): Effect.Effect<void, E> =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.callback<void, E>((resume, signal) => {
      const run = Effect.runCallbackWith(context)
      const { lines } = parts.threads
      /** By thread; some may begin later. */
      const batches: Array<number> = []

      const least = (): number => {
        while (batches.length < lines.length) batches.push(0)
        return batches.reduce((best, count, thread) => (count < batches[best]! ? thread : best), 0)
      }

      const give = (thread: number): void => {
        const batch = walk.take(Math.min(largestBatch, Math.ceil(walk.waiting / (lines.length * batchesAtOnce))))
        batches[thread]!++
        const archiving = archiveBatch(parts, lines[thread]!, walk, batch)
        const first = () => ({ count: batch.length, first: readable(batch[0]!.job.path) })
        run(traced(archiving, "directories", first), {
          signal,
          onExit: (exit) => {
            batches[thread]!--
            if (exit._tag === "Failure") resume(exit)
            else if (walk.isFinished) resume(Effect.void)
            else fill()
          }
        })
      }

      const fill = (): void => {
        for (let thread = least(); walk.waiting > 0 && batches[thread]! < batchesAtOnce; thread = least()) give(thread)
      }

      fill()
    })
  )

/** Everything the threads have taken is in packs, and the packs are stored. */
export const finish = Effect.fnUntraced(function* ({ name, threads }: RunParts): Effect.fn.Return<void, E> {
  const open = yield* Effect.forEach(
    threads.lines,
    (line) => ask<ReadonlyArray<OpenPack>>(name, line, { _tag: "Finish" }),
    { concurrency: "unbounded" }
  )
  yield* ask(name, threads.lines[0]!, { _tag: "FinishPacks", packs: open.flat() })
})

/** Counts what is there, a few directories at a time, so that archiving goes on meanwhile. */
export const scan = Effect.fnUntraced(function* (
  { name, tell, threads }: RunParts,
  first: DirectoryJob
): Effect.fn.Return<void, E> {
  const waiting: Array<DirectoryJob> = [first]
  let files = 0
  let bytes = 0
  let told = performance.now()
  for (let turn = 0; waiting.length > 0; turn++) {
    const jobs = waiting.splice(Math.max(0, waiting.length - largestBatch))
    const line = threads.lines[turn % threads.size]!
    const found = yield* ask<ScanResult>(name, line, { _tag: "Scan", jobs })
    files += found.files
    bytes += found.bytes
    waiting.push(...found.directories)
    const isFinal = waiting.length === 0
    if (!isFinal && performance.now() - told < plannedMillis) continue
    told = performance.now()
    tell.fact({ _tag: "Planned", files, bytes, removals: 0, isFinal, isWhole: true })
  }
})

/** One piece of standard input; the content once an empty one was given. */
export const giveInput = (
  { name, threads }: RunParts,
  piece: Uint8Array
): Effect.Effect<InputResult | undefined, RepositoryError> => {
  const bytes = new Uint8Array(piece)
  return ask(name, threads.lines[0]!, { _tag: "Input", bytes }, [bytes.buffer])
}
