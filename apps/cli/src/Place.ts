/** Opens what a user typed, for commands that are no jobs yet. */
import { RemoteError } from "@ourclone/core/configuration/RemoteError"
import type { Given } from "@ourclone/core/configuration/Remotes"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { printable } from "@ourclone/core/events/PrintableText"
import { retryingAtFirst } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import { Streams } from "./Streams.ts"

/** Until the scope closes. A service that is away for the moment is tried again, and the user told. */
export const open = Effect.fnUntraced(function* (text: string, flags: Given = {}) {
  const remotes = yield* Remotes
  const { writeError } = yield* Streams
  let hasTold = false
  const tell = (error: StorageError): void => {
    if (!hasTold) writeError(`${printable(error.message)}; trying again\n`)
    hasTold = true
  }
  const opened = retryingAtFirst(
    Effect.catchTag(remotes.open(text, flags), "RemoteError", (error) => Effect.succeed(error)),
    tell
  )
  const provider = yield* opened
  return provider instanceof RemoteError ? yield* provider : provider
})
