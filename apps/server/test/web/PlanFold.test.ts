import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { expect, test } from "vitest"
import { empty, fold, rowsKept, warningsKept } from "../../web/src/plan/PlanFold.ts"

const envelopes = (events: ReadonlyArray<RunEvent>, first = 1) =>
  events.map((event, index) => ({ v: 1 as const, seq: first + index, at: 1000, event }))

test("a plan counts what is new, overwritten, deleted and passed over, and what is left alone is none of them", () => {
  const plan = fold(
    empty,
    envelopes([
      { _tag: "Would", deed: "stored", item: "a", bytes: 10, because: "missing" },
      { _tag: "Would", deed: "stored", item: "b", bytes: 20, because: "size differs" },
      { _tag: "Would", deed: "same", item: "c" },
      { _tag: "Would", deed: "moved", item: "d", because: "same at the destination" },
      { _tag: "Would", deed: "removed", item: "e", bytes: 5 },
      { _tag: "Skipped", item: "f", because: "a socket" },
      { _tag: "Failed", failure: { code: "Unreadable", message: "no", item: "g", isRetryable: false } },
      { _tag: "Planned", files: 2, bytes: 30, removals: 1, same: 7, isFinal: true },
      { _tag: "Finished", outcome: "done" }
    ])
  )
  expect(plan.counts).toMatchObject({
    new: { files: 1, bytes: 10 },
    overwrite: { files: 1, bytes: 20 },
    delete: { files: 1, bytes: 5 },
    pass: { files: 1 },
    fail: { files: 1 },
    other: { files: 0 }
  })
  expect(plan.view.planned.same).toBe(7)
  expect(plan.rows.map(({ item }) => item)).toEqual(["a", "b", "e", "f", "g"])
  expect(plan.outcome).toBe("done")
})

test("folders and links of a restore are none of its files", () => {
  const plan = fold(
    empty,
    envelopes([
      { _tag: "Would", deed: "restored", item: "folder", what: "folder" },
      { _tag: "Would", deed: "restored", item: "folder/link", what: "link" },
      { _tag: "Would", deed: "restored", item: "folder/a", bytes: 3 }
    ])
  )
  expect(plan.counts).toMatchObject({ new: { files: 1 }, folder: { files: 1 }, other: { files: 1 } })
})

test("a plan stopped by a guard keeps what would let it go on", () => {
  const failure = {
    code: "GuardStopped",
    message: "too many",
    remedy: { code: "allowRemovals", values: { removals: "312" } },
    isRetryable: false
  }
  const plan = fold(empty, envelopes([{ _tag: "Finished", outcome: "failed", failure }]))
  expect(plan).toMatchObject({ outcome: "failed", failure: { remedy: { values: { removals: "312" } } } })
})

test("of very many files the counts are of all, and the rows are bounded", () => {
  const many = Array.from(
    { length: rowsKept + 10 },
    (_, index): RunEvent => ({ _tag: "Would", deed: "stored", item: `f${index}`, bytes: 1, because: "missing" })
  )
  const half = many.length / 2
  const plan = fold(fold(empty, envelopes(many.slice(0, half))), envelopes(many.slice(half), half + 1))
  expect(plan.counts.new).toEqual({ files: many.length, bytes: many.length })
  expect(plan.rows).toHaveLength(rowsKept)
  expect(plan.view.isGapless).toBe(true)
})

test("however much there is to warn of, what is kept of it is bounded", () => {
  const many = Array.from(
    { length: warningsKept + 10 },
    (_, index): RunEvent => ({ _tag: "Note", code: "removesRepository", message: `r${index}/ is a backup repository` })
  )
  expect(fold(empty, envelopes(many)).warnings).toHaveLength(warningsKept)
})

test("the largest file that would be stored and what the plan costs are kept, and nothing of what is restored is lost", () => {
  const cost = { currency: "USD", asOf: "2026-09-07", once: 0.1, monthly: 2, sentBytes: 30, fetchedBytes: 0 }
  const plan = fold(
    empty,
    envelopes([
      { _tag: "Would", deed: "restored", item: "a", bytes: 10 },
      { _tag: "Would", deed: "updated", item: "b", bytes: 30 },
      { _tag: "Would", deed: "removed", item: "c", bytes: 50 },
      { _tag: "Finished", outcome: "done", summary: { stored: 2, cost } }
    ])
  )
  expect(plan.counts).toMatchObject({ new: { files: 1 }, overwrite: { files: 1 }, delete: { files: 1 } })
  expect([plan.largest, plan.cost]).toEqual([{ item: "b", bytes: 30 }, cost])
})

test("a plan keeps what has to be thought of before it is started", () => {
  const message = "home/ is a backup repository: all its snapshots would be deleted"
  const plan = fold(empty, envelopes([{ _tag: "Note", code: "removesRepository", message }]))
  expect(plan.warnings).toEqual([message])
})
