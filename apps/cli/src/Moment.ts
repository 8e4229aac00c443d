/** `--at`: a time in the past, from its flag. */
import * as Age from "@ourclone/core/filter/Age"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CommandStopped, usage } from "./ExitCode.ts"

/** The part of a request that says when, in milliseconds since 1970 UTC. A length of time is that long ago. */
export const momentRequest = Effect.fnUntraced(function* (
  at: string | undefined
): Effect.fn.Return<{ readonly at?: number }, CommandStopped> {
  if (at === undefined) return {}
  const now = yield* Clock.currentTimeMillis
  const age = Age.parse(at, now)
  if (Result.isFailure(age) || age.success === undefined) {
    const example = "write a time such as 2024-02-29T12:30:00Z, a date, or how long ago, such as 2h"
    return yield* usage(`--at: "${at}" is no time; ${example}`)
  }
  return { at: Math.round(now - age.success) }
})
