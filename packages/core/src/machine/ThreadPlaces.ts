/**
 * How many worker threads the jobs of a process start together.
 *
 * One job alone may use them all; where many run at once, each later one gets
 * fewer. Nobody is kept from working: what can not do without a thread gets one
 * beyond the total, so there are never more than the total and one for each job.
 */
import { availableParallelism } from "node:os"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface ThreadPlaces {
  readonly total: number
  /** Places that are taken now, those beyond the total too. */
  readonly used: () => number
  /** Takes up to `wanted` places, as far as there are any, but at least `least`; says how many. Each is given back with `give`. */
  readonly take: (wanted: number, least: number) => number
  readonly give: () => void
  /** A place for one short task, until the scope closes. Waits for a free one, unless no other short task runs. */
  readonly turn: Effect.Effect<void, never, Scope.Scope>
}

export const make = (total: number): ThreadPlaces => {
  const waiting = new Set<() => void>()
  let used = 0
  let turns = 0

  const mayTurn = (): boolean => used < total || turns === 0
  const giveTurn = (): void => {
    turns--
    give()
  }
  const give = (): void => {
    used--
    for (const goOn of waiting) {
      if (!mayTurn()) return
      waiting.delete(goOn)
      goOn()
    }
  }

  return {
    total,
    used: () => used,
    take: (wanted, least) => {
      const taken = Math.max(least, Math.min(wanted, total - used), 0)
      used += taken
      return taken
    },
    give,
    turn: Effect.asVoid(
      Effect.acquireRelease(
        Effect.callback<void>((resume) => {
          const goOn = (): void => {
            used++
            turns++
            resume(Effect.void)
          }
          if (mayTurn()) return goOn()
          waiting.add(goOn)
          return Effect.sync(() => void waiting.delete(goOn))
        }),
        () => Effect.sync(giveTurn),
        { interruptible: true }
      )
    )
  }
}

const leastTotal = 8

/** Those of this process, unless its app provides others: two for each processor, and eight at least. */
export const ThreadPlaces = Context.Reference<ThreadPlaces>("@ourclone/core/ThreadPlaces", {
  defaultValue: () => make(Math.max(leastTotal, 2 * availableParallelism()))
})
