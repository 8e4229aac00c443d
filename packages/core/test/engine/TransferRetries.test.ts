import { assert, describe, it } from "@effect/vitest"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { silent } from "@ourclone/core/events/Tell"
import { retried } from "@ourclone/core/layers/Retried"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { put, textAt } from "../../src/testing/Check.ts"

describe("a transfer between providers that repeat by themselves", () => {
  it.effect("counts each retry once and says what it waits for", () =>
    Effect.gen(function* () {
      const source = retried(MemoryProvider.make())
      const memory = MemoryProvider.make()
      const faults = [1, 2, 3].map((nth) => ({ method: "put" as const, nth, kind: "fail" as const }))
      const destination = retried(FaultyProvider.make(memory, faults))
      yield* put(source, "a", "hello")
      const facts: Array<Fact> = []
      const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: false })
      const work = Transfer.execute(source, destination, plan, {
        transfers: 1,
        partConcurrency: 1,
        allowsEmptySource: false,
        tell: { ...silent, fact: (fact) => void facts.push(fact) }
      })
      const fiber = yield* Effect.forkChild(work)
      yield* TestClock.adjust("1 hour")
      const summary = yield* Fiber.join(fiber)
      assert.deepInclude(summary, { stored: 1, failed: 0, retries: 3 })
      assert.strictEqual(yield* textAt(memory, "a"), "hello")
      const waiting = facts.filter((fact) => fact._tag === "Waiting")
      assert.isNotEmpty(waiting)
      assert.deepInclude(waiting[0], { for: "service" })
    })
  )
})
