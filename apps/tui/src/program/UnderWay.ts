/** Waits until it is seen that a task works, for who is there to say something else where it does not. */

import type { Envelope } from "@ourclone/core/events/Envelope"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded, needsSomebody } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import { type Link, LinkFailed } from "../link/Link.ts"

export interface UnderWayOptions {
  readonly link: Link
  /** The task as it was told last. */
  readonly find: (id: string) => Task | undefined
  /** Hears of every change of it, until it is called off. */
  readonly onChange: (listener: () => void) => () => void
}

/** Nobody waits any longer for a task that has no turn, or does not come to its work. */
const patience = "20 seconds"

/** What a run tells of once it has found what it was asked for. */
const isWork = ({ event }: Envelope): boolean =>
  event._tag === "Done" ||
  event._tag === "Planned" ||
  (event._tag === "Step" && event.name !== "runBegan" && event.name !== KeptVersions.step)

/**
 * Comes to the task as soon as it works, waits for what may pass, or has been left long enough. Fails with what it failed
 * with before; where only another key or password would let it go on, that is its failure, and it is cancelled.
 */
export const make = ({ find, link, onChange }: UnderWayOptions) => {
  /** Where nobody can say, it has not. */
  const hasWorked = ({ id }: Task) =>
    Effect.match(link.details(id, 0), { onFailure: () => false, onSuccess: ({ facts }) => facts.some(isWork) })

  const another = (before: Task) =>
    Effect.callback<Task>((resume) => {
      let stop = (): void => {}
      const look = (): void => {
        const now = find(before.id) ?? before
        if (now === before) return
        stop()
        resume(Effect.succeed(now))
      }
      stop = onChange(look)
      look()
      return Effect.sync(stop)
    })

  return (task: Task): Effect.Effect<Task, LinkFailed> => {
    let now = task
    const watched = Effect.gen(function* () {
      for (;;) {
        const { seq, state } = now
        if (state._tag === "Failed") return yield* new LinkFailed({ failure: state.failure })
        if (needsSomebody(state) && state.failure !== undefined) {
          yield* Effect.ignore(link.wish(now.id, "Cancel", new Map()))
          return yield* new LinkFailed({ failure: state.failure })
        }
        const isPutOff = state._tag === "Queued" && state.notBefore !== null
        if (hasEnded(state) || isPutOff || state._tag === "Waiting" || state._tag === "Paused") return now
        if (seq > 0 && (yield* hasWorked(now))) return now
        now = yield* another(now)
      }
    })
    return Effect.timeoutOrElse(watched, { duration: patience, orElse: () => Effect.sync(() => now) })
  }
}
