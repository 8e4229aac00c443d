/** The state of one restore: what is counted, reported and given up. */
import * as fs from "node:fs"
import { type Remedy, remedyField } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Deed, Phase, Progress } from "@ourclone/core/events/RunEvent"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import type { Repository } from "../repository/Repository.ts"
import { LocalFailure, RepositoryError } from "../repository/RepositoryError.ts"
import type { Threads } from "../threads/Threads.ts"
import * as Entries from "./RestoreEntries.ts"
import type { EntryFailure, RestoreReply, RestoreRequest } from "./RestoreMessages.ts"
import type { RestoreSummary } from "./RestoreSummary.ts"
import * as Target from "./RestoreTarget.ts"
import type { RestoreWalk } from "./RestoreWalk.ts"

/** What the steps of a restore share. */
export interface RestoreParts {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly run: RestoreRun
  readonly entries: Entries.RestoreEntries
  readonly walked: RestoreWalk
  readonly threads: Threads<RestoreRequest, RestoreReply>
  /** Of the target itself. */
  readonly tree: string
  readonly snapshotId: string
  /** Files that are there may stay as they are, unread: so none must have its name before it is whole. */
  readonly keepsFound: boolean
}

export interface RunOptions {
  readonly entries: Entries.RestoreEntries
  readonly tell: Tell
  /** Tell of each path, not only of sums. */
  readonly items: boolean
  readonly isDryRun: boolean
  readonly repository: Repository
}

/** Which of its steps a path did not get through. */
const codes = { restore: "RestoreFailed", delete: "DeleteFailed", verify: "VerifyFailed" }

export class RestoreRun {
  #phase: Phase = "comparing"
  failures = 0
  filesRestored = 0
  /** Of what was restored and skipped; the counts beside are restic's, in which folders and links are files too. */
  #filesDone = 0
  filesSkipped = 0
  filesDeleted = 0
  bytesRestored = 0
  bytesSkipped = 0
  totalFiles = 0
  totalBytes = 0
  /** Temporary files that are not finished, by their entry. */
  readonly partials = new Map<number, Buffer>()
  private readonly options: RunOptions

  /** Of a dry run. */
  fetched: RestoreSummary["fetched"]

  constructor(options: RunOptions) {
    this.options = options
  }

  /** A path that is not restored, or not as it was. */
  refuse = (
    path: string,
    message: string,
    during: "restore" | "delete" | "verify" = "restore",
    advice?: Remedy
  ): void => {
    this.failures += 1
    const failure = { ...remedyField(advice), code: codes[during], message, item: path, isRetryable: false }
    this.options.tell.fact({ _tag: "Failed", failure })
  }

  get isDryRun(): boolean {
    return this.options.isDryRun
  }

  deleted = (path: string): void => {
    this.filesDeleted += 1
    this.item("removed", path, 0)
  }

  /** Tells the totals. */
  begin(): void {
    const { entries, tell } = this.options
    let files = 0
    for (let entry = 0; entry < entries.count; entry++) {
      if (entries.hasFailed.get(entry) === 1 || this.isPassage(entry)) continue
      this.totalFiles += 1
      if (Entries.isFile(entries, entry)) files += 1
      this.totalBytes += entries.size.get(entry)
    }
    tell.fact({ _tag: "Planned", files, bytes: this.totalBytes, removals: 0, isFinal: true, isWhole: true })
  }

  noteLeftOut({ devices, privileges }: RestoreWalk["leftOut"]): void {
    const parts = [
      devices > 0 ? `${devices} device ${devices === 1 ? "node" : "nodes"}` : undefined,
      privileges > 0
        ? `setuid, setgid or capabilities of ${privileges} ${privileges === 1 ? "file" : "files"}`
        : undefined
    ].filter((part) => part !== undefined)
    if (parts.length === 0) return
    this.options.tell.fact({ _tag: "Note", code: "specialLeftOut", message: `left out: ${parts.join(", and ")}` })
  }

  /** A directory that is only on the way to something else. */
  private isPassage(entry: number): boolean {
    const { entries } = this.options
    return entries.kind.get(entry) === Entries.directory && entries.means.get(entry) === Entries.skip
  }

  enter(phase: Phase): void {
    this.#phase = phase
    this.progress()
  }

  progress(): void {
    this.options.tell.gauge(this.measure)
  }

  private readonly measure = (): Progress => {
    const { bytesRestored, bytesSkipped, filesDeleted, filesRestored, filesSkipped, totalFiles } = this
    return {
      _tag: "Progress",
      phase: this.#phase,
      files: this.#filesDone,
      bytes: bytesRestored + bytesSkipped,
      current: [],
      figures: { totalFiles, filesRestored, filesSkipped, filesDeleted, bytesRestored, bytesSkipped }
    }
  }

  item(deed: Deed, path: string, size: number, what?: Entries.What): void {
    const { isDryRun, items, tell } = this.options
    const of = what === undefined ? {} : { what }
    if (items) tell.fact({ _tag: isDryRun ? "Would" : "Done", deed, item: path, ...of, bytes: size })
  }

  #entry(deed: Deed, entry: number): void {
    const { entries, items } = this.options
    if (Entries.isFile(entries, entry)) this.#filesDone += 1
    if (items) this.item(deed, entries.display(entry), entries.size.get(entry), Entries.whatOf(entries, entry))
  }

  /** Waits while what was told has not been taken. */
  get room(): Effect.Effect<void> {
    return this.options.tell.room
  }

  /** The entry is as in the snapshot. */
  restored(entry: number): void {
    const { entries } = this.options
    entries.isDone.set(entry, 1)
    this.partials.delete(entry)
    this.filesRestored += 1
    const means = entries.means.get(entry)
    const wasThere = means !== Entries.create && !(means === Entries.partial && !this.replaces.has(entry))
    this.#entry(wasThere ? "updated" : "restored", entry)
  }

  /** Entries of the means `partial` that take the place of something. */
  readonly replaces = new Set<number>()

  skipped(entry: number): void {
    const { entries } = this.options
    entries.isDone.set(entry, 1)
    this.filesSkipped += 1
    this.bytesSkipped += entries.size.get(entry)
    this.#entry("same", entry)
  }

  /** Gives an entry up. What it has written so far goes too. */
  fail(entry: number, message: string, advice?: Remedy): void {
    const { entries } = this.options
    if (entries.hasFailed.get(entry) === 1) return
    entries.hasFailed.set(entry, 1)
    this.refuse(entries.display(entry), message, "restore", advice)
    const partial = this.partials.get(entry)
    if (partial !== undefined) fs.rmSync(partial, { force: true })
    this.partials.delete(entry)
  }

  removePartials(): void {
    for (const path of this.partials.values()) fs.rmSync(path, { force: true })
    this.partials.clear()
  }

  /** Counts the failures of a reply; fails when one of them stops everything. */
  accept(reply: RestoreReply): Effect.Effect<RestoreReply, RepositoryError> {
    for (const failure of reply.failures) {
      if (Target.stopping.has(failure.code)) return Effect.fail(this.stop(failure))
      if (!failure.isMinor) this.fail(failure.entry, failure.message, failure.remedy)
      else this.refuse(this.options.entries.display(failure.entry), failure.message)
    }
    return Effect.succeed(reply)
  }

  private stop({ code, entry, message }: EntryFailure): RepositoryError {
    const { entries, repository } = this.options
    const missing = this.totalFiles - this.filesRestored - this.filesSkipped
    const text =
      `"${entries.display(entry)}" could not be written: ${message}. The restore stopped: ${this.filesRestored} restored, ` +
      `${missing} missing or incomplete. Files that were half written are removed. Make room and run the same command again: what is there is not written again`
    return new RepositoryError({ repository: repository.name, reason: new LocalFailure({ message: text, code }) })
  }

  summary(filesVerified: number | undefined): RestoreSummary {
    const { bytesRestored, bytesSkipped, failures, filesDeleted, filesRestored, filesSkipped, totalBytes, totalFiles } =
      this
    return {
      totalFiles,
      totalBytes,
      filesRestored,
      filesSkipped,
      filesDeleted,
      bytesRestored,
      bytesSkipped,
      failures,
      ...(filesVerified === undefined ? {} : { filesVerified }),
      dryRun: this.options.isDryRun,
      ...(this.fetched === undefined ? {} : { fetched: this.fetched })
    }
  }
}

/** Asks a thread; what the thread throws as a whole stops the restore. */
export const ask = (
  { repository, run, threads }: RestoreParts,
  request: RestoreRequest,
  transfer: ReadonlyArray<ArrayBuffer> = []
): Effect.Effect<RestoreReply, StorageError | RepositoryError> =>
  Effect.andThen(run.room, threads.call(request, transfer)).pipe(
    Effect.mapError(
      (failure) =>
        new RepositoryError({
          repository: repository.name,
          reason: new LocalFailure({
            message: `a thread of the restore failed: ${failure.message}`,
            code: failure.code
          })
        })
    ),
    Effect.flatMap((reply) => run.accept(reply))
  )

/** Where an entry is kept until it takes its place. */
export const temporaryOf = ({ entries, tree, walked }: RestoreParts, entry: number): Buffer => {
  const parent = entries.parentOf(entry)
  const treeOfParent = parent < 0 ? tree : walked.trees.get(parent)!
  return Entries.join(entries.directoryPath(parent), Target.temporaryName(treeOfParent, entries.nameOf(entry)))
}
