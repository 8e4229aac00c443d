/**
 * Makes a snapshot of files of this machine.
 *
 * This thread keeps the books: which blobs are known, which directories are still
 * to be read, what has been uploaded. Worker threads read, hash, compress and
 * seal. Packs are stored first, then the index that names them, then the snapshot.
 */
import * as fs from "node:fs"
import { availableParallelism } from "node:os"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as ExcludeDecisions from "../choose/ExcludeDecisions.ts"
import * as Snapshot from "../format/Snapshot.ts"
import * as GoTime from "../go/GoTime.ts"
import * as BlobReader from "../repository/BlobReader.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import * as IndexWriter from "../repository/IndexWriter.ts"
import { ensureHeld } from "../repository/LockCheck.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import { defaultGrouping } from "../repository/SnapshotGroups.ts"
import * as Snapshots from "../repository/Snapshots.ts"
import * as Machine from "../system/Machine.ts"
import * as Status from "../system/Status.ts"
import { type ArchiveSettings, bytesOf, readable, type Target, textOf } from "./ArchiveMessages.ts"
import * as ArchiveRun from "./ArchiveRun.ts"
import * as ArchiveThreads from "./ArchiveThreads.ts"
import { ArchiveWalk } from "./ArchiveWalk.ts"
import type { BackupOptions } from "./BackupOptions.ts"
import { BackupProgress } from "./BackupProgress.ts"
import * as BackupSources from "./BackupSources.ts"
import type { BackupSummary } from "./BackupSummary.ts"
import * as BackupTargets from "./BackupTargets.ts"
import * as PackUploads from "./PackUploads.ts"
import * as StandardInput from "./StandardInput.ts"
import * as TreeStore from "./TreeStore.ts"

type E = StorageError | RepositoryError

const defaultPackSize = 16 * 1024 * 1024
const mostThreads = 4
/** A disk is not made faster by more; a service far away is. */
const localUploads = 2
const remoteUploads = 5
const rescueMillis = 20_000

const excludeNothing: ExcludeDecisions.ExcludeRules = {
  patterns: [],
  insensitivePatterns: [],
  tags: [],
  largerThan: undefined,
  folder: undefined,
  oneFileSystem: false
}

const now = Effect.map(Clock.currentTimeMillis, (millis) => ({
  millis,
  text: GoTime.format(Math.floor(millis / 1000), (millis % 1000) * 1_000_000)
}))

const findParent = Effect.fnUntraced(function* (
  repository: Repository,
  options: BackupOptions,
  paths: ReadonlyArray<string>,
  time: string,
  host: string
): Effect.fn.Return<Snapshot.Snapshot | undefined, E> {
  if (options.force === true || options.standardInput !== undefined) return undefined
  if (options.parent !== undefined) return yield* Snapshots.find(repository, options.parent)
  const { snapshots } = yield* Snapshots.loadAll(repository)
  const grouping = options.grouping ?? defaultGrouping
  return Snapshots.parentFor(snapshots, { host, paths, tags: options.tags ?? [], time, grouping })
})

const excludesOf = ({ excludes }: BackupOptions): ExcludeDecisions.ExcludeRules => excludes ?? excludeNothing

const settingsFor = (
  repository: Repository,
  options: BackupOptions,
  threads: number,
  uploads: number
): ArchiveSettings => ({
  keys: Redacted.value(repository.keys),
  version: repository.config.version,
  polynomial: repository.config.polynomial,
  compression: options.compression ?? "auto",
  packSize: options.packSize ?? defaultPackSize,
  excludes: excludesOf(options),
  withAtime: options.withAtime === true,
  ignoreInode: options.ignoreInode === true,
  ignoreCtime: options.ignoreCtime === true,
  wantsItems: options.items === true,
  packsAhead: Math.ceil(uploads / threads),
  // Which pack a chunk is in is to be a matter of chance; which thread has it is one.
  openPacks: threads > 1 ? 1 : 2,
  opensAgain: repository.opensAgain
})

const listing =
  ({ oneFileSystem }: ExcludeDecisions.ExcludeRules): BackupTargets.List =>
  (directory) => ({
    names: fs.readdirSync(bytesOf(directory), { encoding: "buffer" }).map(textOf),
    deviceId: oneFileSystem ? Status.of(bytesOf(directory)).deviceId : undefined
  })

const noteExcluded = (rules: ExcludeDecisions.ExcludeRules, targets: ReadonlyArray<Target>, { fact }: Tell): void => {
  const excludes = ExcludeDecisions.make(rules)
  for (const { origin, path } of targets) {
    if (origin !== "given" || !excludes.excludesPath(bytesOf(path))) continue
    const message = `${readable(path)} is to be backed up, but an exclude leaves it out`
    fact({ _tag: "Note", code: "targetExcluded", message })
  }
}

const threadsFor = ({ readConcurrency }: Pick<BackupOptions, "readConcurrency">): number =>
  Math.max(1, readConcurrency ?? Math.min(mostThreads, availableParallelism()))

/** One thread is enough for what a parent snapshot knows of, unless it knows of more files than this. */
const manyFiles = 100_000

/**
 * How many of the threads begin at once: each compiles the same code and has a heap of its own, which is most of what a
 * run costs that finds nothing new.
 */
const firstOf = (options: BackupOptions, parent: Snapshot.Snapshot | undefined): number => {
  const files = parent?.summary?.totalFilesProcessed ?? Number.POSITIVE_INFINITY
  return options.readConcurrency === undefined && files <= manyFiles ? 1 : threadsFor(options)
}

/** Starts a thread of a `backup` to come, so that it loads while the repository is opened; it ends with the scope. */
export const prepare: Effect.Effect<void, never, Scope.Scope> = ArchiveThreads.prepare(1)

const run = Effect.fnUntraced(function* (
  repository: Repository,
  options: BackupOptions
): Effect.fn.Return<BackupSummary, E, Scope.Scope> {
  const tell = options.tell ?? silent
  const started = yield* now
  const time = options.time ?? started.text
  const machine = Machine.current()
  const host = options.host ?? machine.hostname
  const { directory, paths, targets, unreachable } = yield* BackupSources.find(repository, options)
  const parent = yield* findParent(repository, options, paths, time, host)
  const first = firstOf(options, parent)
  // They load while the index does.
  yield* ArchiveThreads.prepare(first - 1)
  tell.fact({ _tag: "Step", name: "parentChosen", values: parent === undefined ? {} : { snapshot: parent.id } })
  const isDryRun = options.dryRun === true
  const progress = new BackupProgress(tell, isDryRun)
  for (const { because, path: one } of unreachable) progress.fail({ path: one, during: "scan", message: because })

  const { index } = yield* IndexLoader.load(repository)
  const indexWriter = IndexWriter.make(repository)
  yield* Effect.addFinalizer((exit) =>
    exit._tag === "Success"
      ? Effect.void
      : Effect.andThen(ensureHeld, indexWriter.rescue).pipe(
          Effect.interruptible,
          Effect.timeoutOption(rescueMillis),
          Effect.ignore
        )
  )
  const concurrency = repository.provider.capabilities.isLocal ? localUploads : remoteUploads
  const uploads = yield* PackUploads.make({ repository, index, indexWriter, concurrency, isDryRun })

  const size = threadsFor(options)
  const archive = Effect.gen(function* () {
    let walk: ArchiveWalk | undefined
    const threads = yield* ArchiveThreads.make({
      size,
      least: options.readConcurrency ?? 1,
      first,
      settings: (threads) => settingsFor(repository, options, threads, concurrency),
      index,
      uploads,
      hasWork: () => walk !== undefined && walk.waiting > 0,
      onReading: (one) => progress.begin(one),
      onAdvance: (bytes) => progress.advance(bytes)
    })
    const trees = TreeStore.make(index, threads)
    const parts: ArchiveRun.RunParts = {
      name: repository.name,
      threads,
      reader: BlobReader.make(repository, index),
      tell,
      onReading: (one) => progress.begin(one),
      onResult: (result) => progress.add(result)
    }

    const archiveTargets = Effect.gen(function* () {
      const top = yield* Effect.try({
        try: () => BackupTargets.make(targets, directory, listing(excludesOf(options))),
        catch: (error) => ArchiveRun.localFailure(repository.name, error)
      })
      const made = new ArchiveWalk(top, parent?.tree, {
        onTree: trees.store,
        onFailure: (failure) => progress.fail(failure),
        onDirectory: (change) => {
          progress.directories[change]++
        }
      })
      walk = made
      if (options.scan === true) {
        const first = { path: top.path, targets: BackupTargets.leavesIn(top) }
        yield* Effect.forkScoped(Effect.ignore(ArchiveRun.scan(parts, first)))
      }
      noteExcluded(excludesOf(options), BackupTargets.leavesIn(top), tell)
      yield* ArchiveRun.archive(parts, made)
      if (made.isEmpty && progress.failures === 0) return yield* BackupSources.empty(repository, paths)
      return made.tree!
    })

    const archiveInput = (input: NonNullable<BackupOptions["standardInput"]>) =>
      Effect.map(
        StandardInput.archive(parts, input, time, (tree) => trees.store([tree])),
        ({ size: bytes, tree }) => {
          progress.files.filesNew++
          progress.files.bytes += bytes
          return tree
        }
      )

    const work = Effect.gen(function* () {
      const { standardInput } = options
      const made = yield* standardInput === undefined ? archiveTargets : archiveInput(standardInput)
      progress.finish()
      yield* Effect.tryPromise({ try: trees.settle, catch: (error) => ArchiveRun.localFailure(repository.name, error) })
      yield* ArchiveRun.finish(parts)
      return made
    })
    return yield* Effect.raceFirst(work, uploads.failure)
  })
  // What threads hold in memory is given back before the index is written.
  const tree = yield* Effect.scoped(archive)
  yield* indexWriter.flush

  const ended = yield* now
  const counts = {
    filesNew: progress.files.filesNew,
    filesChanged: progress.files.filesChanged,
    filesUnmodified: progress.files.filesUnmodified,
    dirsNew: progress.directories.new,
    dirsChanged: progress.directories.changed,
    dirsUnmodified: progress.directories.unmodified,
    ...uploads.counts,
    totalFilesProcessed: progress.fileCount,
    totalBytesProcessed: progress.files.bytes
  }
  if (!isDryRun) yield* ensureHeld
  const excludes = excludesOf(options)
  const isSkipped = isDryRun || (options.skipIfUnchanged === true && parent?.tree === tree)
  const snapshotId = isSkipped
    ? undefined
    : yield* repository.save(
        "snapshots",
        Snapshot.encode({
          time,
          parent: parent?.id,
          tree,
          paths,
          hostname: host,
          username: machine.username,
          uid: machine.uid,
          gid: machine.gid,
          excludes: [...excludes.patterns, ...excludes.insensitivePatterns],
          tags: options.tags ?? [],
          programVersion: options.programVersion,
          summary: { backupStart: started.text, backupEnd: ended.text, ...counts }
        })
      )
  return {
    ...counts,
    startedAt: started.text,
    endedAt: ended.text,
    durationMillis: ended.millis - started.millis,
    snapshotId,
    parentId: parent?.id,
    tree,
    failures: progress.failures,
    isDryRun
  }
})

/**
 * Stores what the options name and gives the counts.
 *
 * Files that can not be read are told of and left out; whatever else goes wrong
 * fails it. When it fails or is interrupted, what has been stored is kept for the
 * next run. The caller holds a lock: `RepositoryLock.withLock`.
 */
export const backup = (repository: Repository, options: BackupOptions): Effect.Effect<BackupSummary, E> =>
  Effect.scoped(run(repository, options))
