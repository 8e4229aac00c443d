/** What waits until every file is stored: removals, then folders. */
import * as Effect from "effect/Effect"
import { compare, parent, type RemotePath } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"
import * as Guard from "./Guard.ts"
import * as LastLook from "./LastLook.ts"
import type { Action, Totals } from "./Plan.ts"
import { keepAt } from "./SetAside.ts"
import { failed, type TransferRun } from "./TransferRun.ts"

export type Removal = Pick<Extract<Action, { readonly _tag: "Remove" }>, "path" | "size">

export interface Afterwards {
  removals: Array<Removal>
  readonly madeDirectories: Array<RemotePath>
  readonly removedDirectories: Array<RemotePath>
}

export const none = (): Afterwards => ({ removals: [], madeDirectories: [], removedDirectories: [] })

/** Parents of what was removed, deepest first, so that each is empty when its turn comes. */
export const emptied = (removed: ReadonlyArray<RemotePath>): ReadonlyArray<RemotePath> => {
  const directories = new Set<RemotePath>()
  for (const path of removed) {
    for (let directory = parent(path); directory !== "" && !directories.has(directory); directory = parent(directory)) {
      directories.add(directory)
    }
  }
  return [...directories].sort((left, right) => compare(right, left))
}

/** A directory as something that has been in it, for `emptied`. */
export const toRemoved = (directory: RemotePath): RemotePath => `${directory}/` as RemotePath

const each = <A>(run: TransferRun, items: ReadonlyArray<A>, act: (item: A) => Effect.Effect<void, StorageError>) =>
  Effect.forEach(items, act, { concurrency: run.options.transfers, discard: true })

/** Takes away a file that is extra. */
export const remove = (run: TransferRun, path: RemotePath): Effect.Effect<void, StorageError> => {
  const { destination, options, source, summary } = run
  const removal = Effect.gen(function* () {
    yield* options.tell.room
    yield* LastLook.beforeDestination(source, destination, path)
    if (options.aside !== undefined) yield* keepAt(destination, path, options.aside)
    yield* retrying(destination.remove(path))
    summary.removed++
    options.tell.fact({ _tag: "Done", deed: "removed", item: path })
  })
  return Effect.catch(removal, failed(run, path))
}

/** Removes what is extra, unless files failed before or a guard says no; then the folders that this emptied. */
export const removeExtra = Effect.fnUntraced(function* (
  run: TransferRun,
  later: Afterwards,
  totals: Totals
): Effect.fn.Return<void, StorageError | Guard.GuardStopped> {
  const { destination, options, progress, summary, withholding } = run
  const removals = later.removals.filter((removal) => !withholding.holds(removal))
  const directories = later.removedDirectories.filter((path) => !withholding.holdsPath(path))
  const withheld = later.removals.length - removals.length
  if (withheld > 0 || directories.length < later.removedDirectories.length) {
    summary.withheld = withheld
    const message = `${withheld} removals were withheld, because files failed`
    options.tell.fact({ _tag: "Note", code: "removalsWithheld", message })
  }
  if (removals.length + directories.length === 0) return
  const stopped = Guard.deletion(totals, options)
  if (stopped !== undefined) return yield* stopped
  yield* run.apart.beforeRemovals(removals, totals.firstSource)
  progress.enter("deleting")
  yield* each(run, removals, ({ path }) => remove(run, path))
  const { removeDirectory } = destination
  if (removeDirectory === undefined) return
  const gone = emptied([...removals.map(({ path }) => path), ...directories.map(toRemoved)])
  const extra = new Set(directories)
  for (const path of gone) {
    const removed = Effect.map(retrying(removeDirectory(path)), () => {
      if (extra.has(path)) options.tell.fact({ _tag: "Done", deed: "directoryRemoved", item: path })
    })
    yield* Effect.catch(removed, failed(run, path))
  }
})

/** Makes the folders that no file has made. */
export const makeDirectories = (run: TransferRun, later: Afterwards): Effect.Effect<void, StorageError> => {
  const { destination, options, progress } = run
  const { makeDirectory } = destination
  if (makeDirectory === undefined || later.madeDirectories.length === 0) return Effect.void
  progress.enter("finishing")
  return each(run, later.madeDirectories, (path) =>
    Effect.andThen(options.tell.room, retrying(makeDirectory(path))).pipe(
      Effect.map(() => options.tell.fact({ _tag: "Done", deed: "directoryMade", item: path })),
      Effect.catch(failed(run, path))
    )
  )
}
