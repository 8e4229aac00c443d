import { expect, test } from "vitest"
import { headingsOf, lineOf, onLine } from "../../web/src/ui/rowGroups.ts"

test("rows stand under the heading of their group, each on the line where it is looked for", () => {
  const rows = ["b2", "b1", "a3", "a2", "c1"]
  const headings = headingsOf(rows, (row) => row.charAt(0))
  const lines = Array.from({ length: rows.length + headings.length }, (_, line) => onLine(headings, line))
  expect(lines.map((line) => (typeof line === "number" ? rows[line] : line.label))).toEqual([
    ...["b", "b2", "b1"],
    ...["a", "a3", "a2"],
    ...["c", "c1"]
  ])
  expect(rows.map((_, row) => onLine(headings, lineOf(headings, row)))).toEqual([0, 1, 2, 3, 4])
})

test("without groups a row is a line", () => {
  expect(headingsOf(["a", "b"], undefined)).toEqual([])
  expect([onLine([], 1), lineOf([], 1)]).toEqual([1, 1])
})
