/** Which packs snapshots need: known once every tree has been seen, so findings about packs wait until then. */
import { BitSet } from "../repository/BitSet.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"

export class NeededPacks {
  readonly #index: BlobIndex
  readonly #packs: BitSet
  #waiting: Array<() => void> | undefined = []
  #isWhole = false

  constructor(index: BlobIndex) {
    this.#index = index
    this.#packs = new BitSet(index.packCount)
  }

  /** A blob is needed, and with it every pack that holds it. */
  readonly add = (entry: number): void => {
    for (let place = entry; place >= 0; place = this.#index.next(place)) {
      if (this.#index.isPlaced(place)) this.#packs.add(this.#index.packOf(place))
    }
  }

  /** Calls `tell` once it is known whether a snapshot needs the pack, at once where it is known; -1 is a pack that no index names. */
  whenKnown(pack: number, tell: (isNeeded: boolean) => void): void {
    // What nothing names, nobody needs, as long as nothing is lost.
    const answer = (): void => tell(pack >= 0 && (!this.#isWhole || this.#packs.has(pack)))
    if (pack < 0 || this.#waiting === undefined) answer()
    else this.#waiting.push(answer)
  }

  /** All trees have been seen. Unless `isWhole`, one of them could not be read, and every pack may be needed. */
  settle(isWhole: boolean): void {
    this.#isWhole = isWhole
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const answer of waiting) answer()
  }
}
