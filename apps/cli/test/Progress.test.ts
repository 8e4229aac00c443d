import type { Failure } from "@ourclone/core/events/Failure"
import { shorten, widthOf } from "@ourclone/core/events/PrintableText"
import type { InFlight, RunEvent } from "@ourclone/core/events/RunEvent"
import * as RunView from "@ourclone/core/events/RunView"
import { ofWaiting } from "@ourclone/core/events/WaitingText"
import { expect, test } from "vitest"
import { lines, oneLine } from "../src/ProgressView.ts"

/** What it looks like after events, each at its time in milliseconds. */
const after = (...events: ReadonlyArray<readonly [at: number, event: RunEvent]>): RunView.RunView => {
  let seq = 0
  return events.reduce((view, [at, event]) => {
    const place = event._tag === "Progress" ? { v: 1, at } : { v: 1, seq: ++seq, at }
    return RunView.fold(view, { ...(place as { v: 1; at: number }), event })
  }, RunView.empty)
}

const planned = (isFinal: boolean): RunEvent => ({
  _tag: "Planned",
  files: 3,
  bytes: 300,
  removals: 0,
  same: 1,
  isFinal
})

const progress = (
  files: number,
  bytes: number,
  current: ReadonlyArray<InFlight> = [],
  phase: "transferring" | "hashing" = "transferring"
): RunEvent => ({ _tag: "Progress", phase, files, bytes, current })

const failure: Failure = { code: "Unavailable", message: "nobody answers", provider: "b2:x", isRetryable: true }

test("what is done and left is told in files, bytes, rate and time", () => {
  const events = [
    [0, progress(0, 0)],
    [1000, progress(1, 100)]
  ] as const
  expect(oneLine(after([0, planned(true)], ...events), 1000)).toBe(
    "1 of 3 files · 100 B of 300 B (33 %) · 100 B/s · 2.0 s left"
  )
  expect(oneLine(after([0, planned(false)], ...events), 1000)).toBe(
    "1 of 3+ files · 100 B of 300 B+ · 100 B/s · 4 compared"
  )
})

test("a rate is none once nothing has come for ten seconds", () => {
  const view = after([0, planned(true)], [0, progress(0, 0)], [1000, progress(1, 100)])
  expect(oneLine(view, 12_000)).toContain("0 B/s")
  expect(oneLine(view, 12_000)).not.toContain("left")
})

test("one file is one file", () => {
  const one: RunEvent = { _tag: "Planned", files: 1, bytes: 100, removals: 0, isFinal: true }
  expect(oneLine(after([0, one]), 0)).toMatch(/^0 of 1 file ·/)
})

test("hashing before the first byte is sent is told with its share", () => {
  const file: InFlight = { item: "big", done: 37, size: 100, phase: "hashing" }
  const view = after([0, planned(true)], [0, progress(0, 0, [file], "hashing")])
  expect(oneLine(view, 0)).toMatch(/^hashing, 37 % · 0 of 3 files/)
  expect(lines(view, 0, 60, 24).at(-1)).toMatch(/big +hashing 37 % +100 B/)
})

test("what a run waits for is told first, with who asks for it and for how long", () => {
  const view = after(
    [0, planned(true)],
    [1000, { _tag: "Waiting", for: "service", until: 13_000, failure: { ...failure, code: "RateLimited" } }]
  )
  expect(oneLine(view, 1000)).toMatch(/^b2:x asks to wait 12 s · 0 of 3 files/)
})

test.each([
  [0, "no network (nobody answers)"],
  [12_000, "no network since 12 s (nobody answers)"],
  [120_000, "no network since 2 min (nobody answers)"]
])("%i ms without a network are told as %s", (millis, text) => {
  expect(ofWaiting({ for: "network", since: 5000, until: undefined, failure }, 5000 + millis)).toBe(text)
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
  const current = names.map((item): InFlight => ({ item, done: 0, size: 5_000_000 }))
  const view = after(
    [0, planned(true)],
    [0, { _tag: "Failed", failure }],
    [0, { _tag: "Waiting", for: "network", failure: { ...failure, message: "日本語".repeat(30) } }],
    [0, { _tag: "Progress", phase: "transferring", files: 0, bytes: 0, current, more: 50 }]
  )
  const drawn = lines(view, 0, width, 24)
  for (const line of drawn) expect(widthOf(line)).toBeLessThanOrEqual(width)
  expect(drawn.join("")).not.toMatch(/\p{Control}/u)
})

test("the frame is never higher than the terminal", () => {
  const current = Array.from({ length: 16 }, (_, index): InFlight => ({ item: `x${index}`, done: 0, size: 1 }))
  const view = after([0, { _tag: "Progress", phase: "transferring", files: 0, bytes: 0, current, more: 34 }])
  for (const height of [1, 2, 3, 5, 24]) {
    expect(lines(view, 0, 20, height).length).toBeLessThanOrEqual(Math.max(1, height - 1))
  }
  expect(lines(view, 0, 80, 24).at(-1)).toBe("  and 44 more")
})

test("a long name loses its middle and keeps its end", () => {
  expect(shorten("photos/2024/summer/a-very-long-name.jpg", 20)).toBe("photos/…ong-name.jpg")
  expect(shorten("short", 20)).toBe("short")
  expect(shorten("long", 1)).toBe("…")
})
