import { expect, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Effect from "effect/Effect"
import * as Limits from "../../src/kind/Limits.ts"
import * as Bwlimit from "../../src/place/Bwlimit.ts"

it.effect("what somebody gives a run holds until it is taken back; then what its request says does again", () =>
  Effect.gen(function* () {
    const limits = Limits.make()
    const destination = { capabilities: { isLocal: true } } as Provider
    const bandwidth = yield* Bwlimit.limiter("1k", destination, limits)
    const isLimited = [bandwidth?.isLimited()]
    for (const rates of [{ up: undefined, down: undefined }, undefined]) {
      yield* limits.change(rates)
      isLimited.push(bandwidth?.isLimited())
    }
    expect(isLimited).toEqual([true, false, true])
  }).pipe(Effect.scoped)
)
