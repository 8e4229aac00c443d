import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import * as ThreadPlaces from "../../src/machine/ThreadPlaces.ts"

/** Lets whatever waits for nothing come to its end. */
const settle = Effect.promise(async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
})

/** Takes a turn until it is interrupted, and says so. */
const holdTurn = (places: ThreadPlaces.ThreadPlaces, told: Array<string>, name: string) =>
  Effect.forkChild(
    Effect.scoped(
      Effect.andThen(
        places.turn,
        Effect.suspend(() => {
          told.push(name)
          return Effect.never
        })
      )
    )
  )

describe("places for threads", () => {
  it("go to the first that asks, and each later one gets what is left", () => {
    const places = ThreadPlaces.make(8)
    const taken = Array.from({ length: 8 }, () => places.take(4, 1))
    expect(taken).toEqual([4, 4, 1, 1, 1, 1, 1, 1])
    expect(places.used()).toBe(14)
  })

  it("that somebody insists on are there, and free places come back with those that are given", () => {
    const places = ThreadPlaces.make(2)
    expect(places.take(6, 6)).toBe(6)
    expect(places.take(1, 0)).toBe(0)
    for (let each = 0; each < 5; each++) places.give()
    expect(places.take(6, 0)).toBe(1)
  })

  it.live("are waited for by short tasks, in their order", () =>
    Effect.gen(function* () {
      const places = ThreadPlaces.make(2)
      const told: Array<string> = []
      const first = yield* holdTurn(places, told, "first")
      yield* holdTurn(places, told, "second")
      yield* settle
      const gone = yield* holdTurn(places, told, "gone")
      yield* settle
      yield* holdTurn(places, told, "third")
      yield* settle
      expect(told).toEqual(["first", "second"])
      yield* Fiber.interrupt(gone)
      yield* Fiber.interrupt(first)
      yield* settle
      expect(told).toEqual(["first", "second", "third"])
      expect(places.used()).toBe(2)
    })
  )

  it.live("let short tasks run one by one where long ones have taken all", () =>
    Effect.gen(function* () {
      const places = ThreadPlaces.make(2)
      places.take(2, 2)
      const told: Array<string> = []
      const first = yield* holdTurn(places, told, "first")
      yield* settle
      yield* holdTurn(places, told, "second")
      yield* settle
      expect(told).toEqual(["first"])
      yield* Fiber.interrupt(first)
      yield* settle
      expect(told).toEqual(["first", "second"])
    })
  )
})
