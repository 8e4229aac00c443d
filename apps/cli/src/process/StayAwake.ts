/** Keeps the machine awake while a command works, as runners of tasks do: one that sleeps finishes no backup. */
import type { WakeProgram } from "@ourclone/core/machine/WakeLock"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { Streams } from "../Streams.ts"

/** Most commands are over before a machine could fall asleep: they load and start nothing for it. */
const longMillis = 5_000

export interface AwakeOptions {
  readonly program?: WakeProgram
  readonly afterMillis?: number
}

/** `run` of that kind of job. */
export const during =
  (kind: string, { afterMillis = longMillis, program }: AwakeOptions = {}) =>
  <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Streams> =>
    Effect.scopedWith((scope) =>
      Effect.gen(function* () {
        yield* Effect.sleep(afterMillis)
        const { hold } = yield* Effect.promise(() => import("../task/Awake.ts"))
        const { environment } = yield* Streams
        yield* Effect.provideService(hold(kind, environment, program), Scope.Scope, scope)
      }).pipe(Effect.forkIn(scope), Effect.andThen(run))
    )
