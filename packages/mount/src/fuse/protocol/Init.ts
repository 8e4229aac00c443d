/** The first exchange: what kernel and door agree on for the whole session. */
import type { Body } from "./Operations.ts"
import * as Reply from "./Reply.ts"

/** What can be agreed on, by the bit of the flag words. */
const bits = {
  asyncRead: 0,
  atomicTruncate: 3,
  bigWrites: 5,
  readdirplus: 13,
  readdirplusAuto: 14,
  asyncDirectIo: 15,
  parallelDirectoryOperations: 18,
  maxPages: 22,
  cacheSymlinks: 23,
  explicitInvalidation: 25,
  moreFlags: 30,
  expireOnly: 35
} as const

type Ability = keyof typeof bits

/** 5.4 and later. Before it the requests have other sizes. */
const oldestMinor = 31
/** What is known of the protocol here; a newer kernel then keeps to it. */
const newestMinor = 45

export const maxWrite = 1 << 20
const pageSize = 4096
/** How many reads ahead and late writes the kernel may have under way: so many ranges of the storage are asked at once. */
const maxBackground = 64

export interface Session {
  readonly minor: number
  readonly has: (ability: Ability) => boolean
}

export type Agreement =
  | { readonly _tag: "Agreed"; readonly session: Session; readonly reply: Buffer }
  /** The kernel speaks a newer major protocol and asks again once it has read this. */
  | { readonly _tag: "AskAgain"; readonly reply: Buffer }
  | { readonly _tag: "TooOld"; readonly version: string }

const isIn = (bit: number, low: number, high: number): boolean =>
  bit < 32 ? ((low >>> bit) & 1) === 1 : ((high >>> (bit - 32)) & 1) === 1

export const agree = (asked: Body<"INIT">): Agreement => {
  const { major, minor, flags, moreFlags } = asked
  if (major < 7 || (major === 7 && minor < oldestMinor)) return { _tag: "TooOld", version: `${major}.${minor}` }
  const reply = Reply.make(64).fill(0)
  const at = Reply.headSize
  reply.writeUInt32LE(7, at)
  reply.writeUInt32LE(newestMinor, at + 4)
  if (major > 7) return { _tag: "AskAgain", reply }
  let low = 0
  let high = 0
  for (const bit of Object.values(bits)) {
    if (!isIn(bit, flags, moreFlags)) continue
    if (bit < 32) low |= 1 << bit
    else high |= 1 << (bit - 32)
  }
  const agreedMinor = Math.min(minor, newestMinor)
  reply.writeUInt32LE(agreedMinor, at + 4)
  reply.writeUInt32LE(asked.maxReadahead, at + 8)
  reply.writeUInt32LE(low >>> 0, at + 12)
  reply.writeUInt16LE(maxBackground, at + 16)
  reply.writeUInt16LE((maxBackground * 3) / 4, at + 18)
  reply.writeUInt32LE(maxWrite, at + 20)
  reply.writeUInt32LE(1, at + 24)
  reply.writeUInt16LE(maxWrite / pageSize, at + 28)
  reply.writeUInt32LE(high >>> 0, at + 32)
  const session: Session = { minor: agreedMinor, has: (ability) => isIn(bits[ability], low, high) }
  return { _tag: "Agreed", session, reply }
}
