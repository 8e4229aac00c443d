/** A provider whose calls are told of once they are over. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Provider } from "../contract/Provider.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { type Call, wrap } from "./ProviderCalls.ts"

export interface Observation extends Call {
  /** `ok`, the tag of a failure's reason, `interrupted`, or `defect`. */
  readonly outcome: string
  readonly millis: number
}

/**
 * Where an account writes its traffic while it is connected: a line for each request, without credentials. Read once, by
 * `ProviderFactory.connect`; nothing without it.
 */
export const TrafficLog = Context.Reference<((line: string) => void) | undefined>("@ourclone/core/layers/TrafficLog", {
  defaultValue: () => undefined
})

const outcomeOf = (exit: Exit.Exit<unknown, StorageError>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  return error?.reason._tag ?? (Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect")
}

export const observed = (provider: Provider, onCall: (observation: Observation) => void): Provider => {
  const timed =
    (call: Call, startedAt: number) =>
    (exit: Exit.Exit<unknown, StorageError>): Effect.Effect<void> =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        onCall({ ...call, outcome: outcomeOf(exit), millis: now - startedAt })
      )
  return wrap(provider, {
    effect: (work, call) =>
      Effect.flatMap(Clock.currentTimeMillis, (startedAt) => Effect.onExit(work, timed(call, startedAt))),
    stream: (work, call) =>
      Stream.unwrap(Effect.map(Clock.currentTimeMillis, (startedAt) => Stream.onExit(work, timed(call, startedAt))))
  })
}
