/**
 * A restore for practice: files of a snapshot, picked at random, are restored to a temporary folder,
 * read back and held against their sources.
 *
 * It proves that the password, the index, the packs and this program can bring files back, which a backup that
 * ended well does not. The same seed picks the same files of the same snapshot.
 */
import { createHash, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as BlobType from "../format/BlobType.ts"
import type { Snapshot } from "../format/Snapshot.ts"
import * as BlobBatch from "../repository/BlobBatch.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { Repository } from "../repository/Repository.ts"
import { LocalFailure, RepositoryError } from "../repository/RepositoryError.ts"
import * as Machine from "../system/Machine.ts"
import * as FileSample from "./FileSample.ts"
import * as SeededRandom from "./SeededRandom.ts"
import * as SourceComparison from "./SourceComparison.ts"

type E = StorageError | RepositoryError

export interface DrillOptions {
  readonly snapshot: Pick<Snapshot, "id" | "tree" | "hostname" | "paths">
  readonly sample: FileSample.SampleSize
  /** Any text; a new one when absent. */
  readonly seed?: string | undefined
  /** A folder with room for a few of the files, in which a temporary one is made; the system's when absent. */
  readonly temporary?: string | undefined
  /** Hears of each file when it is done. */
  readonly onFile?: ((path: string, bytes: number) => void) | undefined
}

export interface DrillProblem {
  readonly path: string
  readonly message: string
}

/** Plain data, for JSON. Sizes are bytes. */
export interface DrillReport {
  readonly snapshot: string
  readonly seed: string
  /** Files of the snapshot. */
  readonly candidates: number
  /** Files picked, and the bytes of those restored. */
  readonly files: number
  readonly bytes: number
  /** Byte for byte what their sources are. */
  readonly equalToSource: number
  /** Sources that are not what they were at the backup; the files were restored and verified all the same. */
  readonly changedSince: ReadonlyArray<string>
  /** Files without a source to hold them against: gone, not readable, or on another machine. */
  readonly withoutSource: number
  /** Restored bytes differ from those of a source that has the same size and time. */
  readonly mismatches: ReadonlyArray<DrillProblem>
  /** Could not be restored, or could not be read back. */
  readonly unreadable: ReadonlyArray<DrillProblem>
  readonly durationMilliseconds: number
  /** Nothing mismatched and nothing was unreadable. */
  readonly passed: boolean
}

const filesAtOnce = 3
const bytesAtOnce = 16 * 1024 * 1024

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** An empty folder that goes with the scope, whatever is in it. */
const temporaryFolder = (parent: string, fail: (error: unknown) => RepositoryError) =>
  Effect.acquireRelease(
    Effect.try({ try: () => fs.mkdtempSync(join(parent, "ourclone-drill-")), catch: fail }),
    (path) => Effect.sync(() => fs.rmSync(path, { recursive: true, force: true }))
  )

const sha256OfFile = (path: Buffer): string => {
  const hash = createHash("sha256")
  const buffer = Buffer.allocUnsafe(262_144)
  const file = fs.openSync(path, "r")
  try {
    for (let size = fs.readSync(file, buffer); size > 0; size = fs.readSync(file, buffer)) {
      hash.update(buffer.subarray(0, size))
    }
  } finally {
    fs.closeSync(file)
  }
  return hash.digest("hex")
}

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`)

/**
 * What stands before a path of the snapshot on this machine: nothing, or the folder where a backup of relative paths
 * was run, for that keeps only the end of what its paths were. The longest end that fits is the one.
 */
const startOf = (folders: ReadonlyArray<string>, path: string): string | undefined => {
  let [start, longest]: [string | undefined, number] = [undefined, 0]
  for (const folder of folders) {
    for (let cut = 0; cut >= 0; cut = folder.indexOf("/", cut + 1)) {
      const end = folder.slice(cut)
      if (end.length > longest && isBelow(path, end)) [start, longest] = [folder.slice(0, cut), end.length]
    }
  }
  return longest > 0 ? start : folders.find((folder) => fs.existsSync(`${folder}${path}`))
}

/**
 * Runs the drill. Damage is in the report; what stops the whole of it fails: a provider that can not be reached, a
 * temporary folder that is full (`LocalFailure`). Leaves nothing behind, also when interrupted.
 */
export const drill = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  options: DrillOptions
): Effect.fn.Return<DrillReport, E> {
  const started = yield* Clock.currentTimeMillis
  const { snapshot } = options
  const seed = options.seed ?? randomBytes(8).toString("hex")
  const isThisMachine = snapshot.hostname === Machine.current().hostname
  const changedSince: Array<string> = []
  const mismatches: Array<DrillProblem> = []
  const unreadable: Array<DrillProblem> = []
  let [bytes, equalToSource, withoutSource] = [0, 0, 0]

  const localFailure = (error: unknown) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : ""
    const message = `the temporary folder of the drill can not be used: ${textOf(error)}`
    return new RepositoryError({ repository: repository.name, reason: new LocalFailure({ message, code }) })
  }
  const local = <A>(work: () => A) => Effect.try({ try: work, catch: localFailure })

  /** Gives the SHA-256 of what was written. */
  const write = (file: FileSample.SampledFile, target: Buffer): Effect.Effect<string, E> =>
    Effect.scoped(
      Effect.gen(function* () {
        const descriptor = yield* Effect.acquireRelease(
          local(() => fs.openSync(target, "wx", 0o600)),
          (open) => Effect.sync(() => fs.closeSync(open))
        )
        const hash = createHash("sha256")
        for (const batch of yield* batchesOf(reader, file.node.content ?? [])) {
          const blobs = yield* BlobBatch.read(repository, reader, batch)
          for (const { entry } of batch) {
            const blob = blobs.get(entry)!
            hash.update(blob)
            yield* local(() => writeFully(descriptor, blob))
            bytes += blob.length
          }
        }
        return hash.digest("hex")
      })
    )

  const compareWithSource = (file: FileSample.SampledFile, path: string, target: Buffer): void => {
    const start = isThisMachine ? startOf(snapshot.paths, path) : undefined
    const comparison =
      start === undefined
        ? "gone"
        : SourceComparison.compare(Buffer.concat([Buffer.from(start), file.path]), target, file.node)
    if (comparison === "same") equalToSource++
    else if (comparison === "gone") withoutSource++
    else if (comparison === "changed") changedSince.push(path)
    else mismatches.push({ path, message: "the source has the same size and time as at the backup, but other bytes" })
  }

  const tryOne = (file: FileSample.SampledFile, target: Buffer): Effect.Effect<void, E> =>
    Effect.gen(function* () {
      const path = file.path.toString()
      const before = bytes
      const written = yield* write(file, target)
      yield* local(() => {
        if (sha256OfFile(target) !== written) {
          unreadable.push({ path, message: "the restored file does not read back as it was written" })
        } else compareWithSource(file, path, target)
      })
      options.onFile?.(path, bytes - before)
    }).pipe(
      Effect.catchReasons("RepositoryError", {
        Damaged: ({ message }) => Effect.sync(() => void unreadable.push({ path: file.path.toString(), message })),
        Missing: ({ message }) => Effect.sync(() => void unreadable.push({ path: file.path.toString(), message }))
      }),
      Effect.ensuring(Effect.sync(() => fs.rmSync(target, { force: true })))
    )

  const run: Effect.Effect<FileSample.FileSample, E, Scope.Scope> = Effect.gen(function* () {
    const folder = yield* temporaryFolder(options.temporary ?? tmpdir(), localFailure)
    const sample = yield* FileSample.take(reader, {
      tree: snapshot.tree,
      size: options.sample,
      random: SeededRandom.make(seed),
      onUnreadable: (path, error) => unreadable.push({ path: path.toString(), message: error.reason.message })
    })
    const tries = sample.chosen.map((file, at) => tryOne(file, Buffer.from(join(folder, String(at)))))
    yield* Effect.all(tries, { concurrency: filesAtOnce, discard: true })
    return sample
  })
  const { candidates, chosen } = yield* Effect.scoped(run)

  return {
    snapshot: snapshot.id,
    seed,
    candidates,
    files: chosen.length,
    bytes,
    equalToSource,
    changedSince: changedSince.toSorted(),
    withoutSource,
    mismatches,
    unreadable,
    durationMilliseconds: (yield* Clock.currentTimeMillis) - started,
    passed: mismatches.length === 0 && unreadable.length === 0
  }
})

const writeFully = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at)
}

/** A blob that the index does not know fails as `BlobReader` does. */
const batchesOf = Effect.fnUntraced(function* (
  reader: BlobReader,
  ids: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyArray<ReadonlyArray<BlobBatch.WantedBlob>>, E> {
  const { index } = reader
  const batches: Array<Array<BlobBatch.WantedBlob>> = []
  let size = bytesAtOnce
  for (const id of ids) {
    const entry = index.findHex(BlobType.data, id)
    if (entry < 0 || !index.isPlaced(entry)) yield* reader.blob("data", id)
    if (size >= bytesAtOnce) {
      batches.push([])
      size = 0
    }
    batches.at(-1)!.push({ id, entry })
    size += index.plainLengthOf(entry)
  }
  return batches
})
