import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import type { TransferEvent } from "@ourclone/core/events/TransferEvent"
import { expect, test } from "vitest"
import { shorten, widthOf } from "../src/PrintableText.ts"
import * as ProgressState from "../src/ProgressState.ts"
import { lines, oneLine } from "../src/ProgressView.ts"

const path = makeUnsafe
const error = new StorageError({
  provider: "b2:x",
  operation: "put",
  reason: new InvalidRequest({ message: "bad name" })
})

const after = (...events: ReadonlyArray<TransferEvent>): ProgressState.ProgressState => {
  const state = ProgressState.make()
  for (const event of events) ProgressState.apply(state, event)
  return state
}

const totals = { sourceFiles: 4, destinationFiles: 0, same: 1, putFiles: 3, putBytes: 300, removals: 0 }
const planned = { totals, isComplete: true }

test("bytes count while a file is on its way and once when it has arrived", () => {
  const state = after(
    { _tag: "Started", path: path("a"), size: 100 },
    { _tag: "Advanced", path: path("a"), bytes: 60 },
    { _tag: "Started", path: path("b"), size: 100 },
    { _tag: "Advanced", path: path("b"), bytes: 10 }
  )
  expect(ProgressState.bytesDone(state)).toBe(70)
  ProgressState.apply(state, { _tag: "Stored", path: path("a"), size: 100 })
  expect(ProgressState.bytesDone(state)).toBe(110)
  expect([...state.inFlight.keys()]).toEqual(["b"])
})

test("bytes of an attempt that is repeated, or of a file that failed, are taken back", () => {
  const state = after(
    { _tag: "Started", path: path("a"), size: 100 },
    { _tag: "Advanced", path: path("a"), bytes: 60 },
    { _tag: "Advanced", path: path("a"), bytes: -60 },
    { _tag: "Retried", path: path("a"), error },
    { _tag: "Advanced", path: path("a"), bytes: 30 },
    { _tag: "Failed", path: "a", error }
  )
  expect(ProgressState.bytesDone(state)).toBe(0)
  expect(state).toMatchObject({ retries: 1, failed: 1, failures: [{ path: "a", because: "bad name" }] })
})

test("a thousand failures are kept and all are counted", () => {
  const events = Array.from(
    { length: 1500 },
    (_, index): TransferEvent => ({ _tag: "Failed", path: `${index}`, error: "no" })
  )
  const state = after(...events)
  expect(state.failures).toHaveLength(1000)
  expect(state.failed).toBe(1500)
})

test("the rate is that of the last ten seconds", () => {
  const state = ProgressState.make()
  expect(ProgressState.rate(state)).toBeUndefined()
  for (let second = 0; second <= 60; second++) {
    state.finishedBytes = second < 30 ? second * 1000 : 30_000
    ProgressState.sample(state, second * 1000)
  }
  expect(ProgressState.rate(state)).toBe(0)
  state.finishedBytes += 10_000
  ProgressState.sample(state, 61_000)
  expect(ProgressState.rate(state)).toBeCloseTo(10_000 / 10, -2)
})

test("what is done and left is told in files, bytes, rate and time", () => {
  const state = after({ _tag: "Stored", path: path("a"), size: 100 }, { _tag: "Started", path: path("b"), size: 100 })
  state.samples.push({ at: 0, bytes: 0 }, { at: 1000, bytes: 100 })
  expect(oneLine(state, planned)).toBe("1 of 3 files · 100 B of 300 B (33 %) · 100 B/s · 2.0 s left")
  expect(oneLine(state, { totals, isComplete: false })).toBe("1 of 3+ files · 100 B of 300 B+ · 100 B/s · 4 compared")
})

test.each([10, 20, 40, 80, 200])("no line is wider than %i columns, whatever the names", (width) => {
  const names = [
    "plain.txt",
    "日本語".repeat(30),
    `${"👩‍👩‍👧".repeat(20)}.png`,
    "e\u0301".repeat(90),
    "\u001b[31mred\u0007",
    "a\nb"
  ]
  const state = after(
    ...names.map((name): TransferEvent => ({ _tag: "Started", path: path(name), size: 5_000_000 })),
    ...Array.from({ length: 50 }, (_, index): TransferEvent => ({ _tag: "Started", path: path(`x${index}`), size: 1 })),
    { _tag: "Failed", path: "gone", error }
  )
  const drawn = lines(state, planned, width, 24)
  for (const line of drawn) expect(widthOf(line)).toBeLessThanOrEqual(width)
  expect(drawn.join("")).not.toMatch(/\p{Control}/u)
})

test("the frame is never higher than the terminal", () => {
  const events = Array.from(
    { length: 50 },
    (_, index): TransferEvent => ({ _tag: "Started", path: path(`x${index}`), size: 1 })
  )
  for (const height of [1, 2, 3, 5, 24]) {
    expect(lines(after(...events), planned, 20, height).length).toBeLessThanOrEqual(Math.max(1, height - 1))
  }
})

test("a long name loses its middle and keeps its end", () => {
  expect(shorten("photos/2024/summer/a-very-long-name.jpg", 20)).toBe("photos/…ong-name.jpg")
  expect(shorten("short", 20)).toBe("short")
  expect(shorten("long", 1)).toBe("…")
})
