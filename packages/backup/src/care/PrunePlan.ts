/**
 * Deciding what a prune does. Pure: reads nothing, changes nothing, and its figures are what a person is shown first.
 *
 * The rules are restic's, with three limits of our own: `maxDownload`, `minFreePercent` and `minPackAge`.
 */

import type { RepositoryFile } from "../format/RepositoryFile.ts"
import { BitSet } from "../repository/BitSet.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import * as PackRanges from "../repository/PackRanges.ts"
import { type Amount, isSound, type PackUsage, type PackUse } from "./PackUsage.ts"

export type MaxUnused = "unlimited" | { readonly bytes: number } | { readonly percent: number }

export interface PruneOptions {
  /** How much of what remains may be unused; 5 % of it when absent. */
  readonly maxUnused?: MaxUnused | undefined
  /** Bytes of packs that are repacked at most. */
  readonly maxRepackSize?: number | undefined
  /** Put small packs together, if there are at least ten; yes when absent. */
  readonly repackSmall?: boolean | undefined
  /** Bytes below which a pack is small; from the sizes of the packs when absent. */
  readonly repackSmallerThan?: number | undefined
  /** Compress packs of data that nobody tried to compress. Packs of trees always are. */
  readonly repackUncompressed?: boolean | undefined
  /** Leave packs of data as they are unless nothing in them is used. */
  readonly repackCacheableOnly?: boolean | undefined
  /** Bytes read from the storage for repacking at most; the rest waits for another day. */
  readonly maxDownload?: number | undefined
  /** A pack is repacked for its unused bytes only when they are at least this share of it. */
  readonly minFreePercent?: number | undefined
  /**
   * Milliseconds since a pack was stored, before it is repacked or, when no index lists it, removed.
   * Such packs are safe to remove at once while the exclusive lock is held; waiting also guards against a
   * backup whose lock somebody took away by force. Packs that nothing uses are removed at any age.
   */
  readonly minPackAge?: number | undefined
}

export interface PruneFigures {
  readonly used: Amount
  readonly unused: Amount
  readonly duplicate: Amount
  /** In packs that are written anew, all of them and those that go. */
  readonly repack: Amount
  readonly repackRemoved: Amount
  /** In packs that are removed whole. */
  readonly removed: Amount
  /** In the packs of the index, afterwards. */
  readonly remaining: Amount
  readonly unusedAfter: number
  /** Bytes of packs that stay with something in them that nobody tried to compress; 0 in repositories of version 1. */
  readonly uncompressed: number
  /** What `maxUnused` allows; infinite where it is unlimited. */
  readonly unusedLimit: number
  /** Bytes to read from the storage for repacking. */
  readonly download: number
  /** What would be repacked too, but for `maxDownload` and `maxRepackSize`. */
  readonly later: { readonly packs: number; readonly download: number; readonly unused: number }
  readonly packs: {
    readonly used: number
    readonly partlyUsed: number
    readonly unused: number
    readonly keep: number
    readonly repack: number
    readonly remove: number
    /** In the index, gone from the storage, and not needed. */
    readonly missing: number
    /** Would be candidates, but for `minPackAge` and `minFreePercent`. */
    readonly tooYoung: number
    readonly tooFull: number
  }
  readonly unindexed: { readonly packs: number; readonly bytes: number; readonly tooYoung: number }
}

export interface PrunePlan {
  /** Files no index lists. */
  readonly unindexed: ReadonlyArray<RepositoryFile>
  readonly repack: ReadonlyArray<PackUse>
  readonly remove: ReadonlyArray<PackUse>
  /** Missing packs that the index is to forget. */
  readonly forget: ReadonlyArray<PackUse>
  /** Entries of the index to be copied out of `repack`. */
  readonly copy: BitSet
  readonly figures: PruneFigures
}

export interface PruneInput {
  readonly index: BlobIndex
  readonly usage: PackUsage
  readonly files: ReadonlyMap<string, RepositoryFile>
  readonly version: 1 | 2
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  readonly options: PruneOptions
}

const leastSmall = 4 * 1024 * 1024
const smallPacksWorthIt = 10

const smallSize = (packs: ReadonlyArray<PackUse>, options: PruneOptions): number => {
  if (options.repackSmallerThan !== undefined) return options.repackSmallerThan
  const sizes = Float64Array.from(packs, (pack) => pack.size).sort()
  const thirdPercentile = sizes[Math.floor((sizes.length * 3) / 100)] ?? 0
  return Math.max(leastSmall, thirdPercentile) * 0.8
}

const unusedLimit = (maxUnused: MaxUnused, used: number): number => {
  if (maxUnused === "unlimited") return Number.POSITIVE_INFINITY
  if ("bytes" in maxUnused) return maxUnused.bytes
  return maxUnused.percent >= 100 ? Number.POSITIVE_INFINITY : (maxUnused.percent / (100 - maxUnused.percent)) * used
}

interface Candidate {
  readonly use: PackUse
  /** For its format rather than for its unused bytes. */
  readonly isForced: boolean
  readonly isSmall: boolean
}

/** Trees first, then small packs, then those with the largest unused share. */
const byWorth = (left: Candidate, right: Candidate): number => {
  const data = Number(left.use.kind === "data") - Number(right.use.kind === "data")
  if (data !== 0) return data
  const small = Number(right.isSmall) - Number(left.isSmall)
  if (small !== 0) return small
  return right.use.unusedSize / right.use.size - left.use.unusedSize / left.use.size || left.use.pack - right.use.pack
}

const sizeOf = (packs: ReadonlyArray<PackUse>): number => packs.reduce((sum, use) => sum + use.size, 0)

const isRaw = ({ rawData, rawTrees }: PackUse): boolean => rawData + rawTrees > 0

export const make = (input: PruneInput): PrunePlan => {
  const { files, index, options, usage } = input
  const { entries, starts } = index.byPack()
  const oldest = input.now - (options.minPackAge ?? 0)
  const isYoung = (file: RepositoryFile): boolean => options.minPackAge !== undefined && file.modifiedAt > oldest
  const present = usage.packs.filter((use) => use.file !== undefined)
  const small = smallSize(present, options)

  const forget = usage.packs.filter((use) => use.file === undefined)
  const remove: Array<PackUse> = []
  const candidates: Array<Candidate> = []
  const smallOnes: Array<Candidate> = []
  const counts = { used: 0, partlyUsed: 0, unused: 0, tooYoung: 0, tooFull: 0 }
  const removed = { blobs: 0, bytes: 0 }

  const isTooFull = (use: PackUse): boolean =>
    options.minFreePercent !== undefined && (use.unusedSize / use.size) * 100 < options.minFreePercent

  for (const use of present) {
    if (use.usedBlobs === 0) {
      counts.unused++
      remove.push(use)
      removed.blobs += use.unusedBlobs
      removed.bytes += use.unusedSize
      continue
    }
    if (use.unusedBlobs === 0) counts.used++
    else counts.partlyUsed++
    if (options.repackCacheableOnly === true && use.kind === "data") continue
    // A pack with one compressed blob was written by somebody who tried to compress the others as well.
    const isUntriedData = use.rawData > 0 && use.rawData === use.usedBlobs + use.unusedBlobs
    const mustCompress =
      input.version === 2 && (use.rawTrees > 0 || (options.repackUncompressed === true && isUntriedData))
    const isForced = mustCompress || use.kind === "mixed"
    const candidate = { use, isForced, isSmall: use.size < small }
    if (isForced || use.unusedBlobs > 0) {
      if (isYoung(use.file!)) counts.tooYoung++
      else if (!isForced && isTooFull(use)) counts.tooFull++
      else candidates.push(candidate)
    } else if (candidate.isSmall && options.repackSmall !== false && !isYoung(use.file!)) smallOnes.push(candidate)
  }
  if (smallOnes.length >= smallPacksWorthIt) candidates.push(...smallOnes)
  candidates.sort(byWorth)

  function* chosenOf(use: PackUse): Generator<number> {
    for (let at = starts[use.pack]!; at < starts[use.pack + 1]!; at++) {
      if (usage.chosen.has(entries[at]!)) yield entries[at]!
    }
  }

  const limit = unusedLimit(options.maxUnused ?? { percent: 5 }, usage.used.bytes)
  const repack: Array<PackUse> = []
  const repacked = { blobs: 0, bytes: 0 }
  const repackRemoved = { blobs: 0, bytes: 0 }
  const later = { packs: 0, download: 0, unused: 0 }
  let remaining = usage.unused.bytes + usage.duplicate.bytes - removed.bytes
  let remainingWithoutBudget = remaining
  let budget = options.maxDownload ?? Number.POSITIVE_INFINITY
  for (const { isForced, isSmall, use } of candidates) {
    const isAlways = isForced || use.kind !== "data" || isSmall
    const isWanted = isAlways || remaining >= limit
    const isWantedWithoutBudget = isAlways || remainingWithoutBudget >= limit
    if (isWantedWithoutBudget) remainingWithoutBudget -= use.unusedSize
    if (!isWanted) continue
    const download = PackRanges.bytesOf(PackRanges.of(index, chosenOf(use)))
    if (download > budget || repacked.bytes + use.size > (options.maxRepackSize ?? Number.POSITIVE_INFINITY)) {
      if (!isWantedWithoutBudget) continue
      later.packs++
      later.download += download
      later.unused += use.unusedSize
      continue
    }
    budget -= download
    remaining -= use.unusedSize
    repack.push(use)
    repacked.blobs += use.usedBlobs + use.unusedBlobs
    repacked.bytes += use.size
    repackRemoved.blobs += use.unusedBlobs
    repackRemoved.bytes += use.unusedSize
  }

  const gone = new BitSet(index.packCount)
  for (const use of [...repack, ...remove, ...forget]) gone.add(use.pack)
  const staying = (pack: number): boolean => !gone.has(pack) && isSound(usage.packs[pack]!)
  const kept = keptBlobs(index, staying)
  const copy = new BitSet(index.size)
  let download = 0
  for (const use of repack) {
    const wanted = [...chosenOf(use)].filter((entry) => !kept(entry))
    for (const entry of wanted) copy.add(entry)
    download += PackRanges.bytesOf(PackRanges.of(index, wanted))
  }

  const indexed = new Set(usage.packs.map((use) => use.id))
  const strangers = [...files.values()].filter((file) => !indexed.has(file.id))
  const unindexed = strangers.filter((file) => !isYoung(file))
  const blobs = usage.used.blobs + usage.unused.blobs + usage.duplicate.blobs
  const bytes = sizeOf(present)
  return {
    unindexed,
    repack,
    remove,
    forget,
    copy,
    figures: {
      used: usage.used,
      unused: usage.unused,
      duplicate: usage.duplicate,
      repack: repacked,
      repackRemoved,
      removed,
      remaining: {
        blobs: blobs - removed.blobs - repackRemoved.blobs,
        bytes: bytes - sizeOf(remove) - repackRemoved.bytes
      },
      unusedAfter: remaining,
      uncompressed: input.version === 1 ? 0 : sizeOf(present.filter((use) => isRaw(use) && !gone.has(use.pack))),
      unusedLimit: limit,
      download,
      later,
      packs: {
        ...counts,
        keep: present.length - repack.length - remove.length,
        repack: repack.length,
        remove: remove.length,
        missing: forget.length
      },
      unindexed: {
        packs: unindexed.length,
        bytes: unindexed.reduce((sum, file) => sum + file.size, 0),
        tooYoung: strangers.length - unindexed.length
      }
    }
  }
}

/** Whether the blob of a chosen entry has another place in a pack that stays. */
const keptBlobs = (index: BlobIndex, staying: (pack: number) => boolean): ((entry: number) => boolean) => {
  const id = Buffer.alloc(32)
  return (entry) => {
    index.copyId(entry, id, 0)
    for (let place = index.find(index.typeOf(entry), id); place !== -1; place = index.next(place)) {
      if (index.isPlaced(place) && staying(index.packOf(place))) return true
    }
    return false
  }
}
