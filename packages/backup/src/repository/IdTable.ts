/**
 * A growing table of records that begin with a 32-byte id, found by it.
 *
 * Records lie in segments that are never copied; only the table of slots, 4
 * bytes each, is made anew when it is three quarters full. A slot holds the
 * record's number and, in the bits that the number does not need, a piece of the
 * id's hash, so that a wrong slot is seldom looked at twice. The hash is keyed
 * with random numbers, because ids come from files that somebody else wrote and
 * could be chosen to fall together.
 */
import { randomFillSync } from "node:crypto"

const idWords = 8
const segmentBits = 15
const segmentMask = (1 << segmentBits) - 1
const smallestTable = 1024

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0

export class IdTable {
  /** 32-bit words of a record behind its id. */
  readonly #words: number
  readonly #segments: Array<Uint32Array> = []
  #slots = new Uint32Array(smallestTable)
  #size = 0
  readonly #key = randomFillSync(new Uint32Array(2 * idWords))
  /** The id that is looked for. */
  readonly #wanted = new Uint32Array(idWords)

  constructor(extraWords: number) {
    this.#words = idWords + extraWords
  }

  get size(): number {
    return this.#size
  }

  /** Word `field` behind the id of a record. */
  get(record: number, field: number): number {
    return this.#segments[record >>> segmentBits]![(record & segmentMask) * this.#words + idWords + field]!
  }

  set(record: number, field: number, value: number): void {
    this.#segments[record >>> segmentBits]![(record & segmentMask) * this.#words + idWords + field] = value
  }

  copyId(record: number, target: Uint8Array, at: number): void {
    const segment = this.#segments[record >>> segmentBits]!
    const base = (record & segmentMask) * this.#words
    for (let index = 0; index < idWords; index++) {
      const value = segment[base + index]!
      const to = at + 4 * index
      target[to] = value
      target[to + 1] = value >>> 8
      target[to + 2] = value >>> 16
      target[to + 3] = value >>> 24
    }
  }

  /** The first record with the id, -1 when there is none. */
  find(id: Uint8Array, at: number): number {
    this.#want(id, at)
    const hash = this.#hash()
    return this.#search(hash, hash)
  }

  /** The record with the same id that comes after `record`, -1 when there is none. */
  next(record: number): number {
    const base = (record & segmentMask) * this.#words
    this.#wanted.set(this.#segments[record >>> segmentBits]!.subarray(base, base + idWords))
    const hash = this.#hash()
    const mask = this.#slots.length - 1
    let position = hash & mask
    while ((this.#slots[position]! & mask) !== record + 1) position = (position + 1) & mask
    return this.#search(hash, position + 1)
  }

  /** Adds a record, even when there are some with its id; its words are 0. */
  append(id: Uint8Array, at: number): number {
    const record = this.#size
    if (4 * (record + 1) > 3 * this.#slots.length) this.#grow()
    if ((record & segmentMask) === 0) this.#segments.push(new Uint32Array(this.#words << segmentBits))
    this.#want(id, at)
    this.#segments[record >>> segmentBits]!.set(this.#wanted, (record & segmentMask) * this.#words)
    this.#occupy(this.#hash(), record)
    this.#size++
    return record
  }

  #want(id: Uint8Array, at: number): void {
    for (let index = 0; index < idWords; index++) this.#wanted[index] = word(id, at + 4 * index)
  }

  /** Of halves of words times random numbers, in all bits of the result. */
  #hash(): number {
    const key = this.#key
    const wanted = this.#wanted
    let sum = 0
    for (let index = 0; index < idWords; index++) {
      const value = wanted[index]!
      sum = (sum + Math.imul(value & 0xffff, key[2 * index]!) + Math.imul(value >>> 16, key[2 * index + 1]!)) | 0
    }
    sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
    return (sum ^ (sum >>> 13)) >>> 0
  }

  #isWanted(record: number): boolean {
    const segment = this.#segments[record >>> segmentBits]!
    const base = (record & segmentMask) * this.#words
    const wanted = this.#wanted
    for (let index = 0; index < idWords; index++) if (segment[base + index] !== wanted[index]) return false
    return true
  }

  #search(hash: number, from: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let position = from & mask; ; position = (position + 1) & mask) {
      const slot = slots[position]!
      if (slot === 0) return -1
      if (((slot ^ hash) & ~mask) === 0 && this.#isWanted((slot & mask) - 1)) return (slot & mask) - 1
    }
  }

  #occupy(hash: number, record: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let position = hash & mask
    while (slots[position] !== 0) position = (position + 1) & mask
    slots[position] = (hash & ~mask) | (record + 1)
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length)
    for (let record = 0; record < this.#size; record++) {
      const segment = this.#segments[record >>> segmentBits]!
      const base = (record & segmentMask) * this.#words
      for (let index = 0; index < idWords; index++) this.#wanted[index] = segment[base + index]!
      this.#occupy(this.#hash(), record)
    }
  }
}
