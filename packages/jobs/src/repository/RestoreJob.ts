/** `restore`: a snapshot, or a part of it, onto this machine. */
import { isAbsolute, resolve } from "node:path"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import * as AttributeChoice from "@ourclone/backup/restore/AttributeChoice"
import * as Restorer from "@ourclone/backup/restore/Restorer"
import type { RestoreSummary } from "@ourclone/backup/restore/RestoreSummary"
import type * as Cost from "@ourclone/core/engine/Cost"
import { silent } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { flag } from "../kind/RequestFields.ts"
import { spending } from "../place/CostFields.ts"
import * as WhatItCosts from "../place/WhatItCosts.ts"
import { costing } from "../place/WhatItCosts.ts"
import { excludes, includes, reading, snapshotFilter } from "./Fields.ts"
import * as LoadedRepository from "./LoadedRepository.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as Patterns from "./Patterns.ts"
import { restoring } from "./RestoreFields.ts"

export const Request = Schema.Struct({
  ...reading,
  snapshot: Schema.String.annotate({
    description: "An id or its beginning, latest, latest~1, or one of these with :folder"
  }),
  target: Schema.String.annotate({ description: "The absolute folder to restore into" }),
  ...snapshotFilter,
  ...excludes,
  ...includes,
  ...restoring,
  ...spending,
  items: flag("Tell of each path")
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  snapshotId: Schema.String,
  totalFiles: Schema.Int,
  totalBytes: Schema.Int,
  filesRestored: Schema.Int,
  /** They were there and right, or were to be kept. */
  filesSkipped: Schema.Int,
  filesDeleted: Schema.Int,
  bytesRestored: Schema.Int,
  bytesSkipped: Schema.Int,
  /** Paths that are not as in the snapshot; each was told. */
  failures: Schema.Int,
  /** Files read again and found right; absent where that was not asked for. */
  filesVerified: Schema.optionalKey(Schema.Int),
  durationMillis: Schema.Finite,
  isPreview: Schema.Boolean,
  /** Of a preview. */
  ...costing
})
export type Summary = typeof Summary.Type

const attributesOf = ({ excludeXattr = [], includeXattr = [] }: Request): AttributeChoice.AttributePatterns => ({
  includes: includeXattr,
  excludes: excludeXattr
})

const refuseAttributes = (request: Request): InvalidJob | undefined => {
  const { excludes, includes } = attributesOf(request)
  if (includes.length > 0 && excludes.length > 0) {
    const message = "choose which attributes to take or which to leave out, not both"
    return new InvalidJob({ field: "includeXattr", message })
  }
  try {
    AttributeChoice.make({ includes, excludes })
    return undefined
  } catch (error) {
    const field = includes.length > 0 ? "includeXattr" : "excludeXattr"
    return new InvalidJob({ field, message: error instanceof Error ? error.message : String(error) })
  }
}

const refuse = (request: Request): InvalidJob | undefined => {
  if (!isAbsolute(request.target)) {
    return new InvalidJob({ field: "target", message: `"${request.target}" is not an absolute path` })
  }
  const refused = Patterns.refuse(request) ?? refuseAttributes(request)
  if (refused !== undefined) return refused
  if (request.delete === true && request.overwrite === "keep-both") {
    const message = "what is kept beside would be removed as what is not in the snapshot: choose one of them"
    return new InvalidJob({ field: "delete", message })
  }
  const { includes: included } = Patterns.selectionOf(request)
  if (request.delete === true && resolve(request.target) === "/" && Patterns.isEmpty(included)) {
    const message = "that would remove what is not in the snapshot from the whole machine"
    return new InvalidJob({ field: "delete", message })
  }
  return undefined
}

/** What the ranges of packs ask of the storage of a repository. */
const usesOf = (
  storage: Repository["provider"],
  { fetched }: { readonly fetched?: RestoreSummary["fetched"] | undefined }
): ReadonlyArray<Cost.Use> => [
  { storage, fetchedBytes: fetched?.bytes ?? 0, reads: fetched?.reads ?? 0, listedFiles: 0 }
]

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, beside: Beside) {
    const { tell } = beside
    yield* Restorer.prepare
    const repository = yield* OpenedRepository.open(request, beside)
    const started = performance.now()
    const working = Effect.gen(function* () {
      const { id, subfolder } = Snapshots.parse(request.snapshot)
      const snapshot = yield* Snapshots.find(repository, id, Patterns.filterOf(request))
      const { hostname, paths, time } = snapshot
      const values = { snapshot: snapshot.id, time, host: hostname, paths: paths.join(", ") }
      tell.fact({ _tag: "Step", name: "snapshotChosen", values })
      const options: Restorer.RestoreOptions = {
        ...request,
        snapshot,
        subfolder,
        selection: Patterns.selectionOf(request),
        attributes: attributesOf(request),
        dryRun: isPreview,
        tell
      }
      const reader = yield* LoadedRepository.readerOf(repository)
      if (request.maxCost !== undefined && !isPreview) {
        const foreseen = yield* Restorer.restore(repository, reader, { ...options, dryRun: true, tell: silent })
        yield* WhatItCosts.refuse(usesOf(repository.provider, foreseen), request.maxCost, tell)
      }
      const restored = yield* Restorer.restore(repository, reader, options)
      return { snapshotId: snapshot.id, ...restored }
    })
    const { dryRun, fetched, ...restored } = yield* isPreview
      ? working
      : OpenedRepository.locked(repository, request, "shared", tell, working)
    const summary: Summary = {
      ...restored,
      durationMillis: performance.now() - started,
      isPreview: dryRun,
      ...(dryRun ? WhatItCosts.costOf(usesOf(repository.provider, { fetched }), tell) : {})
    }
    return summary
  })

/** Broken off and run again, it does not write again what is there already. */
export const kind: JobKind<"restore", Request, Summary> = {
  type: "restore",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  refuse,
  preview: begin(true),
  run: begin(false)
}
