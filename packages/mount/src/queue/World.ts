/** What every part of a mount works with. */
import type { Provider } from "@ourclone/core/contract/Provider"
import type { Remedy } from "@ourclone/core/contract/Remedy"
import type { Contents } from "../cache/Contents.ts"
import type { Fetcher } from "../cache/Fetcher.ts"
import type { Owner, Told } from "../contract/FileSystem.ts"
import type { At, Journal } from "../journal/Journal.ts"
import type { Tree } from "../tree/Tree.ts"
import type { Begun } from "./Begun.ts"
import type { CutOffs } from "./CutOffs.ts"
import type { Queue } from "./Queue.ts"
import type { Run } from "./Run.ts"

export interface Settings {
  readonly owner: Owner
  readonly isReadOnly: boolean
  /** Milliseconds that a listing is believed. */
  readonly listingLife: number
  /** Milliseconds from the last write of a file until it is sent. */
  readonly uploadDelay: number
  /** Milliseconds that a writer waits for room in the cache. */
  readonly roomWait: number
  /** Milliseconds that anybody waits for the storage. */
  readonly deadline: number
  /** Whether what is synced is to be at the storage too. */
  readonly syncsRemotely: boolean
  /** How many things are sent at once. */
  readonly concurrency: number
  /** For the names of conflict copies. */
  readonly host: string
  readonly at: At
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** For the log: what a person should know. */
  readonly note: (code: string, message: string, remedy?: Remedy) => void
}

export interface World {
  readonly provider: Provider
  readonly journal: Journal
  readonly tree: Tree
  readonly contents: Contents
  readonly fetcher: Fetcher
  readonly queue: Queue
  readonly begun: Begun
  readonly cutOffs: CutOffs
  readonly settings: Settings
  readonly run: Run
  /** Whether what is replaced stays as a version that may be listed; undefined until it was seen once. */
  listsVersions: boolean | undefined
  readonly tell: (changes: ReadonlyArray<Told>) => void
}
