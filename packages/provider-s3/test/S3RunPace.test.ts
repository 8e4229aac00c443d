import { expect, it } from "@effect/vitest"
import { RequestPace } from "@ourclone/core/layers/RequestPace"
import { paced } from "@ourclone/core/layers/RunPace"
import { at, put } from "@ourclone/core/testing/Check"
import { Effect, Fiber, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"

/** One goes by a request of our own, the other through the library. */
it.live.each(["read", "remove"] as const)(
  "a run's requests to %s keep to its pace, and those of others do not",
  (method) =>
    Effect.gen(function* () {
      const provider = yield* openAt(yield* emulate(), "bucket")
      const file = yield* put(provider, "a", "hello")
      const call = (of: typeof provider) => (method === "read" ? Stream.runDrain(of.read(file)) : of.remove(at("b")))
      const pace = new RequestPace()
      pace.limit(0.001)
      const limited = paced(provider, pace)
      yield* call(limited)
      const held = yield* Effect.forkChild(call(limited))
      for (let time = 0; time < 5; time++) yield* call(provider)
      expect(held.pollUnsafe()).toBeUndefined()
      pace.limit(undefined)
      yield* Fiber.join(held)
    })
)
