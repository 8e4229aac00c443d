import { afterEach, beforeEach, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as HangUp from "../../src/process/HangUp.ts"

const before = process.listeners("SIGHUP")
let received = 0
const listener = () => {
  received++
}
beforeEach(() => {
  received = 0
  process.on("SIGHUP", listener)
})
afterEach(() => void process.off("SIGHUP", listener))

/** Until this process has heard of it. */
const hangUp = Effect.promise(
  () =>
    new Promise<void>((resolve) => {
      process.once("SIGHUP", () => setImmediate(resolve))
      process.kill(process.pid, "SIGHUP")
    })
)

describe.skipIf(process.platform === "win32")("SIGHUP", () => {
  for (const hasTerminal of [true, false]) {
    it.live(`is only a question while a lock is held, ${hasTerminal ? "at a terminal" : "as under cron"}`, () =>
      Effect.gen(function* () {
        yield* Effect.scoped(
          Effect.andThen(
            HangUp.tolerate(() => hasTerminal),
            hangUp
          )
        )
        expect(received).toBe(0)
        yield* hangUp
        expect(received).toBe(1)
      })
    )
  }

  it.live("counts when the terminal is gone since", () =>
    Effect.gen(function* () {
      let isOpen = true
      yield* HangUp.tolerate(() => isOpen)
      isOpen = false
      yield* hangUp
      expect(received).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("is a question until the last of several locks is given back", () =>
    Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Effect.scoped(HangUp.tolerate(() => true))
          yield* HangUp.tolerate(() => true)
          yield* Effect.scoped(HangUp.tolerate(() => true))
          yield* hangUp
        })
      )
      expect(received).toBe(0)
      expect(process.listeners("SIGHUP")).toEqual([...before, listener])
    })
  )
})
