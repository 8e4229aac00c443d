import { expect, test } from "vitest"
import { telling } from "../../src/kind/RemedyWords.ts"

const remedy = { code: "unmountFirst", values: { point: "/mnt" } }

test("a remedy is said in the words of the face where it has some, else in plain ones", () => {
  expect(telling({})({ message: "it is mounted", remedy })).toBe("it is mounted; unmount /mnt first")
  const own = telling({ unmountFirst: ({ point }) => `press U at ${point}` })
  expect(own({ message: "it is mounted", remedy })).toBe("it is mounted; press U at /mnt")
})

test("a remedy that nobody has words for is left out", () => {
  for (const code of ["somebody else's", "toString", "constructor"]) {
    expect(telling({})({ message: "it failed", remedy: { code } })).toBe("it failed")
  }
})
