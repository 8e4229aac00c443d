/** Telling how much a plan holds, while it is made and in the end. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Tell } from "../events/Tell.ts"
import type { Plan, Totals } from "./Plan.ts"
import type { Before } from "./TransferProgress.ts"

/** Between two facts about a plan that still grows. */
const betweenMillis = 500

const planned = ({ putBytes, putFiles, removals, same }: Totals, before: Before, isFinal: boolean) =>
  ({
    _tag: "Planned",
    files: before.files + putFiles,
    bytes: before.bytes + putBytes,
    removals,
    same: Math.max(0, same - before.files),
    isFinal
  }) as const

const withoutChecksums = (files: number): string =>
  files === 1
    ? "1 file has no checksum that both sides know, so it was compared by size and time"
    : `${files} files have no checksum that both sides know, so they were compared by size and time`

const none: Before = { files: 0, bytes: 0 }

/**
 * The actions of `plan`, which tell of its totals as they pass: the first ones, now and then, and at the end. What others did
 * of it before counts too; the plan finds it to be the same.
 */
export const told = (
  plan: Plan,
  tell: Tell,
  clock: Clock.Clock,
  before: () => Before | undefined = () => undefined
): Plan["actions"] => {
  let dueAt = 0
  const say = (isFinal: boolean) => tell.fact(planned(plan.totals, before() ?? none, isFinal))
  const passing = () => {
    const now = clock.currentTimeMillisUnsafe()
    if (now < dueAt) return
    dueAt = now + betweenMillis
    say(false)
  }
  const end = Effect.sync(() => {
    say(true)
    const { uncompared } = plan.totals
    if (uncompared !== undefined)
      tell.fact({ _tag: "Note", code: "noChecksums", message: withoutChecksums(uncompared) })
  })
  return plan.actions.pipe(
    Stream.mapArray((actions) => {
      passing()
      return actions
    }),
    Stream.concat(Stream.drain(Stream.fromEffect(end)))
  )
}
