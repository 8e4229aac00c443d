/** How hard a password is to guess, from its length and kinds of letters: a hint, no promise. */
const kinds = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/\d/, 10],
  [/[^a-zA-Z\d]/, 33]
] as const

export interface Strength {
  /** From 0 to 1. */
  readonly share: number
  readonly words: string
}

const strongBits = 90

export const strengthOf = (password: string): Strength => {
  const pool = kinds.reduce((sum, [pattern, count]) => sum + (pattern.test(password) ? count : 0), 0)
  const different = new Set(password).size
  const bits = pool === 0 ? 0 : Math.min(password.length, different * 2) * Math.log2(pool)
  const words = bits < 45 ? "weak: make it longer" : bits < 70 ? "fair: a few more letters would help" : "strong"
  return { share: Math.min(1, bits / strongBits), words }
}
