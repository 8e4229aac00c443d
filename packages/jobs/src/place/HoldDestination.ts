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

const optionsOf = Effect.fnUntraced(function* (destination: Provider, type: string) {
  const { program, stateDirectory } = yield* ThisMachine
  return { stateDirectory, destination, command: `${program.split(" ", 1)[0]} ${type}` }
})

/** For a plan: tells of the run that `hold` would have to wait for. */
export const tellBusy = Effect.fnUntraced(function* (
  destination: Provider,
  { tell, type }: Pick<HoldOptions, "tell" | "type">
): Effect.fn.Return<void, never, ThisMachine> {
  const who = yield* Effect.flatMap(optionsOf(destination, type), DestinationLock.look)
  if (who === undefined) return
  const message = `${who}; until that has ended, this may not begin`
  tell.fact({ _tag: "Note", code: "destinationBusy", message })
})

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
  const once = DestinationLock.acquire(yield* optionsOf(destination, type))
  let hasTold = false
  const persistently: typeof once = Effect.catch(once, (error) => {
    if (whenBusy !== "wait" || error.reason._tag !== "Busy") return Effect.fail(error)
    if (!hasTold) tell.fact({ _tag: "Waiting", for: "lock", failure: toFailure(error) })
    hasTold = true
    return Effect.andThen(Effect.sleep(lookMillis), persistently)
  })
  yield* persistently
})
