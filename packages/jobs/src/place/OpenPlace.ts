/** From the text of a request to a provider. */
import { RemoteError } from "@ourclone/core/configuration/RemoteError"
import { type Given, Remotes } from "@ourclone/core/configuration/Remotes"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { waiting } from "@ourclone/core/events/StorageFailure"
import type { Tell } from "@ourclone/core/events/Tell"
import { retryingAtFirst } from "@ourclone/core/layers/Retry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Tpslimit from "./Tpslimit.ts"

/** Opens what `text` means until the scope closes, at the pace of the run, and then tells what there is to say of it. A service that is away for the moment is tried again, and that is told. */
export const open = Effect.fnUntraced(function* (text: string, tell: Tell, options: Given = {}) {
  const remotes = yield* Remotes
  const clock = yield* Clock.Clock
  const onRetry = (error: StorageError, pauseMillis: number): void => {
    if (pauseMillis === 0) return
    const until = Math.round(clock.currentTimeMillisUnsafe() + pauseMillis)
    tell.fact(waiting(error, until))
  }
  // What is wrong with the configuration is no failure that could pass.
  const opened = Effect.catchTag(remotes.open(text, options), "RemoteError", (error) => Effect.succeed(error))
  const provider = yield* retryingAtFirst(opened, onRetry)
  if (provider instanceof RemoteError) return yield* provider
  const { remarks } = provider
  if (remarks !== undefined) {
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const remark of remarks()) tell.fact({ _tag: "Note", ...remark })
      })
    )
  }
  return yield* Tpslimit.around(provider)
})
