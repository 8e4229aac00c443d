/** At most one command at a time changes a place. */
import { homedir } from "node:os"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as DestinationLock from "@ourclone/core/engine/DestinationLock"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import * as Effect from "effect/Effect"
import { Streams } from "./Streams.ts"

/** Until the scope closes no other run writes there. `verb` is what the others are told about this one. */
export const acquire = Effect.fnUntraced(function* (verb: string, destination: Provider) {
  const { environment } = yield* Streams
  const stateDirectory = StandardPaths.stateDirectory(environment, environment.HOME || homedir())
  yield* DestinationLock.acquire({ stateDirectory, destination, command: `ourclone ${verb}` })
})
