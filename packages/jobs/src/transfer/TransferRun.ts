/** What copy, move and sync do, each in its way. */

import { remedy } from "@ourclone/core/contract/CoreRemedies"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Cost from "@ourclone/core/engine/Cost"
import * as Spared from "@ourclone/core/engine/Elsewhere"
import * as Guard from "@ourclone/core/engine/Guard"
import type { LimitReached } from "@ourclone/core/engine/Limit"
import * as Plan from "@ourclone/core/engine/Plan"
import { preview as previewPlan } from "@ourclone/core/engine/Preview"
import * as Renames from "@ourclone/core/engine/Renames"
import * as Transfer from "@ourclone/core/engine/Transfer"
import type { TransferSummary } from "@ourclone/core/engine/TransferSummary"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside } from "../kind/JobKind.ts"
import * as Bwlimit from "../place/Bwlimit.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { filterOf } from "../place/FilterFields.ts"
import { hold, tellBusy } from "../place/HoldDestination.ts"
import * as KeyFor from "../place/KeyFor.ts"
import * as RepositoryAmong from "../place/RepositoryAmong.ts"
import * as Tpslimit from "../place/Tpslimit.ts"
import * as WhatItCosts from "../place/WhatItCosts.ts"
import * as AsideOf from "./AsideOf.ts"
import * as Elsewhere from "./Elsewhere.ts"
import * as SharedRun from "./SharedRun.ts"
import * as Sides from "./Sides.ts"
import { comparisonOf, lookingOf, type Transferring } from "./TransferFields.ts"
import * as TransferLimits from "./TransferLimits.ts"

export interface Request extends Transferring {
  readonly at?: number
  readonly versionId?: string
  readonly toName?: boolean
  readonly maxDelete?: number
  readonly allowEmptySource?: boolean
  readonly trackRenames?: boolean
  readonly trackRenamesStrategy?: string
}

const renamesBy = ({ trackRenamesStrategy = "" }: Request) => Renames.parse(trackRenamesStrategy)

const renamesRefusal = (request: Request): InvalidJob | undefined => {
  const strategy = renamesBy(request)
  return Result.isFailure(strategy)
    ? new InvalidJob({ field: "trackRenamesStrategy", message: strategy.failure })
    : undefined
}

/** What makes no sense in a request of any of the three. */
export const refuse = (request: Request) =>
  Bwlimit.refusal(request.bwlimit) ??
  TransferLimits.refusal(request) ??
  AsideOf.refusal(request) ??
  Elsewhere.refusal(request) ??
  renamesRefusal(request)

export type Verb = "copy" | "move" | "sync"

const transfersAtOnce = 16
/** How many parts of one file are on their way at once. To a service twice as many, where `UnderWay` lets them, as each takes a while to be confirmed. */
const partConcurrency = 4

/** How much is on its way at once. */
export const concurrencyOf = (
  { transfers = transfersAtOnce }: Request,
  { capabilities }: Sides.Sides["destination"]
) => ({
  transfers,
  partConcurrency: partConcurrency * (capabilities.isLocal ? 1 : 2)
})

const emptySource = (request: Request) =>
  new Guard.GuardStopped({
    guard: "empty source",
    message: `${request.source} is empty or missing, so nothing was removed from ${request.destination}`,
    remedy: remedy("allowEmptySource")
  })

export const planOf = Effect.fnUntraced(function* (verb: Verb, request: Request, sides: Sides.Sides, tell: Tell) {
  const { destination, source } = sides
  const strategy = request.trackRenames === true ? Result.getOrUndefined(renamesBy(request)) : undefined
  const hindrance = strategy && Renames.hindrance(source, destination, strategy)
  const tracksRenames = strategy !== undefined && hindrance === undefined
  const comparison = comparisonOf(request, destination.capabilities)
  const elsewhere = yield* Elsewhere.elsewhereOf(request, sides, tell)
  const made = Plan.make(source, destination, {
    comparison,
    removesExtra: verb === "sync",
    sparesExtra: AsideOf.keptBefore(request),
    keepsRemoved: tracksRenames,
    reportsSame: verb === "move",
    refusesChanges: request.immutable === true,
    filter: yield* filterOf(request)
  })
  const spared = elsewhere === undefined ? made : Spared.passedOver(made, source, elsewhere, comparison)
  if (hindrance !== undefined) {
    const message = `${hindrance}, so files with another name by now are transferred`
    tell.fact({ _tag: "Note", code: "renamesNotTracked", message })
  }
  return tracksRenames ? Renames.tracked(spared, source, destination, strategy) : spared
})

const limitsOf = (verb: Verb, { allowEmptySource = false, maxDelete }: Request): Guard.DeletionLimits => ({
  maxDelete,
  allowsEmptySource: allowEmptySource || verb !== "sync"
})

/** Plans beforehand, as only then nothing has been spent. Fails as `WhatItCosts.refuse` does. */
const refuseCost = Effect.fnUntraced(function* (
  verb: Verb,
  request: Request,
  sides: Sides.Sides,
  most: number,
  tell: Tell
) {
  const plan = yield* planOf(verb, request, sides, silent)
  yield* Stream.runDrain(plan.actions)
  yield* WhatItCosts.refuse(Cost.ofPlan(sides.source, sides.destination, plan.totals), most, tell)
})

/** A source in which nothing was found is a typing error, unless it is a folder that is empty. */
const checkSource = Effect.fnUntraced(function* (
  verb: Verb,
  request: Request,
  { folder }: Sides.Sides,
  totals: Plan.Totals,
  tell: Tell
) {
  if (folder === undefined || totals.sourceFiles > 0) return
  if (verb !== "sync") {
    const isThere = yield* FileOrFolder.exists(folder, request.source, tell, lookingOf(request))
    if (!isThere) return yield* FileOrFolder.missing(request.source)
  } else if (request.allowEmptySource !== true && !(yield* FileOrFolder.holdsSomething(folder))) {
    return yield* emptySource(request)
  }
})

/** The guard's words, which know no names, in those of the request. */
const named = (request: Request) => (error: StorageError | Guard.GuardStopped | LimitReached) =>
  error._tag === "GuardStopped" && error.guard === "empty source" ? emptySource(request) : error

const atItsPace = <A, E, R>(run: Effect.Effect<A, E, R>, { tpslimit }: Request): Effect.Effect<A, E, R> =>
  Tpslimit.within(tpslimit)(run)

export const run = (verb: Verb) =>
  Effect.fnUntraced(function* (asked: Request, { limits, sharing, tell }: Beside) {
    const { name, request } = yield* Sides.aimed(asked, tell)
    const opened = yield* Sides.openDestination(request, tell)
    yield* KeyFor.demandDeeds(opened, verb === "sync" ? ["write", "remove"] : ["write"])
    yield* hold(opened, { type: verb, whenBusy: request.whenBusy, tell })
    const sides = yield* Sides.withSource(request, opened, tell, name)
    tell.fact(KeptVersions.told(opened.capabilities, AsideOf.placeOf(request)))
    if (verb === "move") yield* KeyFor.demandDeeds(sides.source, ["read", "remove"])
    yield* Sides.refuseWithoutMetadata(request, [sides.source, sides.destination])
    if (request.maxCost !== undefined) yield* refuseCost(verb, request, sides, request.maxCost, tell)
    const first = yield* planOf(verb, request, sides, tell)
    const shared = yield* SharedRun.run({ ...request }, sides, first, { sharing, tell })
    const plan = shared === undefined ? first : yield* planOf(verb, request, sides, silent)
    const summary: TransferSummary = yield* Effect.mapError(
      Transfer.execute(sides.source, sides.destination, plan, {
        ...limitsOf(verb, request),
        ...concurrencyOf(request, sides.destination),
        before: shared,
        removesSource: verb === "move",
        withMetadata: request.metadata,
        storedAtSource: sides.storedAtSource,
        aside: yield* AsideOf.asideOf(request, sides, tell),
        limit: TransferLimits.limitOf(request),
        plansFirst: request.checkFirst === true,
        order: TransferLimits.orderOf(request),
        bandwidth: yield* Bwlimit.limiter(request.bwlimit, sides.destination, limits),
        tell
      }),
      named(request)
    )
    yield* checkSource(verb, request, sides, plan.totals, tell)
    return shared === undefined ? summary : SharedRun.together(summary, shared)
  }, atItsPace)

export const preview = (verb: Verb) =>
  Effect.fnUntraced(function* (asked: Request, { tell }: Beside) {
    const { name, request } = yield* Sides.aimed(asked, tell)
    const opened = yield* Sides.openDestination(request, tell)
    yield* tellBusy(opened, { type: verb, tell })
    const sides = yield* Sides.withSource(request, opened, tell, name)
    tell.fact(KeptVersions.told(opened.capabilities, AsideOf.placeOf(request)))
    // What the run refuses, its preview does too.
    yield* Sides.refuseWithoutMetadata(request, [sides.source, sides.destination])
    yield* AsideOf.asideOf(request, sides, tell)
    const plan = yield* planOf(verb, request, sides, tell)
    const previewed: TransferSummary = yield* previewPlan(plan, {
      removesSource: verb === "move",
      tell: RepositoryAmong.noticing(tell, request.destination)
    })
    yield* checkSource(verb, request, sides, plan.totals, tell)
    const uses = Cost.ofPlan(sides.source, sides.destination, plan.totals)
    const summary: TransferSummary = { ...previewed, ...WhatItCosts.costOf(uses, tell) }
    const stopped = plan.totals.removals > 0 ? Guard.deletion(plan.totals, limitsOf(verb, request)) : undefined
    return stopped === undefined ? summary : yield* named(request)(stopped)
  }, atItsPace)
