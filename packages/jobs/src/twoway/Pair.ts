/** The two sides, in an order of their own: which one was named first makes no difference. */

import type { Provider } from "@ourclone/core/contract/Provider"
import { overlap } from "@ourclone/core/engine/Guard"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import { open } from "../place/OpenPlace.ts"
import * as OwnFiles from "../place/OwnFiles.ts"
import type { Request } from "./BisyncFields.ts"
import type { Sided } from "./Presence.ts"

export interface Pair {
  readonly first: Provider
  readonly second: Provider
  /** As they were asked for, in the order of the request. */
  readonly asked: readonly [Sided, Sided]
}

const nameOf = ({ place }: Provider): string => JSON.stringify([place.account, place.ways[0]?.map(({ name }) => name)])

/** Fails with `GuardStopped` where one lies in the other. */
export const openPair = Effect.fnUntraced(function* ({ createsBucket, first, second }: Request, tell: Tell) {
  const openSide = (text: string) =>
    Effect.flatMap(open(text, tell, { createsBuckets: createsBucket }), OwnFiles.without)
  const sides = [yield* openSide(first), yield* openSide(second)] as const
  const overlapping = overlap(sides[0], sides[1])
  if (overlapping !== undefined) return yield* overlapping
  const isInOrder = nameOf(sides[0]) <= nameOf(sides[1])
  const asked: Pair["asked"] = [
    { text: first, provider: sides[0] },
    { text: second, provider: sides[1] }
  ]
  const pair: Pair = isInOrder
    ? { first: sides[0], second: sides[1], asked }
    : { first: sides[1], second: sides[0], asked }
  return pair
})
