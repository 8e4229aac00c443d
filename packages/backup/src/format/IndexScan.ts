/**
 * Takes an index file apart without making objects of it, when it is laid out
 * byte for byte as restic and we lay it out.
 */

/** Blobs as columns, in the order of the file. */
export interface ScannedIndex {
  /** Where in the file the digits of each pack's id are. */
  readonly packIds: ReadonlyArray<number>
  /** How many blobs each pack has. */
  readonly packSizes: ReadonlyArray<number>
  /** 32 bytes a blob. */
  readonly ids: Uint8Array
  /** Four numbers a blob: type, offset, length, uncompressed length. */
  readonly places: Uint32Array
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text)
const opening = bytesOf('{"packs":[')
const packStart = bytesOf('{"id":"')
const packBlobs = bytesOf('","blobs":[')
const blobStart = bytesOf('{"id":"')
const dataType = bytesOf('","type":"data","offset":')
const treeType = bytesOf('","type":"tree","offset":')
const lengthField = bytesOf(',"length":')
const uncompressedField = bytesOf(',"uncompressed_length":')
const closing = bytesOf("]}\n")

const comma = 0x2c
const closingBracket = 0x5d
const closingBrace = 0x7d
const idDigits = 64
/** No entry of a blob is shorter: one digit of offset, two of length, no uncompressed length. */
const shortestBlob = 110
const most = 2 ** 32

/** 255 where a byte is no lower-case hex digit. */
const digitOf = new Uint8Array(256).fill(255)
for (const [value, digit] of bytesOf("0123456789abcdef").entries()) digitOf[digit] = value

class Mismatch extends Error {}
const mismatch = new Mismatch()

class Scanner {
  readonly json: Uint8Array
  at = 0

  constructor(json: Uint8Array) {
    this.json = json
  }

  has(expected: Uint8Array): boolean {
    for (let index = 0; index < expected.length; index++) {
      if (this.json[this.at + index] !== expected[index]) return false
    }
    this.at += expected.length
    return true
  }

  expect(expected: Uint8Array): void {
    if (!this.has(expected)) throw mismatch
  }

  /** Whether the list goes on, behind an item of it. */
  goesOn(): boolean {
    const next = this.json[this.at++]
    if (next === comma) return true
    if (next !== closingBracket) throw mismatch
    return false
  }

  isListEmpty(): boolean {
    if (this.json[this.at] !== closingBracket) return false
    this.at++
    return true
  }

  number(): number {
    const first = this.at
    let value = 0
    for (let digit = this.json[this.at]! - 0x30; digit >= 0 && digit <= 9; digit = this.json[++this.at]! - 0x30) {
      value = value * 10 + digit
    }
    const digits = this.at - first
    if (digits === 0 || digits > 10 || value >= most || (digits > 1 && this.json[first] === 0x30)) throw mismatch
    return value
  }

  id(target: Uint8Array, to: number): void {
    let wrong = 0
    for (let index = 0; index < 32; index++) {
      const high = digitOf[this.json[this.at + 2 * index]!]!
      const low = digitOf[this.json[this.at + 2 * index + 1]!]!
      wrong |= high | low
      target[to + index] = (high << 4) | low
    }
    if (wrong > 15) throw mismatch
    this.at += idDigits
  }
}

const scanBlob = (scanner: Scanner, blob: number, ids: Uint8Array, places: Uint32Array): void => {
  scanner.expect(blobStart)
  scanner.id(ids, 32 * blob)
  const isTree = scanner.has(treeType)
  if (!isTree) scanner.expect(dataType)
  places[4 * blob] = isTree ? 1 : 0
  places[4 * blob + 1] = scanner.number()
  scanner.expect(lengthField)
  places[4 * blob + 2] = scanner.number()
  places[4 * blob + 3] = scanner.has(uncompressedField) ? scanner.number() : 0
  if (scanner.json[scanner.at++] !== closingBrace) throw mismatch
}

const scanPacks = (json: Uint8Array): ScannedIndex => {
  const scanner = new Scanner(json)
  const room = Math.ceil(json.length / shortestBlob)
  const ids = new Uint8Array(32 * room)
  const places = new Uint32Array(4 * room)
  const scratch = new Uint8Array(32)
  const packIds: Array<number> = []
  const packSizes: Array<number> = []
  let blobs = 0
  scanner.expect(opening)
  for (let more = !scanner.isListEmpty(); more; more = scanner.goesOn()) {
    scanner.expect(packStart)
    packIds.push(scanner.at)
    scanner.id(scratch, 0)
    scanner.expect(packBlobs)
    const before = blobs
    for (let moreBlobs = !scanner.isListEmpty(); moreBlobs; moreBlobs = scanner.goesOn()) {
      scanBlob(scanner, blobs++, ids, places)
    }
    packSizes.push(blobs - before)
    if (json[scanner.at++] !== closingBrace) throw mismatch
  }
  scanner.at--
  scanner.expect(closing)
  if (scanner.at !== json.length) throw mismatch
  return { packIds, packSizes, ids: ids.subarray(0, 32 * blobs), places: places.subarray(0, 4 * blobs) }
}

/** `undefined` when the file has another layout: then it may still be an index. */
export const scanIndex = (json: Uint8Array): ScannedIndex | undefined => {
  try {
    return scanPacks(json)
  } catch (error) {
    if (error === mismatch) return undefined
    throw error
  }
}
