/** At most one run changes a place at a time. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as DestinationLock from "@ourclone/core/engine/DestinationLock"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { toFailure } from "../kind/JobError.ts"
import type { WhenBusy } from "../kind/RequestFields.ts"
import { ThisMachine } from "../kind/Surroundings.ts"

/** Between two looks at whether the other run has ended. */
const lookMillis = 1_000

export interface HoldOptions {
  /** The kind of the job, which others are told. */
  readonly type: string
  readonly whenBusy: WhenBusy | undefined
  readonly tell: Tell
}

/** Until the scope closes no other run writes to `destination`. */
export const hold = Effect.fnUntraced(function* (
  destination: Provider,
  { tell, type, whenBusy }: HoldOptions
): Effect.fn.Return<void, DestinationLock.DestinationLockError, ThisMachine | Scope.Scope> {
  const { program, stateDirectory } = yield* ThisMachine
  const command = `${program.split(" ", 1)[0]} ${type}`
  const once = DestinationLock.acquire({ stateDirectory, destination, command })
  let hasTold = false
  const persistently: typeof once = Effect.catch(once, (error) => {
    if (whenBusy !== "wait" || error.reason._tag !== "Busy") return Effect.fail(error)
    if (!hasTold) tell.fact({ _tag: "Waiting", for: "lock", failure: toFailure(error) })
    hasTold = true
    return Effect.andThen(Effect.sleep(lookMillis), persistently)
  })
  yield* persistently
})
