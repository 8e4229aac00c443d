import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { RequestPace } from "@ourclone/core/layers/RequestPace"

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }))
afterEach(() => void vi.useRealTimers())

const started = (pace: RequestPace, count: number) => {
  const at: Array<number> = []
  const begun = performance.now()
  const leaves = Array.from({ length: count }, () => pace.enter(() => at.push(Math.round(performance.now() - begun))))
  return { at, leaves }
}

describe("RequestPace", () => {
  it("starts everything at once without a limit, and evenly with one", () => {
    const pace = new RequestPace()
    assert.lengthOf(started(pace, 100).at, 100)
    pace.limit(4)
    const { at } = started(pace, 5)
    vi.advanceTimersByTime(10_000)
    assert.deepStrictEqual(at, [0, 250, 500, 750, 1000])
  })

  it("makes up for no time in which nothing was asked for", () => {
    const pace = new RequestPace()
    pace.limit(2)
    started(pace, 1)
    vi.advanceTimersByTime(60_000)
    const { at } = started(pace, 3)
    vi.advanceTimersByTime(10_000)
    assert.deepStrictEqual(at, [0, 500, 1000])
  })

  it("takes another limit for those who wait too, and none", () => {
    const pace = new RequestPace()
    pace.limit(0.1)
    const { at } = started(pace, 3)
    vi.advanceTimersByTime(1_000)
    assert.deepStrictEqual(at, [0])
    pace.limit(10)
    vi.advanceTimersByTime(100)
    assert.deepStrictEqual(at, [0, 1100])
    pace.limit(undefined)
    assert.deepStrictEqual(at, [0, 1100, 1100])
  })

  it("forgets who leaves before its turn", async () => {
    const pace = new RequestPace()
    pace.limit(1)
    const { at, leaves } = started(pace, 3)
    leaves[1]?.()
    vi.advanceTimersByTime(1_000)
    assert.deepStrictEqual(at, [0, 1000])
    const abort = new AbortController()
    const turn = pace.turn(abort.signal)
    abort.abort(new Error("gone"))
    assert.strictEqual(vi.getTimerCount(), 0)
    let message = ""
    await turn.catch((error: Error) => {
      message = error.message
    })
    assert.strictEqual(message, "gone")
  })
})
