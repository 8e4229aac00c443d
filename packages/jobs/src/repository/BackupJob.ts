/** `backup`: a snapshot of files of this machine, or of what is piped in. */
import * as Archiver from "@ourclone/backup/archive/Archiver"
import type { BackupOptions, StandardInput } from "@ourclone/backup/archive/BackupOptions"
import * as ExcludeRules from "@ourclone/backup/choose/Excludes"
import * as GoTime from "@ourclone/backup/go/GoTime"
import type { Repository } from "@ourclone/backup/repository/Repository"
import { LocalFailure, RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import * as SnapshotGroups from "@ourclone/backup/repository/SnapshotGroups"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import type * as Cost from "@ourclone/core/engine/Cost"
import { silent } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { flag, text, texts } from "../kind/RequestFields.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import { spending } from "../place/CostFields.ts"
import * as OwnFiles from "../place/OwnFiles.ts"
import * as OwnFolder from "../place/OwnFolder.ts"
import * as WhatItCosts from "../place/WhatItCosts.ts"
import { costing } from "../place/WhatItCosts.ts"
import { comparing, describing, leavingOut, storing } from "./BackupFields.ts"
import { access, excludes, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as Patterns from "./Patterns.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  paths: texts("Files and folders to back up"),
  rawPaths: texts("More of them, in base64, where their bytes are not UTF-8"),
  directory: text(
    "An absolute folder: paths that are not absolute are in it, and lie in the snapshot as they are written"
  ),
  stdinFilename: text("Back up the input beside the request, under this name, instead of paths"),
  ...excludes,
  ...leavingOut,
  ...describing,
  ...comparing,
  ...storing,
  ...spending,
  scan: flag("Count first what there is, so that progress knows the end"),
  items: flag("Tell of each file")
})
export type Request = typeof Request.Type

const count = Schema.Int

export const Summary = Schema.Struct({
  filesNew: count,
  filesChanged: count,
  filesUnmodified: count,
  dirsNew: count,
  dirsChanged: count,
  dirsUnmodified: count,
  dataBlobs: count,
  treeBlobs: count,
  dataAdded: count,
  dataAddedPacked: count,
  totalFilesProcessed: count,
  totalBytesProcessed: count,
  /** RFC 3339. */
  startedAt: Schema.String,
  endedAt: Schema.String,
  durationMillis: Schema.Finite,
  /** Absent when none was written: a preview, or nothing had changed. */
  snapshotId: Schema.optionalKey(Schema.String),
  parentId: Schema.optionalKey(Schema.String),
  tree: Schema.String,
  /** Paths that are not, or not fully, in the snapshot; each was told. */
  failures: count,
  isPreview: Schema.Boolean,
  /** Of a preview. */
  ...costing
})
export type Summary = typeof Summary.Type

const refuse = (request: Request): InvalidJob | undefined => {
  const { excludeIfPresent, groupBy, paths = [], rawPaths = [], stdinFilename } = request
  if (groupBy !== undefined && SnapshotGroups.parse(groupBy) === undefined) {
    const message = `"${groupBy}" must name some of host, paths and tags, with commas between`
    return new InvalidJob({ field: "groupBy", message })
  }
  if (excludeIfPresent?.some((one) => one === "" || one.startsWith(":"))) {
    return new InvalidJob({ field: "excludeIfPresent", message: "it names no file" })
  }
  const named = paths.length + rawPaths.length
  if (stdinFilename !== undefined && named > 0) {
    return new InvalidJob({ field: "paths", message: "input is backed up instead of paths, not beside them" })
  }
  if (stdinFilename === undefined && named === 0) {
    return new InvalidJob({ field: "paths", message: "nothing to back up is named" })
  }
  if (stdinFilename !== undefined && request.maxCost !== undefined) {
    const message = "what it costs is known when all is read, and input beside the request can be read only once"
    return new InvalidJob({ field: "maxCost", message })
  }
  return Patterns.refuse(request)
}

/** Where none of what is named is there; the others of some that are is what a run says of its own. */
const foresee = Effect.fnUntraced(function* ({
  paths = [],
  rawPaths,
  directory
}: Request): Effect.fn.Return<InvalidJob | undefined> {
  if (rawPaths !== undefined || directory !== undefined || paths.length === 0) return undefined
  for (const path of paths) if ((yield* OwnFolder.look(path)) !== "missing") return undefined
  return new InvalidJob({ field: "paths", message: `there is nothing at ${paths.join(", ")}` })
})

const inputFailed = (error: Error): RepositoryError =>
  new RepositoryError({
    repository: "standard input",
    reason: new LocalFailure({ message: error.message, code: SystemFailure.codeOf(error) })
  })

const inputOf = (
  { stdinFilename }: Request,
  { input }: Beside
): Effect.Effect<StandardInput | undefined, InvalidJob> => {
  if (stdinFilename === undefined) return Effect.succeed(undefined)
  return input === undefined
    ? Effect.fail(new InvalidJob({ field: "stdinFilename", message: "there is no input beside the request" }))
    : Effect.succeed({ fileName: stdinFilename, content: Stream.mapError(input, inputFailed) })
}

const optionsOf = Effect.fnUntraced(function* (request: Request, beside: Beside, isPreview: boolean) {
  const { program, stateDirectory } = yield* ThisMachine
  const rules = ExcludeRules.resolve({
    ...Patterns.excludesOf(request),
    caches: request.excludeCaches,
    ifPresent: request.excludeIfPresent,
    folder: OwnFiles.journalDirectory(stateDirectory),
    largerThan: request.excludeLargerThan,
    oneFileSystem: request.oneFileSystem
  })
  const options: BackupOptions = {
    ...request,
    paths: [...(request.paths ?? []), ...(request.rawPaths ?? []).map((path) => Buffer.from(path, "base64"))],
    standardInput: yield* inputOf(request, beside),
    programVersion: program,
    host: request.host || undefined,
    tags: request.tag,
    time: request.timeMillis === undefined ? undefined : GoTime.ofMillis(request.timeMillis),
    grouping: request.groupBy === undefined ? undefined : SnapshotGroups.parse(request.groupBy),
    excludes: yield* Effect.mapError(rules, ({ message }) => new InvalidJob({ message })),
    packSize: request.packSizeBytes,
    dryRun: isPreview,
    tell: beside.tell
  }
  return options
})

/** For the configuration, a key, locks and snapshots. */
const fixedCalls = 10

/** What the packs, the index and the snapshot of a backup ask of its storage; the files are listed once, for the index. */
const usesOf = (
  storage: Repository["provider"],
  { dataAddedPacked }: Pick<Summary, "dataAddedPacked">
): ReadonlyArray<Cost.Use> => [
  { storage, sentBytes: dataAddedPacked, storedBytes: dataAddedPacked, listedFiles: 0, calls: fixedCalls }
]

/** Reads all that is new once more, as only then nothing has been spent. Fails as `WhatItCosts.refuse` does. */
const refuseCost = Effect.fnUntraced(function* (
  repository: Repository,
  request: Request,
  beside: Beside,
  most: number
) {
  const options = yield* optionsOf({ ...request, scan: false, items: false }, { ...beside, tell: silent }, true)
  const found = yield* Effect.scoped(Archiver.backup(repository, options))
  yield* WhatItCosts.refuse(usesOf(repository.provider, found), most, beside.tell)
})

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, beside: Beside) {
    const options = yield* optionsOf(request, beside, isPreview)
    yield* Archiver.prepare
    const repository = yield* OpenedRepository.open(request, beside)
    const { maxCost } = request
    if (maxCost !== undefined && !isPreview) yield* refuseCost(repository, request, beside, maxCost)
    const working = Archiver.backup(repository, options)
    const { isDryRun, parentId, snapshotId, ...counts } = yield* isPreview
      ? working
      : OpenedRepository.locked(repository, request, "shared", beside.tell, working)
    const summary: Summary = {
      ...counts,
      isPreview: isDryRun,
      ...(isDryRun ? WhatItCosts.costOf(usesOf(repository.provider, counts), beside.tell) : {}),
      ...(snapshotId === undefined ? {} : { snapshotId }),
      ...(parentId === undefined ? {} : { parentId })
    }
    return summary
  })

/** What has been stored when it is interrupted is used by the next run. */
export const kind: JobKind<"backup", Request, Summary> = {
  type: "backup",
  request: Request,
  summary: Summary,
  takesInput: ({ stdinFilename }) => stdinFilename !== undefined,
  needs: OpenedRepository.needs,
  refuse,
  foresee,
  preview: begin(true),
  run: begin(false)
}
