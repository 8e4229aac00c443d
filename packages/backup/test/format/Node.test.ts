import { describe, expect, it } from "@effect/vitest"
import { nameRefusal } from "../../src/format/Node.ts"

const refusal = (name: string) => nameRefusal({ name: Buffer.from(name) })

describe("nameRefusal", () => {
  it("takes on Windows no name that divides folders or means a drive there", () => {
    for (const name of ["..\\evil", "\\evil", "a\\b", "C:evil", "file:stream"]) {
      expect(nameRefusal({ name: Buffer.from(name) }, true)).toContain("here")
      expect(nameRefusal({ name: Buffer.from(name) }, false)).toBeUndefined()
    }
  })

  it.each(["", ".", "..", "/", "a/b", "/etc", "../x", "a\u0000", "\u0000"])(
    "refuses %j as the name of a file",
    (name) => {
      expect(refusal(name)).toMatch(/name/)
    }
  )

  it.each(["...", ".a", "..a", "a..", " ", "\\", "\n", "日本", "C:"])("lets %j be", (name) => {
    expect(refusal(name)).toBeUndefined()
  })
})
