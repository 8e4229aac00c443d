import { expect, it } from "@effect/vitest"
import { besideName } from "../../src/restore/BesideName.ts"

const id = "5f2a1c3d99"
const beside = (name: string, number?: number) => besideName(Buffer.from(name), id, number).toString()

it("the ending stays, and what begins with a dot or has a long ending has none", () => {
  expect(beside("notes.txt")).toBe("notes (snapshot 5f2a1c3d).txt")
  expect(beside("notes.txt", 2)).toBe("notes (snapshot 5f2a1c3d 2).txt")
  expect(beside(".profile")).toBe(".profile (snapshot 5f2a1c3d)")
  expect(beside("v1.a-long-name-of-a-part")).toBe("v1.a-long-name-of-a-part (snapshot 5f2a1c3d)")
})

it("a long name is cut between characters", () => {
  const name = besideName(Buffer.from(`${"ä".repeat(125)}.txt`), id)
  expect(name.length).toBeLessThanOrEqual(255)
  expect(name.toString()).toMatch(/^ä+ \(snapshot 5f2a1c3d\)\.txt$/)
})
