/**
 * The file names of a bucket in the order of their UTF-8 bytes.
 *
 * JavaScript compares UTF-16 code units, which differs from byte order above U+FFFF. `sortKey` swaps surrogates and
 * U+E000..U+FFFF, so that plain comparison of keys is byte order. Names are held in blocks, so that inserting into a
 * million of them moves a few hundred references.
 */
import type { Version } from "./Version.ts"

export interface NameEntry {
  readonly name: string
  readonly key: string
  /** Newest first. */
  readonly versions: Version[]
}

const blockLength = 512
const aboveSurrogates = /[\ud800-\uffff]/

export const sortKey = (name: string): string => {
  if (!aboveSurrogates.test(name)) return name
  let key = ""
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index)
    key += String.fromCharCode(unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit)
  }
  return key
}

/** Walks the names in order. Good until the next insertion or removal. */
export class Cursor {
  readonly #blocks: NameEntry[][]
  #block: number
  #index: number

  constructor(blocks: NameEntry[][], block: number, index: number) {
    this.#blocks = blocks
    this.#block = block
    this.#index = index
    this.#settle()
  }

  /** Undefined past the last name. */
  get entry(): NameEntry | undefined {
    return this.#blocks[this.#block]?.[this.#index]
  }

  advance(): void {
    this.#index++
    this.#settle()
  }

  /** Jumps over every name that starts with `prefix`; the cursor stands on one of them. */
  skipPrefix(prefix: string): void {
    const blocks = this.#blocks
    let low = this.#block
    let high = blocks.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (blocks[middle]![0]!.name.startsWith(prefix)) low = middle
      else high = middle
    }
    const block = blocks[low]!
    let from = low === this.#block ? this.#index : 0
    let to = block.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if (block[middle]!.name.startsWith(prefix)) from = middle + 1
      else to = middle
    }
    this.#block = low
    this.#index = from
    this.#settle()
  }

  #settle(): void {
    const block = this.#blocks[this.#block]
    if (block !== undefined && this.#index >= block.length) {
      this.#block++
      this.#index = 0
    }
  }
}

export class SortedNames {
  readonly #byName = new Map<string, NameEntry>()
  readonly #blocks: NameEntry[][] = []

  get size(): number {
    return this.#byName.size
  }

  get(name: string): NameEntry | undefined {
    return this.#byName.get(name)
  }

  /** The entry of `name`, made without versions when there is none. */
  ensure(name: string): NameEntry {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const entry: NameEntry = { name, key: sortKey(name), versions: [] }
    this.#byName.set(name, entry)
    this.#insert(entry)
    return entry
  }

  delete(name: string): void {
    const entry = this.#byName.get(name)
    if (entry === undefined) return
    this.#byName.delete(name)
    const at = this.#blockOf(entry.key)
    const block = this.#blocks[at]!
    block.splice(positionIn(block, entry.key), 1)
    if (block.length === 0) this.#blocks.splice(at, 1)
  }

  /** A cursor on the first name that is not before `name` in byte order. */
  seek(name: string): Cursor {
    const key = sortKey(name)
    const at = this.#blockOf(key)
    const block = this.#blocks[at]
    return new Cursor(this.#blocks, at, block === undefined ? 0 : positionIn(block, key))
  }

  *[Symbol.iterator](): Generator<NameEntry> {
    for (const block of this.#blocks) yield* block
  }

  #insert(entry: NameEntry): void {
    const at = this.#blockOf(entry.key)
    const block = this.#blocks[at]
    if (block === undefined) {
      this.#blocks.push([entry])
      return
    }
    const position = positionIn(block, entry.key)
    if (block.length < blockLength) {
      block.splice(position, 0, entry)
    } else if (position === block.length && at === this.#blocks.length - 1) {
      this.#blocks.push([entry])
    } else {
      this.#blocks.splice(at + 1, 0, block.splice(blockLength / 2))
      const target = position <= block.length ? block : this.#blocks[at + 1]!
      target.splice(positionIn(target, entry.key), 0, entry)
    }
  }

  /** The block that holds `key`, or into which it belongs. */
  #blockOf(key: string): number {
    let low = 0
    let high = this.#blocks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#blocks[middle]![0]!.key <= key) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : low - 1
  }
}

const positionIn = (block: readonly NameEntry[], key: string): number => {
  let low = 0
  let high = block.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (block[middle]!.key < key) low = middle + 1
    else high = middle
  }
  return low
}

/** In the order of UTF-8 bytes. */
export const compareNames = (left: string, right: string): number => {
  const [first, second] = [sortKey(left), sortKey(right)]
  return first < second ? -1 : first > second ? 1 : 0
}
