/**
 * Names that are only changed: each letter is moved on in its own range of letters, by a sum of all letters and the key.
 * Whoever knows how can undo it; it hides names from a look.
 */
const quote = "!"

interface Range {
  readonly first: number
  readonly length: number
  /** How far to move at a sum. */
  readonly by: (sum: number) => number
}

const digits: Range = { first: 0x30, length: 10, by: (sum) => (sum % 9) + 1 }
const latin: Range = { first: 0xa0, length: 96, by: (sum) => (sum % 95) + 1 }
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const codesOf = (text: string): ReadonlyArray<number> => Array.from(text, (character) => character.codePointAt(0)!)
const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + byte, 0)
const isCharacter = (code: number): boolean => code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)

/** What stands for `code`, `direction` steps on; `undefined` where that is no character. */
const moved = (code: number, sum: number, direction: 1 | -1): string | undefined => {
  const within = ({ by, first, length }: Range): string =>
    String.fromCodePoint(first + ((((code - first + direction * by(sum)) % length) + length) % length))
  const at = letters.indexOf(String.fromCodePoint(code))
  if (at >= 0) {
    const steps = direction * ((sum % 25) + 1)
    return letters[(((at + steps) % letters.length) + letters.length) % letters.length]
  }
  if (code >= 0x30 && code <= 0x39) return within(digits)
  if (code >= 0xa0 && code <= 0xff) return within(latin)
  if (code < 0x100) return String.fromCodePoint(code)
  const first = code - (code % 256)
  const target = first + ((((code - first + direction * ((sum % 127) + 1)) % 256) + 256) % 256)
  return isCharacter(target) ? String.fromCodePoint(target) : undefined
}

export const obfuscate = (name: string, key: Uint8Array): string => {
  const codes = codesOf(name)
  const seed = codes.reduce((sum, code) => sum + code, 0) % 256
  const sum = seed + sumOf(key)
  const text = codes.map((code) => {
    const own = String.fromCodePoint(code)
    if (own === quote) return quote + quote
    return moved(code, sum, 1) ?? quote + own
  })
  return `${seed}.${text.join("")}`
}

/** `undefined` for what was not made by `obfuscate`. */
export const reveal = (text: string, key: Uint8Array): string | undefined => {
  const [, seed, rest] = /^(\d{1,3}|!)\.(.*)$/s.exec(text) ?? []
  if (seed === undefined || rest === undefined) return undefined
  if (seed === quote) return rest
  const sum = Number(seed) + sumOf(key)
  let name = ""
  let isQuoted = false
  for (const code of codesOf(rest)) {
    const own = String.fromCodePoint(code)
    if (isQuoted || own !== quote) {
      const found: string | undefined = isQuoted ? own : moved(code, sum, -1)
      if (found === undefined) return undefined
      name += found
      isQuoted = false
    } else isQuoted = true
  }
  return isQuoted ? undefined : name
}
