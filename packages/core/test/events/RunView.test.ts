import * as Option from "effect/Option"
import { expect, test } from "vitest"
import * as Envelope from "../../src/events/Envelope.ts"
import * as Rate from "../../src/events/Rate.ts"
import type { Fact, RunEvent } from "../../src/events/RunEvent.ts"
import * as RunView from "../../src/events/RunView.ts"

const failed = (item: string): Fact => ({
  _tag: "Failed",
  failure: { code: "SourceChanged", message: "it changed", item, isRetryable: false }
})

const recorded: ReadonlyArray<RunEvent> = [
  { _tag: "Planned", files: 2, bytes: 20, removals: 1, same: 4, isFinal: false },
  { _tag: "Progress", phase: "transferring", files: 0, bytes: 5, current: [{ item: "a", done: 5, size: 10 }] },
  { _tag: "Done", deed: "stored", item: "a", bytes: 10 },
  { _tag: "Skipped", item: "link", because: "it is a symbolic link" },
  failed("b"),
  { _tag: "Planned", files: 2, bytes: 20, removals: 1, same: 5, isFinal: true },
  { _tag: "Waiting", for: "network" },
  { _tag: "Progress", phase: "deleting", files: 2, bytes: 10, current: [] },
  { _tag: "Done", deed: "removed", item: "c" },
  { _tag: "Finished", outcome: "done" }
]

let seq = 0
const stream = recorded.map((event, index): Envelope.Envelope => {
  const at = index * 1000
  return event._tag === "Progress" ? { v: 1, at, event } : { v: 1, at, seq: ++seq, event }
})
const whole = stream.reduce(RunView.fold, RunView.empty)

test("a stream folds to what was planned, done, skipped and failed, with its times", () => {
  expect(whole).toMatchObject({
    isGapless: true,
    beganAt: 0,
    lastAt: 9000,
    phase: "deleting",
    planned: { files: 2, bytes: 20, removals: 1, same: 5, isFinal: true },
    done: { files: 2, bytes: 10 },
    deeds: { stored: 1, removed: 1 },
    settledBytes: 10,
    skipped: 1,
    skips: { "it is a symbolic link": { count: 1 } },
    failed: 1,
    causes: { SourceChanged: { items: 1 } },
    waiting: undefined,
    finished: { outcome: "done" }
  })
})

test("facts that come twice change nothing", () => {
  const facts = stream.filter(({ event }) => event._tag !== "Progress")
  expect(facts.reduce(RunView.fold, whole)).toEqual(whole)
})

test("a stream that is joined in its middle is not gapless, and one that is read on from where it was is", () => {
  expect(stream.slice(4).reduce(RunView.fold, RunView.empty).isGapless).toBe(false)
  const half = stream.slice(0, 5).reduce(RunView.fold, RunView.empty)
  expect(stream.slice(2).reduce(RunView.fold, half).isGapless).toBe(true)
})

test("a run waits from the first time that it says so until something goes on", () => {
  const at = (millis: number, event: RunEvent, seq?: number) =>
    ({ v: 1, at: millis, event, ...(seq === undefined ? {} : { seq }) }) as Envelope.Envelope
  const still: RunEvent = { _tag: "Progress", phase: "transferring", files: 0, bytes: 5, current: [] }
  const waiting = [
    at(0, still),
    at(1000, { _tag: "Waiting", for: "network" }, 1),
    at(2000, still),
    at(3000, { _tag: "Waiting", for: "network", until: 9000 }, 2)
  ].reduce(RunView.fold, RunView.empty)
  expect(waiting.waiting).toMatchObject({ since: 1000, until: 9000 })
  expect(RunView.fold(waiting, at(4000, { ...still, bytes: 6 })).waiting).toBeUndefined()
})

test("a thousand failures are kept and all are counted", () => {
  let view = RunView.empty
  for (let seq = 1; seq <= 1500; seq++) view = RunView.fold(view, { v: 1, at: 0, seq, event: failed(`${seq}`) })
  expect(view.failures).toHaveLength(RunView.failuresKept)
  expect(view.failed).toBe(1500)
  expect(view.causes.SourceChanged).toMatchObject({ items: 1500, example: { item: "1" } })
})

test("a reader passes over a deed that it does not know", () => {
  const read = Envelope.read({ v: 1, seq: 1, at: 5, event: { _tag: "Done", deed: "archived", item: "a" } })
  expect(Option.getOrThrow(read).event).toBeUndefined()
})

test("a reader passes over facts that it does not know, and misses none for that", () => {
  const later = Envelope.read({ v: 1, seq: 1, at: 5, event: { _tag: "Mounted", where: "/mnt" } })
  expect(Option.getOrThrow(later)).toEqual({ v: 1, seq: 1, at: 5, event: undefined })
  const known = Envelope.read({ v: 1, seq: 2, at: 6, event: { _tag: "Note", code: "x", message: "y", colour: "red" } })
  const view = [later, known].map(Option.getOrThrow).reduce(RunView.fold, RunView.empty)
  expect(view).toMatchObject({ seq: 2, isGapless: true })
})

test.each([
  ["another version", { v: 2, seq: 1, at: 5, event: { _tag: "Note", code: "x", message: "y" } }],
  ["an envelope without a time", { v: 1, seq: 1, event: { _tag: "Note", code: "x", message: "y" } }],
  ["something else", "hello"]
])("a reader takes %s for no event", (_, json) => {
  expect(Option.isNone(Envelope.read(json))).toBe(true)
})

test("the rate is that of the last ten seconds", () => {
  let samples: Rate.Samples = []
  expect(Rate.perSecond(samples)).toBeUndefined()
  for (let second = 0; second <= 60; second++) {
    samples = Rate.withSample(samples, second * 1000, second < 30 ? second * 1000 : 30_000)
  }
  expect(Rate.perSecond(samples)).toBe(0)
  samples = Rate.withSample(samples, 61_000, 40_000)
  expect(Rate.perSecond(samples)).toBeCloseTo(10_000 / 10, -2)
})

test("bytes on their way are not those of items that are done", () => {
  expect(RunView.fold(RunView.empty, stream[1]!)).toMatchObject({ done: { bytes: 5 }, settledBytes: 0 })
})
