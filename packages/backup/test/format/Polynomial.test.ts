import { createCipheriv } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import * as Polynomial from "../../src/format/Polynomial.ts"

const irreducible = ["3da3358b4dc173", "2482734cacca49", "2d75606ba84ab3", "25b468838dcb75"]
const reducible = [
  "38f1e565e288df",
  "30a8295b9d5c91",
  "255f4350b962cb",
  "267f776110a235",
  "2f4dae10d41227",
  "312daf4b284899",
  "200d57aa6fdacb",
  "3da3358b4dc171"
]

describe("Polynomial", () => {
  it.each(irreducible)("%s is irreducible", (text) => {
    expect(Polynomial.isUsable(Polynomial.parse(text)!)).toBe(true)
  })
  it.each(reducible)("%s is not", (text) => {
    expect(Polynomial.isUsable(Polynomial.parse(text)!)).toBe(false)
  })
  it("an irreducible one of another degree does not serve", () => {
    expect(Polynomial.isIrreducible(0b111n)).toBe(true)
    expect(Polynomial.isUsable(0b111n)).toBe(false)
    expect(Polynomial.isUsable(0n)).toBe(false)
  })
  it("random ones are made from random bytes as restic makes them", () => {
    const stream = createCipheriv("aes-256-ctr", Buffer.alloc(32), Buffer.alloc(16))
    let reads = 0
    const polynomial = Polynomial.random(() => {
      reads++
      return stream.update(Buffer.alloc(8))
    })
    expect(Polynomial.format(polynomial)).toBe("26869c2410b7b1")
    expect(reads).toBe(31)
  })
  it("random ones serve, and are not the same twice", () => {
    const [first, second] = [Polynomial.random(), Polynomial.random()]
    expect(Polynomial.isUsable(first)).toBe(true)
    expect(Polynomial.format(first)).toMatch(/^[23][0-9a-f]{13}$/)
    expect(first).not.toBe(second)
  })
  it("upper-case hex is read, other text is not", () => {
    expect(Polynomial.parse("3DA3358B4DC173")).toBe(0x3da3358b4dc173n)
    for (const text of ["", "0x12", "12g", "-1", "11111111111111111"]) expect(Polynomial.parse(text)).toBeUndefined()
  })
})
