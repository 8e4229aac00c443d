import { expect, it } from "vitest"
import { SortedNames } from "../src/SortedNames.ts"

const walk = (names: SortedNames, from = ""): string[] => {
  const found: string[] = []
  const cursor = names.seek(from)
  for (; cursor.entry !== undefined; cursor.advance()) found.push(cursor.entry.name)
  return found
}

it("stays in order through thousands of insertions and removals in any order", () => {
  const names = new SortedNames()
  const numbers = Array.from({ length: 5000 }, (_, index) => (index * 7919) % 5000)
  for (const number of numbers) names.ensure(`n${String(number).padStart(4, "0")}`)
  for (const number of numbers) if (number % 3 === 0) names.delete(`n${String(number).padStart(4, "0")}`)
  const left = numbers.filter((number) => number % 3 !== 0).sort((a, b) => a - b)
  const expected = left.map((number) => `n${String(number).padStart(4, "0")}`)
  expect(walk(names)).toEqual(expected)
  expect(names.size).toBe(expected.length)
  expect(walk(names, "n2500")[0]).toBe("n2500")
  expect(walk(names, "n2499x")[0]).toBe("n2500")
  expect(walk(names, "o")).toEqual([])
})

it("jumps over a prefix of any number of names", () => {
  const names = new SortedNames()
  for (let index = 0; index < 3000; index++) names.ensure(`b/${String(index).padStart(5, "0")}`)
  for (const name of ["a", "b", "c", "d"]) names.ensure(name)
  const cursor = names.seek("b/")
  cursor.skipPrefix("b/")
  expect(cursor.entry?.name).toBe("c")
  cursor.skipPrefix("c")
  cursor.skipPrefix("d")
  expect(cursor.entry).toBeUndefined()
})
