import { assert, describe, it } from "@effect/vitest"
import * as Timetable from "@ourclone/core/layers/Timetable"
import { Effect, Exit, Result, Scope } from "effect"
import { TestClock } from "effect/testing"

const parsed = (text: string) => Result.getOrThrow(Timetable.parse(text))
const failure = (text: string) => Result.match(Timetable.parse(text), { onFailure: String, onSuccess: () => "" })
/** Local time of a week in which 3 May 2026 is a Sunday. */
const on = (day: number, hour: number, minute = 0) => new Date(2026, 4, 3 + day, hour, minute).getTime()
const up = (text: string, millis: number) => Timetable.at(parsed(text), millis).up
const k = 1024
const unlimited = Number.POSITIVE_INFINITY

describe("Timetable", () => {
  it("is one rate always, where no time is said", () => {
    assert.strictEqual(up("10M", on(0, 3)), 10 * k * k)
    assert.deepStrictEqual(Timetable.at(parsed("10M:off"), on(3, 3)), { up: 10 * k * k, down: undefined })
    assert.strictEqual(up("off", on(0, 3)), undefined)
    assert.isFalse(Timetable.changes(parsed("10M")))
  })

  it("changes by the hour of this machine; the last of a day holds until the first of the next", () => {
    const text = "08:00,512k 12:00,10M:1M 13:00,512k 19:00,off"
    assert.isTrue(Timetable.changes(parsed(text)))
    assert.strictEqual(up(text, on(2, 7, 59)), unlimited)
    assert.strictEqual(up(text, on(2, 8)), 512 * k)
    assert.deepStrictEqual(Timetable.at(parsed(text), on(2, 12, 30)), { up: 10 * k * k, down: k * k })
    assert.strictEqual(up(text, on(2, 18, 59)), 512 * k)
    assert.strictEqual(up(text, on(2, 23)), unlimited)
    assert.strictEqual(up(text, on(0, 0)), unlimited)
  })

  it("has days, on which what is said of one of them holds over what is said of all", () => {
    const week = "Mon-00:00,512k Fri-23:59,10M sat-10:00,1M SUNDAY-20:00,off"
    assert.strictEqual(up(week, on(0, 19)), k * k)
    assert.strictEqual(up(week, on(0, 21)), unlimited)
    assert.strictEqual(up(week, on(1, 0)), 512 * k)
    assert.strictEqual(up(week, on(5, 23, 58)), 512 * k)
    assert.strictEqual(up(week, on(5, 23, 59)), 10 * k * k)
    assert.strictEqual(up(week, on(6, 12)), k * k)
    assert.strictEqual(up("08:00,1M Wed-08:00,2M", on(3, 9)), 2 * k * k)
    assert.strictEqual(up("08:00,1M Wed-08:00,2M", on(4, 9)), k * k)
  })

  it("says what is wrong with it", () => {
    for (const text of ["25:00,1M", "08:60,1M", "Moonday-08:00,1M", "08:00,1M 1M", "1M,2M"]) {
      assert.include(failure(text), "no part of a timetable", text)
    }
    assert.include(failure("08:00,fast"), '"fast" is not a size')
    assert.include(failure("fast"), '"fast" is not a size')
  })

  it.effect("tells what holds now, and each change at its minute, until its scope closes", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(on(2, 7, 58) + 30_000)
      const told: Array<number | undefined> = []
      const scope = yield* Scope.make()
      const follow = Timetable.follow(parsed("08:00,512k 08:02,1M"), (rates) => Effect.sync(() => told.push(rates.up)))
      yield* Effect.provideService(follow, Scope.Scope, scope)
      assert.deepStrictEqual(told, [k * k])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(told, [k * k, k * k])
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(told.at(-1), 512 * k)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(told.at(-1), k * k)
      yield* Scope.close(scope, Exit.void)
      const before = told.length
      yield* TestClock.adjust("1 day")
      assert.strictEqual(told.length, before)
    })
  )
})
