/** From effects of the storage to promises. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { fewTries } from "../contract/FewTries.ts"

/** Fails with the error itself. */
export type Run = <A>(effect: Effect.Effect<A, StorageError>) => Promise<A>

/** What runs has `context`, and is interrupted when `signal` says so. */
export const runner =
  (context: Context.Context<never>, signal: AbortSignal): Run =>
  async (effect) => {
    const exit = await Effect.runPromiseExitWith(context)(fewTries(effect), { signal })
    if (Exit.isSuccess(exit)) return exit.value
    throw Option.getOrElse(Cause.findErrorOption(exit.cause), () => Cause.squash(exit.cause))
  }

/** Undefined where it fails with `NotFound`. */
export const orNothing = <A>(run: Run, effect: Effect.Effect<A, StorageError>): Promise<A | undefined> =>
  run(Effect.catchReason(effect, "StorageError", "NotFound", () => Effect.succeed(undefined)))

/** Lets others go on. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
