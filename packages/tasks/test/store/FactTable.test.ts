import { expect, test } from "vitest"
import * as FactTable from "../../src/store/FactTable.ts"
import type { Work } from "../../src/store/Work.ts"

interface Row {
  readonly task: string
  readonly seq: number
  readonly body: string
}

/** Answers what reads facts from those rows; gives what came of it, and how many characters each query brought. */
const readFrom = <A>(kept: ReadonlyArray<Row>, work: Work<A>) => {
  const brought: Array<number> = []
  let step = work.next()
  while (step.done !== true) {
    if (step.value._tag !== "Run") throw new Error(step.value._tag)
    const [, after, limit] = step.value.values as [string, number, number]
    const rows = kept.filter(({ seq }) => seq > after).slice(0, limit)
    brought.push(rows.reduce((sum, { body }) => sum + body.length, 0))
    step = work.next({ rows, changes: 0 })
  }
  return { value: step.value, brought }
}

const rowsOf = (count: number, facts: number, message: string): ReadonlyArray<Row> =>
  Array.from({ length: count }, (_, index) => {
    const fact = [1, { _tag: "Note", code: "a", message }]
    return { task: "t", seq: (index + 1) * facts, body: JSON.stringify(Array.from({ length: facts }, () => fact)) }
  })

test("facts that were written down one by one are read in few queries, and long ones a bounded amount at a time", () => {
  const short = readFrom(rowsOf(5_000, 1, "a"), FactTable.read("t", 100, 4_000))
  expect(short.value.map(({ seq }) => seq)).toEqual(Array.from({ length: 4_000 }, (_, index) => index + 101))
  expect(short.brought.length).toBeLessThan(6)

  const long = readFrom(rowsOf(100, 256, "a".repeat(1_000)), FactTable.read("t", 0, 25_000))
  expect(long.value).toHaveLength(25_000)
  expect(Math.max(...long.brought)).toBeLessThan(5_000_000)
  expect(readFrom(rowsOf(3, 1, "a"), FactTable.read("t", 0, 10)).brought).toHaveLength(1)
})
