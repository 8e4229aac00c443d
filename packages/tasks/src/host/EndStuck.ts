/** Ends the process of a run that was asked to end and does not. */
import { current, hasEnded, type ProcessIdentity } from "@ourclone/core/machine/ProcessIdentity"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { SendSignal } from "../runner/HookProcess.ts"
import { leaseMillis } from "../runner/Journaling.ts"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { Task, Wish } from "../task/Task.ts"
import { isHeld } from "../task/TaskState.ts"

export interface Patience {
  /** For a run to come to a good end by itself; what its hook after the run may take comes on top. */
  readonly endMillis: number
  /** Between asking its process by a signal, and ending it by one that can not be refused. */
  readonly killMillis: number
}

export const usual: Patience = { endMillis: 30_000, killMillis: 5_000 }

interface Seen {
  /** When the wish was seen first. */
  readonly at: number
  sent: "SIGTERM" | "SIGKILL" | undefined
}

/** Of this machine, and another process than this one. */
const isWithinReach = (owner: ProcessIdentity): boolean => {
  const { host, pid } = current()
  return owner.host === host && owner.pid !== pid && !hasEnded(owner)
}

const verbs = { Cancel: "ended", Pause: "paused" }

/** Written into the task's journal before the signal goes out: its own process tells nothing more. */
const told = (task: Task, wish: Wish, seconds: number, name: Seen["sent"]) => ({
  _tag: "Note" as const,
  code: "runnerEnded",
  message: `${wish.by} wants it ${verbs[wish._tag]}, and it did not come to an end within ${seconds} s: its process ${task.owner?.pid} is sent ${name}`
})

/**
 * Looks once, to be called again and again by the same. Tasks whose process it has ended are left to `Rescue`, which
 * does what was wished.
 */
export const make = (
  store: TaskStore,
  sendSignal: SendSignal,
  { endMillis, killMillis }: Patience = usual
): Effect.Effect<void, TaskError> => {
  const seen = new Map<string, Seen>()

  const look = Effect.fnUntraced(function* (task: Task, key: string, now: number) {
    const { owner, state, totals, wish } = task
    if (wish === null || owner === null || !isHeld(state)) return
    const known = seen.get(key) ?? { at: now, sent: undefined }
    seen.set(key, known)
    const millis = now - known.at - endMillis - (task.hooks.after?.limitMillis ?? 0)
    const name = millis < killMillis ? "SIGTERM" : "SIGKILL"
    if (millis < 0 || known.sent === name || !isWithinReach(owner)) return
    const seconds = Math.round((now - known.at) / 1000)
    const facts = [{ at: now, fact: told(task, wish, seconds, name) }]
    const batch = { facts, totals, outcomes: [], mended: [] }
    const isStillAt = yield* store.commit({ task, take: state.take }, batch, leaseMillis).pipe(
      Effect.as(true),
      Effect.catchReason("TaskError", "LeaseLost", () => Effect.succeed(false))
    )
    if (!isStillAt) return
    known.sent = name
    // It may have ended in this moment.
    yield* Effect.ignore(Effect.try(() => sendSignal(owner.pid, name)))
  })

  return Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const held = yield* store.list({ states: ["Running", "Waiting"], withParts: true, limit: 10_000 })
    const wished = held.filter(({ wish }) => wish !== null)
    const keys = new Set(wished.map(({ id, take }) => `${id}/${take}`))
    for (const key of seen.keys()) if (!keys.has(key)) seen.delete(key)
    for (const task of wished) yield* look(task, `${task.id}/${task.take}`, now)
  })
}
