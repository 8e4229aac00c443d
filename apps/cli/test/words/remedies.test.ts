import { expect, test } from "vitest"
import { told } from "../../src/words/remedies.ts"

test("what could be done comes behind what went wrong, with the values of this case", () => {
  const remedy = { code: "allowRemovals", values: { removals: "700" } }
  expect(told({ message: "too many", remedy })).toBe("too many; if that is right, say --max-delete 700")
})

test("a remedy that this program does not know is left out", () => {
  for (const code of ["somebody else's", "toString", "constructor"]) {
    expect(told({ message: "it failed", remedy: { code } })).toBe("it failed")
  }
})
