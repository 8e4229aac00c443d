import { assert, it } from "vitest"
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
