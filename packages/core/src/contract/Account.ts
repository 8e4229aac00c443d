/** A service that has been signed in to: what its providers share. */
import type * as Effect from "effect/Effect"
import type { OptionValues } from "./OptionField.ts"
import type { Provider } from "./Provider.ts"
import type { StorageError } from "./StorageError.ts"

export interface OpenAt {
  /** What users typed before the location and see in messages: `photos:`, `b2://`, "" for a local path. */
  readonly name: string
  /** The text after it: `bucket/path`, or a local path as it was typed. */
  readonly location: string
}

/** Lives as long as the scope it was connected in, and its providers with it. */
export interface Account {
  /** What the service says it is: the same whatever key, address or name it was reached by. */
  readonly id: string
  /**
   * From now on at most so many requests to one server at once, whatever they are for; one more of a kind that all others wait
   * for. Absent where there are none to limit.
   */
  readonly limitConnections?: ((most: number) => void) | undefined
  /**
   * From now on at most so many requests a second; `undefined` is no limit. Absent where there are none to count. What counts
   * them for the account makes each `inTurn` (`layers/RunPace`), for the runs that have a pace of their own.
   */
  readonly limitRequests?: ((perSecond: number | undefined) => void) | undefined
  /** Opens a place in it. `values` are those given to `connect`, but for options of `ProviderFactory.placeOptions`. */
  readonly open: (at: OpenAt, values: OptionValues) => Effect.Effect<Provider, StorageError>
}
