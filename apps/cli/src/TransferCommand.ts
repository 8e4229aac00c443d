/** What copy, move and sync share: from what was typed to an exit code. */

import type { Given } from "@ourclone/core/configuration/Remotes"
import { isSame } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { Comparison } from "@ourclone/core/engine/Compare"
import * as Guard from "@ourclone/core/engine/Guard"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Ending from "./Ending.ts"
import * as ExitCode from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterOf } from "./FilterRules.ts"
import * as Lock from "./Lock.ts"
import * as Output from "./Output.ts"
import * as Place from "./Place.ts"
import { endProcess } from "./process/EndProcess.ts"
import { rateOf } from "./Rate.ts"
import * as TransferReport from "./TransferReport.ts"

export interface TransferInput {
  readonly verb: "copy" | "move" | "sync"
  readonly source: string
  readonly destination: string
  /** Instead of what the configuration says, for both sides. */
  readonly overrides: Given
  readonly comparison: Comparison
  readonly filter: FilterInput
  readonly dryRun: boolean
  readonly transfers: number
  readonly bandwidth: string | undefined
  readonly progress: boolean
  readonly errorOnNoTransfer: boolean
  readonly maxDelete: Option.Option<number>
  readonly allowEmptySource: boolean
}

/** How many parts of one file are on their way at once. */
const partConcurrency = 4

interface Sides {
  readonly source: Provider
  readonly destination: Provider
}

/** The same sides with nothing on them but the file that the source's text names. */
const sidesOfFile = Effect.fnUntraced(function* (input: TransferInput, destination: Provider) {
  const found = yield* Place.findFile(input.source, input.overrides)
  if (found === undefined) return undefined
  const { path } = found.file
  return { source: Place.onlyFile(found.provider, path), destination: Place.onlyFile(destination, path) }
})

const samePlace = (name: string) =>
  new Guard.GuardStopped({ guard: "overlap", message: `source and destination are the same file, ${name}` })

const isSameFolder = ({ destination, source }: Sides) => isSame(source.place, destination.place)

const emptySource = (input: TransferInput) =>
  new Guard.GuardStopped({
    guard: "empty source",
    message: `${input.source} is empty or missing, so nothing was removed from ${input.destination}. If it is meant to be empty, say --allow-empty-source`
  })

const transfer = Effect.fnUntraced(function* (input: TransferInput, output: Output.Output, sides: Sides) {
  const { destination, source } = sides
  const plan = Plan.make(source, destination, {
    comparison: input.comparison,
    removesExtra: input.verb === "sync",
    reportsSame: input.verb === "move",
    filter: yield* filterOf(input.filter)
  })
  const doing = {
    transfers: input.transfers,
    partConcurrency,
    removesSource: input.verb === "move",
    bandwidth: yield* rateOf(input.bandwidth, sides),
    maxDelete: Option.getOrUndefined(input.maxDelete),
    allowsEmptySource: input.allowEmptySource || input.verb !== "sync"
  }
  const verb = input.verb === "move" ? "move" : "copy"
  if (input.dryRun) {
    const changes = yield* TransferReport.print(plan, output, verb)
    const stopped = plan.totals.removals > 0 ? Guard.deletion(plan.totals, doing) : undefined
    return { totals: plan.totals, changes, failed: 0, stopped, conclude: () => {} }
  }
  const { conclude, summary } = yield* TransferReport.watch(output, verb, input.progress, (tell) =>
    Transfer.execute(source, destination, plan, { ...doing, tell })
  )
  const changes = summary.stored + summary.copied + summary.touched + summary.removed + summary.moved
  return { totals: plan.totals, changes, failed: summary.failed, stopped: undefined, conclude }
})

type Outcome = Effect.Success<ReturnType<typeof transfer>>

const ofFolder = Effect.fnUntraced(function* (input: TransferInput, output: Output.Output, destination: Provider) {
  const source = yield* Place.open(input.source, input.overrides)
  const overlap = Guard.overlap(source, destination)
  if (overlap !== undefined) return yield* overlap
  return yield* transfer(input, output, { source, destination })
})

type Tried = Result.Result<Outcome, Effect.Error<ReturnType<typeof ofFolder>>>

/** Whether what came of taking the source for a folder leaves the question whether it is one. */
const isDoubtful = (tried: Tried): boolean => {
  if (Result.isSuccess(tried)) return tried.success.totals.sourceFiles === 0
  const error = tried.failure
  return Place.mayBeFile(error) || (error._tag === "GuardStopped" && error.guard !== "max delete")
}

/** What came of a folder, or the error that says that there is nothing in it where something must be. */
const settle = Effect.fnUntraced(function* (input: TransferInput, tried: Tried) {
  if (Result.isFailure(tried)) {
    const error = tried.failure
    return yield* error._tag === "GuardStopped" && error.guard === "empty source" ? emptySource(input) : error
  }
  const outcome = tried.success
  if (outcome.totals.sourceFiles > 0) return outcome
  if (input.verb === "sync") {
    if (!input.allowEmptySource && !(yield* Place.holdsSomething(input.source, input.overrides))) {
      return yield* emptySource(input)
    }
  } else if (!(yield* Place.isFolder(input.source, input.overrides))) {
    return yield* Place.missing(input.source)
  }
  return outcome
})

const ofFile = Effect.fnUntraced(function* (input: TransferInput, output: Output.Output, sides: Sides) {
  if (isSameFolder(sides)) return yield* samePlace(input.source)
  return yield* transfer(input, output, sides)
})

/**
 * Looking whether the source is a file costs nothing on this machine. Elsewhere
 * it is put off until the folder turns out to hold nothing, unless a mistake
 * would be printed or could empty the destination.
 */
const outcomeOf = Effect.fnUntraced(function* (input: TransferInput, output: Output.Output, destination: Provider) {
  const looksFirst = Place.split(input.source).prefix === "" || input.dryRun || input.allowEmptySource
  const known = looksFirst ? yield* sidesOfFile(input, destination) : undefined
  if (known !== undefined) return yield* ofFile(input, output, known)
  const tried = yield* Effect.result(ofFolder(input, output, destination))
  const found = !looksFirst && isDoubtful(tried) ? yield* sidesOfFile(input, destination) : undefined
  return yield* found === undefined ? settle(input, tried) : ofFile(input, output, found)
})

/** Runs it. Fails with `CommandStopped` when the command ends with a code of its own. */
export const run = Effect.fnUntraced(function* (input: TransferInput) {
  Ending.endBy(endProcess)
  const output = yield* Output.make
  const destination = yield* Place.open(input.destination, { links: input.overrides.links })
  if (!input.dryRun) yield* Lock.acquire(input.verb, destination)
  const outcome = yield* outcomeOf(input, output, destination)
  outcome.conclude()
  if (outcome.stopped !== undefined) return yield* outcome.stopped
  if (outcome.failed > 0) {
    return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
  }
  if (input.errorOnNoTransfer && outcome.changes === 0) {
    return yield* new ExitCode.CommandStopped({ code: ExitCode.nothingToDo, message: "" })
  }
}, Effect.scoped)
