import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as RandomRun from "./support/RandomRun.ts"
import * as TestRepository from "./support/TestRepository.ts"

/** Of random work. By hand, with more of it: OURCLONE_RANDOM_RUN_SECONDS=600 OURCLONE_RANDOM_RUN_SEED=1. */
const seconds = Number(process.env.OURCLONE_RANDOM_RUN_SECONDS ?? 13)
const firstSeed = Number(process.env.OURCLONE_RANDOM_RUN_SEED ?? 20_261)
const stepsOfOne = 14

describe("A repository that is worked on while calls fail and jobs are cut off", () => {
  it.live(
    "loses nothing that a finished snapshot names",
    () =>
      Effect.gen(function* () {
        const end = Date.now() + seconds * 1_000
        let restored = 0
        for (let seed = firstSeed; Date.now() < end; seed++) {
          const { provider } = yield* TestRepository.inMemory()
          const done: Array<string> = []
          const life = Effect.gen(function* () {
            const run = yield* RandomRun.make(provider, seed)
            for (let count = 0; count < stepsOfOne && Date.now() < end; count++) done.push(yield* run.step)
            restored += yield* run.restoreAll
          })
          yield* Effect.tapCause(Effect.scoped(life), () =>
            Effect.sync(() => console.error(`with the seed ${seed}, after ${done.join(", ")}`))
          )
        }
        assert.isAbove(restored, 0)
      }),
    (seconds + 60) * 1_000
  )
})
