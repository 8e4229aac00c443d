/**
 * What the archiver and its worker threads say to each other.
 *
 * Paths and names are "byte text": one character for each byte (`latin1`), since
 * names need not be UTF-8, such text is cheap to send, and its order is theirs.
 */

import type { ExcludeRules } from "../choose/ExcludeDecisions.ts"
import type { BlobTable } from "../format/BlobTable.ts"
import type { BlobTypeNumber } from "../format/BlobType.ts"
import type { Keys } from "../format/Crypto.ts"
import type { OpenPack } from "../format/PackWriter.ts"
import type { Compression } from "../format/Zstd.ts"

/** What every thread is told once. */
export interface ArchiveSettings {
  readonly keys: Keys
  readonly version: 1 | 2
  readonly polynomial: bigint
  readonly compression: Compression
  /** Bytes. */
  readonly packSize: number
  readonly excludes: ExcludeRules
  readonly withAtime: boolean
  readonly ignoreInode: boolean
  readonly ignoreCtime: boolean
  /** Results list every file. */
  readonly wantsItems: boolean
  /** Full packs that a thread has waiting to be stored before it waits for them. */
  readonly packsAhead: number
  /** Packs of data that a thread fills at the same time. */
  readonly openPacks: number
  /** Whether blobs are opened again once they are sealed. */
  readonly opensAgain: boolean
}

/** A name in a directory whose path says nothing about it: what the user asked for, and what leads there. */
export interface Target {
  readonly name: string
  readonly path: string
  /**
   * Given by the user; found in a directory that was given; or on the way to such, when it is not listed itself, never
   * excluded, and followed where it is a symbolic link.
   */
  readonly origin: "given" | "found" | "onTheWay"
  /** The file system to stay on: of the directory that was given. Absent for what was given itself, and for any. */
  readonly deviceId?: bigint | undefined
}

/** A directory to archive, or some of its names. */
export interface DirectoryJob {
  readonly path: string
  /** In byte order; everything in the directory when absent. */
  readonly names?: ReadonlyArray<string> | undefined
  /** Instead of what is in the directory. */
  readonly targets?: ReadonlyArray<Target> | undefined
  /** The tree of the same directory in the parent snapshot, or that part of it that the names are in. */
  readonly parentTree?: Uint8Array<ArrayBuffer> | undefined
  /** The file system that the target is on; absent for targets. */
  readonly deviceId?: bigint | undefined
}

export interface FoundDirectory {
  readonly name: string
  readonly path: string
  /** Where in the nodes its node begins and ends, and where the 64 digits of its tree go. */
  readonly start: number
  readonly end: number
  readonly treeAt: number
  readonly deviceId: bigint
  /** Its tree in the parent snapshot. */
  readonly parentTree: string | undefined
  /** How its node, the tree aside, compares with the parent snapshot's. */
  readonly node: "new" | "changed" | "same"
  /** It is a mount point, and the file system in it is not to be archived. */
  readonly isLeftEmpty: boolean
}

/** Some names of a directory, as a job of their own. */
export interface Slice {
  readonly names: ReadonlyArray<string>
  readonly parentTree: Uint8Array<ArrayBuffer> | undefined
}

export interface Failure {
  readonly path: string
  readonly during: "scan" | "archival"
  readonly message: string
}

export type ItemAction = "new" | "modified" | "unchanged"

export interface Item {
  readonly path: string
  readonly action: ItemAction
  readonly size: number
}

/** What became of a `DirectoryJob`. */
export type DirectoryResult =
  /** Too much for one job: nothing was archived, and these are to be done instead. */
  | { readonly _tag: "Sliced"; readonly slices: ReadonlyArray<Slice> }
  /** The thread had enough to do with the jobs before it, and gives back the tree that this one came with. */
  | { readonly _tag: "NotBegun"; readonly parentTree: Uint8Array<ArrayBuffer> | undefined }
  /** The whole directory, without directories in it: its tree is stored. */
  | { readonly _tag: "Tree"; readonly id: string }
  /** The nodes, with a comma between them, and the directories in it whose trees are missing in them. */
  | {
      readonly _tag: "Nodes"
      readonly nodes: Uint8Array<ArrayBuffer>
      readonly directories: ReadonlyArray<FoundDirectory>
    }
  /** It could not be read, or is gone. */
  | { readonly _tag: "Failed"; readonly failure: Failure | undefined }

export interface FileCounts {
  filesNew: number
  filesChanged: number
  filesUnmodified: number
  /** Content of the files: bytes that were read, or would have been. */
  bytes: number
  /** Of these, bytes that were told of while they were read. */
  announcedBytes: number
}

export const noCounts = (): FileCounts => ({
  filesNew: 0,
  filesChanged: 0,
  filesUnmodified: 0,
  bytes: 0,
  announcedBytes: 0
})

export interface ArchiveResult {
  readonly directories: ReadonlyArray<DirectoryResult>
  readonly counts: FileCounts
  readonly failures: ReadonlyArray<Failure>
  readonly items: ReadonlyArray<Item>
}

/** What the main thread asks. */
export type WorkerRequest =
  | { readonly _tag: "Archive"; readonly jobs: ReadonlyArray<DirectoryJob> }
  /** Known to be new: compress and store it. Answered when that is done. */
  | {
      readonly _tag: "Store"
      readonly type: BlobTypeNumber
      readonly id: Uint8Array
      readonly bytes: Uint8Array
    }
  /** A piece of standard input; an empty one ends it. */
  | { readonly _tag: "Input"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Store what is waiting, and give up the packs that are not full. */
  | { readonly _tag: "Finish" }
  /** Make packs of these too, and finish them. */
  | { readonly _tag: "FinishPacks"; readonly packs: ReadonlyArray<OpenPack> }
  /** How many files, and bytes in them, lie below these. */
  | { readonly _tag: "Scan"; readonly jobs: ReadonlyArray<DirectoryJob> }

export interface ScanResult {
  /** Still to be counted. */
  readonly directories: ReadonlyArray<DirectoryJob>
  readonly files: number
  readonly bytes: number
}

export interface InputResult {
  readonly content: ReadonlyArray<string>
  readonly size: number
}

export type WorkerAnswer = ArchiveResult | ScanResult | InputResult | ReadonlyArray<OpenPack> | undefined

/** Where the blobs of ids go. */
export const isKnown = 0
export const storeHere = 1
/** And above: to the thread of number `code - storeAt`. */
export const storeAt = 2

/** What a worker asks. Ids are of `idSize` bytes each: the type and the id. */
export type MainRequest =
  /** Which are stored already? Answered with a byte each, 1 when it is. */
  | { readonly _tag: "Known"; readonly ids: Uint8Array<ArrayBuffer> }
  /** Which are to be stored? Answered with a byte each, `isKnown` or `storeHere`; for chunks of large files also `storeAt`. */
  | { readonly _tag: "Claim"; readonly ids: Uint8Array<ArrayBuffer>; readonly areLarge: boolean }
  /** Let another thread store this chunk. Answered when that is done. */
  | {
      readonly _tag: "HandOver"
      readonly thread: number
      readonly id: Uint8Array
      readonly bytes: Uint8Array
    }
  /** Store the pack; answered when that is done. */
  | {
      readonly _tag: "Pack"
      readonly type: BlobTypeNumber
      readonly id: string
      readonly bytes: Uint8Array
      readonly blobs: BlobTable
    }
  | { readonly _tag: "Reading"; readonly path: string }
  | { readonly _tag: "Advanced"; readonly bytes: number }

export type MainAnswer = Uint8Array | undefined

/** Type and id of a blob. */
export const idSize = 33

export const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1")
export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
/** For people. */
export const readable = (path: string): string => bytesOf(path).toString()
