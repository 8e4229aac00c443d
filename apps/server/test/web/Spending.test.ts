import { expect, test } from "vitest"
import { empty, type Plan } from "../../web/src/plan/PlanFold.ts"
import { isBeyond, linesOf, type Spending } from "../../web/src/plan/spending.ts"

const gigabyte = 1e9
const cost = {
  currency: "USD",
  asOf: "2026-09-07",
  once: 0.4,
  monthly: 6.95,
  sentBytes: 1000 * gigabyte,
  fetchedBytes: 0
}
const plan: Plan = {
  ...empty,
  outcome: "done",
  cost,
  largest: { item: "big.img", bytes: 20 * gigabyte },
  counts: { ...empty.counts, new: { files: 2, bytes: 1000 * gigabyte }, overwrite: { files: 1, bytes: 0 } }
}
const room = { keepsVersions: true, largestFile: 10_000 * gigabyte }
const spending: Spending = { plan, room, type: "b2", own: undefined, most: undefined, pace: undefined }
const said = (some: Partial<Spending>) => linesOf({ ...spending, ...some })
const problems = (some: Partial<Spending>) =>
  said(some)
    .filter(({ isProblem }) => isProblem)
    .map(({ text }) => text)

test("what is stored stands against the free space, or that there is no quota", () => {
  expect(said({})[0]?.text).toContain("Backblaze B2 names no quota")
  expect(said({ room: { ...room, freeSpace: 2000 * gigabyte } })[0]?.text).toMatch(/are free there\.$/)
  expect(problems({ room: { ...room, freeSpace: 5 * gigabyte } })).toEqual([
    "Stores 931 GiB, and only 4.7 GiB are free there. Free some space first."
  ])
})

test("how long it takes is told by what the last one took, where there was one", () => {
  expect(said({ pace: 20 * 1024 * 1024 })[0]?.text).toBe(
    "Takes about 13 hours at 20.0 MiB/s, as fast as the last one there was."
  )
})

test("a file that is larger than the storage takes is named", () => {
  expect(problems({})).toEqual([])
  expect(problems({ room: { ...room, largestFile: 5 * gigabyte } })).toEqual([
    "big.img has 18.6 GiB; the storage takes files of up to 4.7 GiB. It will fail."
  ])
})

test("of what is overwritten or deleted it is said what the destination keeps, as the plan was told", () => {
  const counts = { ...plan.counts, delete: { files: 1, bytes: 0 } }
  const about = (kept: Plan["kept"]) =>
    said({ plan: { ...plan, counts, kept } }).flatMap(({ text }) => (/^(?:Over|Del)/.test(text) ? text : []))
  expect(about(undefined)).toEqual([])
  expect(about({ replaced: false, removed: false })).toEqual([
    "Overwritten files: the old ones are gone, no versions kept.",
    "Deleted files: gone for good, no versions kept."
  ])
  expect(about({ replaced: true, removed: true })).toEqual([
    "Overwritten files: old versions stay until a rule ends them.",
    "Deleted files: hidden until a rule ends them."
  ])
})

test("costs are those of the plan, or by one's own rates, and a limit holds for both together", () => {
  expect(said({}).at(-1)?.text).toMatch(
    /^Costs \$6\.95 a month more and \$0\.40 at once \(rates of 2026-09-07, yours may differ\)/
  )
  const own = { asOf: "2026-11-01", storedGBMonth: 0.001, fetchedGB: 0 }
  expect(said({ own }).at(-1)?.text).toMatch(/^Costs \$1\.00 a month more \(by your own rates of 2026-11-01\)/)
  expect([isBeyond({ ...spending, most: 7.36 }), isBeyond({ ...spending, most: 7.3 })]).toEqual([false, true])
  expect(problems({ most: 7.3 })).toEqual(["That is more than your limit of $7.30: it would do nothing."])
})

test("nothing is said of what is not known", () => {
  expect(linesOf({ ...spending, plan: { ...plan, cost: undefined }, room: undefined, type: undefined })).toEqual([])
})
