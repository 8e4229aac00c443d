/**
 * The blobs that a tree names, found without reading the rest: care of a large repository looks at millions of nodes.
 *
 * The bytes `"content"` and `"subtree"` stand in a tree only where a string is exactly that word: a quotation mark
 * inside of a string has a backslash before it, so no file name can forge the end of one. So every key is seen,
 * and so is a file called `content`, which is not followed by what follows a key. Then nothing is taken from here
 * and the caller reads the tree as JSON.
 */

/** Ids of 32 bytes, one after the other, in the order of the tree, as often as they are named. */
export interface TreeLinks {
  readonly content: Buffer
  readonly subtrees: Buffer
}

const opening = Buffer.from('{"nodes":[')
const closing = Buffer.from("]}")
const contentKey = Buffer.from('"content"')
const subtreeKey = Buffer.from('"subtree"')

/** 255 where a byte is no lower-case digit. */
const digitOf = new Uint8Array(256).fill(255)
for (const [value, digit] of Buffer.from("0123456789abcdef").entries()) digitOf[digit] = value

const colon = 0x3a
const comma = 0x2c
const quotationMark = 0x22
const openingBracket = 0x5b
const closingBracket = 0x5d
const letterN = 0x6e
const quotedIdSize = 66

/** Ids in a buffer that has room for all that `bytes` could name. */
class Ids {
  readonly buffer: Buffer
  size = 0

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(Math.ceil(bytes / quotedIdSize) * 32)
  }

  /** Takes the id with its quotation marks at `at`; false where there is none. */
  take(bytes: Uint8Array, at: number): boolean {
    if (bytes[at] !== quotationMark || bytes[at + quotedIdSize - 1] !== quotationMark) return false
    let wrong = 0
    for (let from = at + 1, to = this.size; to < this.size + 32; from += 2, to++) {
      const high = digitOf[bytes[from]!]!
      const low = digitOf[bytes[from + 1]!]!
      wrong |= high | low
      this.buffer[to] = (high << 4) | low
    }
    if (wrong > 15) return false
    this.size += 32
    return true
  }

  get taken(): Buffer {
    return this.buffer.subarray(0, this.size)
  }
}

const takeList = (bytes: Uint8Array, from: number, ids: Ids): boolean => {
  if (bytes[from] === closingBracket) return true
  for (let at = from; ids.take(bytes, at); at += quotedIdSize + 1) {
    const next = bytes[at + quotedIdSize]
    if (next === closingBracket) return true
    if (next !== comma) return false
  }
  return false
}

const takeContent = (bytes: Buffer, ids: Ids): boolean => {
  for (let key = bytes.indexOf(contentKey); key >= 0; key = bytes.indexOf(contentKey, key + contentKey.length)) {
    const value = key + contentKey.length + 1
    if (bytes[value - 1] !== colon) return false
    if (bytes[value] === letterN) continue
    if (bytes[value] !== openingBracket || !takeList(bytes, value + 1, ids)) return false
  }
  return true
}

const takeSubtrees = (bytes: Buffer, ids: Ids): boolean => {
  for (let key = bytes.indexOf(subtreeKey); key >= 0; key = bytes.indexOf(subtreeKey, key + subtreeKey.length)) {
    const value = key + subtreeKey.length + 1
    if (bytes[value - 1] !== colon || !ids.take(bytes, value)) return false
  }
  return true
}

/** Nothing when the tree is not written as restic writes trees. */
export const scan = (bytes: Uint8Array): TreeLinks | undefined => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const isTree = buffer.subarray(0, opening.length).equals(opening) && buffer.includes(closing, -3)
  if (!isTree) return undefined
  const content = new Ids(bytes.length)
  const subtrees = new Ids(bytes.length)
  return takeContent(buffer, content) && takeSubtrees(buffer, subtrees)
    ? { content: content.taken, subtrees: subtrees.taken }
    : undefined
}
