/** Ids that sort by the time they were made, and that a person can type. */
import { randomBytes } from "node:crypto"

/** Crockford's: no I, L, O, U. */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

const spell = (value: number, length: number): string => {
  let text = ""
  for (let rest = value, left = length; left > 0; left--) {
    text = alphabet[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}

let last = 0

/** Nine characters of the time in milliseconds and five of chance. Two of one process never sort the other way round. */
export const make = (now: number): string => {
  last = Math.max(last + 1, now)
  return spell(last, 9) + [...randomBytes(5)].map((byte) => alphabet[byte % 32]).join("")
}
