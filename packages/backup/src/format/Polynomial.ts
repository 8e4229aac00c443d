/**
 * The polynomial over GF(2) that a repository's chunker divides by: bit n stands for x^n.
 * It is of degree 53 and irreducible, and random, so that nobody can tell from chunk sizes what is in a file.
 */
import { randomBytes } from "node:crypto"

export const degree = 53
const attempts = 1_000_000

const degreeOf = (value: bigint): number => value.toString(2).length - 1

/** `value` modulo `divisor`. */
export const remainder = (value: bigint, divisor: bigint): bigint => {
  const size = degreeOf(divisor)
  let rest = value
  while (rest !== 0n && degreeOf(rest) >= size) rest ^= divisor << BigInt(degreeOf(rest) - size)
  return rest
}

const square = (value: bigint, divisor: bigint): bigint =>
  remainder(BigInt(`0b${[...value.toString(2)].join("0")}`), divisor)

const greatestCommonDivisor = (left: bigint, right: bigint): bigint => {
  let [a, b] = [left, right]
  while (b !== 0n) [a, b] = [b, remainder(a, b)]
  return a
}

/** Ben-Or's test. */
export const isIrreducible = (polynomial: bigint): boolean => {
  if (polynomial < 2n) return false
  let power = 2n
  for (let step = 1; step <= degreeOf(polynomial) >> 1; step++) {
    power = square(power, polynomial)
    if (greatestCommonDivisor(polynomial, power ^ 2n) !== 1n) return false
  }
  return true
}

/** Whether a chunker can work with it, and restic too. */
export const isUsable = (polynomial: bigint): boolean => degreeOf(polynomial) === degree && isIrreducible(polynomial)

/** A new one. `read` gives 8 random bytes at each call. */
export const random = (read: () => Uint8Array = () => randomBytes(8)): bigint => {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const bytes = read()
    const candidate = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
    const polynomial = BigInt.asUintN(degree + 1, candidate) | (1n << BigInt(degree)) | 1n
    if (isIrreducible(polynomial)) return polynomial
  }
  throw new Error("the system's random numbers gave no irreducible polynomial")
}

/** As it stands in `config`: lower-case hex, without padding. */
export const format = (polynomial: bigint): string => polynomial.toString(16)

/** `undefined` when the text is not hex. Whether the polynomial serves, `isUsable` says. */
export const parse = (text: string): bigint | undefined =>
  /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : undefined
