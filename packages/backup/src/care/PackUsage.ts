/**
 * How much of each pack is still used, computed from the index alone.
 *
 * Of a blob that lies in several places one counts as used, the others as
 * duplicates. Places in packs that are gone, or whose size is not what the index
 * says, count only where a blob has no other: then it is among `unsafe`.
 */

import { tree } from "../format/BlobType.ts"
import { overhead } from "../format/Crypto.ts"
import { entrySize, trailerSize } from "../format/Pack.ts"
import type { RepositoryFile } from "../format/RepositoryFile.ts"
import { BitSet } from "../repository/BitSet.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"

/** `empty`: the index names the pack and no blob in it. */
export type PackKind = "empty" | "data" | "tree" | "mixed"

export interface PackUse {
  readonly pack: number
  readonly id: string
  /** As it lies in the storage; `undefined` when it does not. */
  readonly file: RepositoryFile | undefined
  kind: PackKind
  /** Bytes as the index adds up: blobs, their entries in the header, and the header itself. */
  size: number
  usedBlobs: number
  unusedBlobs: number
  /** Sealed bytes of blobs that are not used, or used from elsewhere. */
  unusedSize: number
  /** Among the unused. */
  duplicateBlobs: number
  /** Blobs stored without compression. */
  rawTrees: number
  rawData: number
}

export interface Amount {
  readonly blobs: number
  /** Sealed bytes. */
  readonly bytes: number
}

export interface PackUsage {
  readonly packs: ReadonlyArray<PackUse>
  /** The place of each used blob that counts. */
  readonly chosen: BitSet
  readonly used: Amount
  readonly unused: Amount
  readonly duplicate: Amount
  /** Packs that hold used blobs which no sound pack has. */
  readonly unsafe: ReadonlyArray<PackUse>
}

/** Whether the pack lies in the storage as the index has it. */
export const isSound = (pack: PackUse): boolean => pack.file?.size === pack.size

const kindWith = (kind: PackKind, type: number): PackKind => {
  const one = type === tree ? "tree" : "data"
  return kind === "empty" || kind === one ? one : "mixed"
}

const total = () => ({ blobs: 0, bytes: 0 })

const grow = (amount: { blobs: number; bytes: number }, bytes: number): void => {
  amount.blobs++
  amount.bytes += bytes
}

/** `used` has, of every blob that a snapshot needs, the entry that `BlobIndex.find` gives. */
export const measure = (index: BlobIndex, used: BitSet, files: ReadonlyMap<string, RepositoryFile>): PackUsage => {
  const packs = Array.from({ length: index.packCount }, (_, pack): PackUse => {
    const id = index.packId(pack)
    return {
      pack,
      id,
      file: files.get(id),
      kind: "empty",
      size: trailerSize,
      usedBlobs: 0,
      unusedBlobs: 0,
      unusedSize: 0,
      duplicateBlobs: 0,
      rawTrees: 0,
      rawData: 0
    }
  })
  const followers = new BitSet(index.size)
  for (let entry = 0; entry < index.size; entry++) {
    const next = index.next(entry)
    if (next !== -1) followers.add(next)
    if (!index.isPlaced(entry)) continue
    const pack = packs[index.packOf(entry)]!
    const type = index.typeOf(entry)
    const uncompressedLength = index.uncompressedLengthOf(entry)
    pack.size += index.lengthOf(entry) + entrySize(uncompressedLength)
    pack.kind = kindWith(pack.kind, type)
    if (uncompressedLength === 0 && index.lengthOf(entry) > overhead) {
      if (type === tree) pack.rawTrees++
      else pack.rawData++
    }
  }

  const chosen = new BitSet(index.size)
  const amounts = { used: total(), unused: total(), duplicate: total() }
  const unsafe = new Set<PackUse>()
  const several: Array<ReadonlyArray<number>> = []
  const packOf = (entry: number): PackUse => packs[index.packOf(entry)]!
  const choose = (entry: number): void => {
    chosen.add(entry)
    packOf(entry).usedBlobs++
    grow(amounts.used, index.lengthOf(entry))
  }
  const leave = (entry: number, amount: { blobs: number; bytes: number }): void => {
    const pack = packOf(entry)
    pack.unusedBlobs++
    pack.unusedSize += index.lengthOf(entry)
    if (pack.file !== undefined) grow(amount, index.lengthOf(entry))
  }

  for (let first = 0; first < index.size; first++) {
    if (followers.has(first)) continue
    if (index.next(first) === -1 && index.isPlaced(first) && !used.has(first)) {
      leave(first, amounts.unused)
      continue
    }
    const places: Array<number> = []
    for (let entry = first; entry !== -1; entry = index.next(entry)) if (index.isPlaced(entry)) places.push(entry)
    if (places.length === 0) continue
    if (!used.has(first)) {
      for (const entry of places) leave(entry, amounts.unused)
      continue
    }
    const sound = places.filter((entry) => isSound(packOf(entry)))
    if (sound.length === 0) {
      choose(places[0]!)
      unsafe.add(packOf(places[0]!))
      for (const entry of places.slice(1)) leave(entry, amounts.duplicate)
      continue
    }
    for (const entry of places) if (!sound.includes(entry)) leave(entry, amounts.duplicate)
    if (sound.length === 1) choose(sound[0]!)
    else {
      for (const entry of sound) {
        const pack = packOf(entry)
        pack.unusedBlobs++
        pack.duplicateBlobs++
        pack.unusedSize += index.lengthOf(entry)
      }
      several.push(sound)
    }
  }

  // A pack of used blobs and duplicates only is best kept: an interrupted run made it. Then one with used blobs.
  const worth = (pack: PackUse): number => (pack.unusedBlobs === pack.duplicateBlobs ? 2 : pack.usedBlobs > 0 ? 1 : 0)
  for (const places of several) {
    let best = places[0]!
    for (const entry of places) {
      const difference = worth(packOf(entry)) - worth(packOf(best))
      if (difference > 0 || (difference === 0 && index.packOf(entry) < index.packOf(best))) best = entry
    }
    const pack = packOf(best)
    pack.unusedBlobs--
    pack.duplicateBlobs--
    pack.unusedSize -= index.lengthOf(best)
    choose(best)
    for (const entry of places) if (entry !== best) grow(amounts.duplicate, index.lengthOf(entry))
  }
  return { packs, chosen, ...amounts, unsafe: [...unsafe] }
}
