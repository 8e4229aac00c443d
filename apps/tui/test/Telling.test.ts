import { assert, it, vi } from "vitest"
import * as Telling from "../src/program/Telling.ts"

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

it("what tasks tell is told four times a second at most, and a key at once", async () => {
  let at = 0
  let told = 0
  const telling = Telling.make({ now: () => at, isBusy: () => false })
  telling.onChange(() => told++)
  telling.later()
  await turn()
  assert.strictEqual(told, 1)
  // A hundred changes within a quarter of a second: none is told before it is over, unless a key comes.
  for (at = 1; at < 100; at++) telling.later()
  await turn()
  assert.strictEqual(told, 1)
  telling.soon()
  await turn()
  assert.strictEqual(told, 2)
  at = 400
  telling.later()
  await turn()
  assert.strictEqual(told, 3)
  telling.stop()
})

it("is idle only once everything was told, and nothing that was asked for is still to come", async () => {
  let isBusy = true
  let told = 0
  let isIdle = false
  const telling = Telling.make({ now: () => 0, isBusy: () => isBusy })
  telling.onChange(() => told++)
  telling.later()
  const idle = telling.whenIdle().then(() => {
    isIdle = true
  })
  await turn()
  await turn()
  assert.deepStrictEqual([told > 0, isIdle], [true, false])
  isBusy = false
  telling.soon()
  await idle
  assert.isTrue(isIdle)
  telling.stop()
})

it("whatever tasks tell and answers that come with it, in ten seconds there are forty redraws, and one for each key", async () => {
  vi.useFakeTimers()
  try {
    const telling = Telling.make({ now: Date.now, isBusy: () => false })
    const told: Array<number> = []
    telling.onChange(() => told.push(Date.now()))
    const began = Date.now()
    const keys = new Set([1_100, 1_130, 4_300])
    // What tasks tell comes every 7 ms, and what was asked for because of it right after that.
    for (let at = 0; at < 10_000; at++) {
      if (at % 7 === 0) {
        telling.later()
        telling.later()
      }
      if (keys.has(at)) telling.soon()
      await vi.advanceTimersByTimeAsync(1)
    }
    telling.stop()
    const gaps = told.slice(1).map((at, index) => [at, at - told[index]!] as const)
    const tooSoon = gaps.filter(([at, gap]) => gap < 250 && ![...keys].some((key) => Math.abs(at - began - key) <= 2))
    assert.deepStrictEqual(tooSoon, [])
    assert.isAtMost(told.length, 40 + keys.size)
    assert.isAtLeast(told.length, 38)
  } finally {
    vi.useRealTimers()
  }
})
