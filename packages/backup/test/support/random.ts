/** Numbers that look random and are the same in every run: xorshift32. */
export interface Random {
  /** 0 to `below` - 1. */
  readonly number: (below: number) => number
  readonly bytes: (length: number) => Buffer
  readonly pick: <A>(from: ReadonlyArray<A>) => A
}

export const make = (seed: number): Random => {
  let state = seed
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
  const number = (below: number): number => next() % below
  return {
    number,
    bytes: (length) => Buffer.from(Array.from({ length }, () => next() & 0xff)),
    pick: (from) => from[number(from.length)]!
  }
}

const oddTexts = [
  "é",
  "日本",
  "𝒳",
  "🫨",
  "\u00a0",
  "\u00ad",
  "\u2028",
  "\ufeff",
  "\ue000",
  "\ufffd",
  "\u200d",
  "e\u0301"
]
const oddBytes = [
  Buffer.of(0xff),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.of(0xe2, 0x82),
  Buffer.of(0xc0, 0x80),
  Buffer.of(1)
]
const plainTexts = [
  "name",
  "a b",
  '"',
  "\\",
  "<&>",
  "\n",
  "\t",
  "\u007f",
  "'",
  '"subtree":"',
  '"content":[',
  "]}",
  "\\x41"
]

/** The bytes of a file name that somebody thought up on a bad day. */
export const oddName = (random: Random): Buffer =>
  Buffer.concat(
    Array.from({ length: 1 + random.number(6) }, () => {
      const kind = random.number(4)
      if (kind === 0) return random.bytes(1 + random.number(4))
      if (kind === 1) return random.pick(oddBytes)
      return Buffer.from(random.pick(kind === 2 ? oddTexts : plainTexts))
    })
  )
