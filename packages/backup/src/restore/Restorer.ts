/**
 * Restores a snapshot, or a part of one, to a folder of this machine.
 *
 * First all trees are read and the directories made (RestoreWalk); then what is there already is
 * looked at (ExistingFile); then each pack's needed ranges are read once and given to threads,
 * which open the blobs and write the files (RestoreWorker); then links and special files, deletions,
 * and the metadata of directories, deepest first.
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { GuardStopped } from "@ourclone/core/engine/Guard"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Posix from "@ourclone/system/Posix"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Selection from "../choose/Selection.ts"
import type { Snapshot } from "../format/Snapshot.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { Repository } from "../repository/Repository.ts"
import { LocalFailure, NoSnapshot, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SystemFailure from "../system/SystemFailure.ts"
import * as Threads from "../threads/Threads.ts"
import * as AttributeChoice from "./AttributeChoice.ts"
import * as OwnRepository from "./OwnRepository.ts"
import * as Entries from "./RestoreEntries.ts"
import type { BlobRequest, RestoreReply, RestoreRequest, RestoreSettings } from "./RestoreMessages.ts"
import { RestoreRun } from "./RestoreRun.ts"
import * as RestoreSteps from "./RestoreSteps.ts"
import type { RestoreSummary } from "./RestoreSummary.ts"
import * as Target from "./RestoreTarget.ts"
import * as RestoreWalk from "./RestoreWalk.ts"
import * as RestoreWrites from "./RestoreWrites.ts"

type E = StorageError | RepositoryError

export interface RestoreOptions {
  readonly snapshot: Pick<Snapshot, "id" | "tree">
  /** A folder in the snapshot, whose content goes to the target; "" or "/" for all. */
  readonly subfolder?: string | undefined
  /** A folder, made when it is not there. Symbolic links in this path are followed; below it, none. */
  readonly target: string
  readonly selection?: Selection.SelectionOptions | undefined
  /**
   * What happens to files that are there. `always` (default) compares their content and writes what differs;
   * `if-changed` takes a file with the same size and time for the same; `if-newer` keeps what is not older than
   * the snapshot's; `never` keeps everything; `keep-both` keeps everything, and restores what differs under another
   * name beside it (`BesideName`).
   */
  readonly overwrite?: Target.Overwrite | undefined
  /** Deletes what the snapshot does not have, in restored directories and as far as it is selected; only if nothing failed before. */
  readonly delete?: boolean | undefined
  /** Changes nothing, and reports what would be done. */
  readonly dryRun?: boolean | undefined
  /** Reads every restored file again in the end and compares it. */
  readonly verify?: boolean | undefined
  /** Leaves holes where files have blocks of zeros. */
  readonly sparse?: boolean | undefined
  /**
   * Whether device nodes are made, and files get setuid, setgid and capabilities, which could give whoever made the
   * snapshot, or who starts such a file, more than he should have. When absent only the superuser's restore does.
   */
  readonly special?: boolean | undefined
  /** Owner and group by their names where this machine has them; by number otherwise, and by default. */
  readonly ownershipByName?: boolean | undefined
  /** Which extended attributes are set and removed; all when absent. */
  readonly attributes?: AttributeChoice.AttributePatterns | undefined
  readonly threads?: number | undefined
  /** Tells of each path that is `Done`, not only of sums. Paths are those in the snapshot: `/home/a`. */
  readonly items?: boolean | undefined
  readonly tell?: Tell | undefined
}

const failIn = (repository: Repository, reason: RepositoryError["reason"]) =>
  new RepositoryError({ repository: repository.name, reason })

/** The tree of a folder in a snapshot. */
const findTree = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  { snapshot, subfolder = "" }: RestoreOptions
): Effect.fn.Return<string, E> {
  let tree = snapshot.tree
  for (const name of subfolder.split("/").filter((part) => part !== "")) {
    const wanted = Buffer.from(name)
    const nodes = yield* reader.tree(tree)
    const node = nodes.find((one) => one.type === "dir" && one.name.equals(wanted))
    if (node?.subtree === undefined) {
      const isOther = nodes.some((one) => one.type !== "dir" && one.name.equals(wanted))
      const id = snapshot.id.slice(0, 8)
      const reason = isOther
        ? {
            message: `"${subfolder}" in snapshot ${id} is no folder`,
            remedy: remedy("includePath", { path: subfolder })
          }
        : {
            message: `there is no folder "${subfolder}" in snapshot ${id}`,
            remedy: remedy("listFiles", { snapshot: id })
          }
      return yield* failIn(repository, new NoSnapshot(reason))
    }
    tree = node.subtree
  }
  return tree
})

const targetFailure = (repository: Repository, target: string, error: unknown) => {
  const message = `the target "${target}" can not be written: ${SystemFailure.textOf(error)}`
  return failIn(repository, new LocalFailure({ message, code: SystemFailure.codeOf(error) }))
}

/** A thread that is stopped in the middle of a file leaves it cut off, under its own name: each may end what it was asked for. */
const letFinish = ({ lines }: Threads.Threads<RestoreRequest, RestoreReply>): Effect.Effect<void> =>
  Effect.promise(async () => {
    const end = performance.now() + longestFinishMillis
    while (lines.some((line) => line.pending() > 0) && performance.now() < end) await sleep(5)
  })

/** Threads that share the cores with the one that reads. */
const defaultThreads = 2
const longestFinishMillis = 5000

const url = new URL("./RestoreWorker.ts", import.meta.url)

/** Starts the threads of a `restore` to come, so that they load while the repository is opened; they end with the scope. */
export const prepare = Threads.prepare(url, defaultThreads)

/**
 * Fails with `GuardStopped` when `delete` would reach the repository, and when nothing more can be done: the place is full (`LocalFailure`, `ENOSPC`), the repository can not be
 * reached. A path that alone can not be restored is reported and counted. May be repeated, also after it was
 * broken off: what is there already is not written again.
 */
export const restore = Effect.fnUntraced(function* (
  repository: Repository,
  reader: BlobReader,
  options: RestoreOptions
): Effect.fn.Return<RestoreSummary, E | GuardStopped> {
  const tree = yield* findTree(repository, reader, options)
  const isDryRun = options.dryRun === true
  const overwrite = options.overwrite ?? "always"
  const selection = Selection.make(options.selection ?? Selection.everything)
  const root = yield* Effect.try({
    try: () => Target.open(options.target, isDryRun),
    catch: (error) => targetFailure(repository, options.target, error)
  })
  const entries = new Entries.RestoreEntries(root)
  const tell = options.tell ?? silent
  const run = new RestoreRun({ entries, tell, items: options.items === true, isDryRun, repository })
  const walked = yield* Effect.catchDefect(
    RestoreWalk.walk(reader, entries, {
      tree,
      selection,
      overwrite,
      isDryRun,
      special: options.special ?? process.geteuid?.() === 0,
      ownershipByName: options.ownershipByName === true,
      onFailure: (path, message, advice) => run.refuse(path, message, "restore", advice)
    }),
    (error) => Effect.fail(targetFailure(repository, options.target, error))
  )
  const isOwn = options.delete === true ? yield* OwnRepository.find(repository) : undefined
  if (isOwn !== undefined) yield* OwnRepository.refuse(repository, { entries, walked, selection, isOwn })
  run.begin()
  run.noteLeftOut(walked.leftOut)

  const settings: RestoreSettings = {
    keys: Redacted.value(repository.keys),
    overwrite,
    isDryRun,
    sparse: options.sparse === true,
    deletes: options.delete === true,
    attributes: options.attributes ?? AttributeChoice.all
  }
  const work = Effect.gen(function* () {
    const runPromise = Effect.runPromiseWith(yield* Effect.context())
    const { signal } = yield* Effect.acquireRelease(
      Effect.sync(() => new AbortController()),
      (controller) => Effect.sync(() => controller.abort())
    )
    const threads = yield* Threads.make<RestoreRequest, RestoreReply, BlobRequest>(url, {
      size: options.threads ?? defaultThreads,
      least: options.threads,
      data: () => settings,
      onRequest: ({ id }) => runPromise(reader.blob("data", id), { signal })
    })
    yield* Effect.addFinalizer((exit) => (exit._tag === "Success" ? Effect.void : letFinish(threads)))
    const keepsFound = Target.keepsAll(overwrite) || overwrite === "if-newer"
    const parts = {
      repository,
      index: reader.index,
      run,
      entries,
      walked,
      threads,
      tree,
      snapshotId: options.snapshot.id,
      keepsFound
    }
    yield* RestoreSteps.examine(parts)
    if (isDryRun) yield* RestoreSteps.pretend(parts)
    else {
      run.enter("transferring")
      yield* RestoreWrites.write(parts)
      yield* RestoreSteps.settleOthers(parts)
    }
    run.enter("deleting")
    if (isOwn !== undefined) yield* RestoreSteps.removeSurplus(parts, selection, isOwn)
    run.enter("finishing")
    if (!isDryRun) yield* RestoreSteps.settleDirectories(parts)
    if (options.verify !== true || isDryRun) return undefined
    run.enter("verifying")
    return yield* RestoreSteps.verify(parts)
  })
  const filesVerified = yield* Effect.tapError(Effect.scoped(work), (error) =>
    Effect.sync(() => {
      if (error._tag === "RepositoryError" && error.reason._tag === "LocalFailure") run.removePartials()
    })
  )
  const missing = isDryRun ? undefined : Posix.notKept()
  if (missing !== undefined) run.refuse("/", missing)
  return run.summary(filesVerified)
})
