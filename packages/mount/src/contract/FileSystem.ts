/**
 * A file system as its doors (FUSE, WebDAV) see it. A door translates and decides nothing; a file system knows no door.
 *
 * It belongs to the thread that made it, and needs that thread's event loop. What the tree or the cache can tell is
 * answered at once, what the storage must be asked for by a promise; such a promise never rejects. Calls may come while
 * others wait; each sees those that were answered before it. Nodes are numbered: a number never changes, is never given
 * twice, and is good as long as the node has a name or is open; `NotFound` afterwards. Numbers from 2 to 15 are never used.
 */
import type { Refused } from "./Refusal.ts"

export type Answer<A> = A | Refused
/** At once, or later. */
export type Soon<A> = Answer<A> | Promise<Answer<A>>

export type NodeKind = "file" | "directory" | "symlink"

/** Seconds since 1970 UTC, and nanoseconds to be added. */
export interface Time {
  readonly seconds: number
  readonly nanoseconds: number
}

export interface Attributes {
  readonly ino: number
  readonly kind: NodeKind
  /** In bytes; of a link, of its target; 0 of a directory. */
  readonly size: number
  /** Permission bits, 0o7777 at most. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** 0 for an open node without a name; 2 and one for each directory in it for a directory whose names are known, with fewer than 256 in it; otherwise 1. */
  readonly links: number
  readonly modified: Time
  /** Last change of anything, as seen here. */
  readonly changed: Time
  /** Grows with every change of the content, and with nothing else. With `ino` it makes an ETag. */
  readonly generation: number
}

/** Who asks, for what is made. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** What is to change. `size` cuts or grows with zeros; a new time of `"now"` is the file system's clock. */
export interface AttributeChanges {
  readonly mode?: number | undefined
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  readonly size?: number | undefined
  readonly modified?: Time | "now" | undefined
}

export interface OpenMode {
  readonly reads: boolean
  readonly writes: boolean
  /** Writes go to the end whatever their offset says. */
  readonly appends?: boolean | undefined
  readonly truncates?: boolean | undefined
  /** Of what is made: its name is an `UnfinishedName`. Another may not have one. */
  readonly isUnfinished?: boolean | undefined
}

export interface Opened {
  readonly attributes: Attributes
  /** Never 0; not given again while the process lives. */
  readonly handle: number
  /** The content is what the last `open` of the node gave: what a door kept of it still holds. */
  readonly isSame: boolean
}

export interface ListedNode {
  readonly name: string
  readonly attributes: Attributes
}

export interface ListedPage {
  readonly nodes: ReadonlyArray<ListedNode>
  readonly isLast: boolean
}

export interface Space {
  /** In bytes. */
  readonly total: number
  readonly free: number
  /** Names: bytes of UTF-8 that one may have. */
  readonly longestName: number
}

/** What a door has to take back from whom it told it, as it changed elsewhere. Told outside of any call. */
export type Told =
  /** A name came, went or leads elsewhere. */
  | { readonly _tag: "EntryChanged"; readonly parent: number; readonly name: string }
  | { readonly _tag: "ContentChanged"; readonly ino: number }
  | { readonly _tag: "AttributesChanged"; readonly ino: number }

/** For how long a door may repeat an answer without asking again, in seconds. `told` still takes it back. */
export interface Lifetimes {
  readonly entry: number
  readonly attributes: number
  /** Of "no such name". */
  readonly missing: number
}

export const rootIno = 1

export interface FileSystem {
  /** What users see: `b2:photos/2024`. */
  readonly name: string
  readonly isReadOnly: boolean
  readonly lifetimes: Lifetimes
  /** Who owns the root; what doors without callers of their own make things as. */
  readonly owner: Owner

  readonly lookup: (parent: number, name: string) => Soon<Attributes>
  readonly getAttributes: (ino: number) => Soon<Attributes>
  /** Times need not be given again after a write: a later write or close does not undo what was set. */
  readonly setAttributes: (ino: number, changes: AttributeChanges) => Soon<Attributes>
  /**
   * Some of a directory without `.` and `..`, in the order of numbers, from the first above `after` (0 for all).
   * `most` is a wish. What is added or taken away meanwhile never makes others be passed over or come twice.
   */
  readonly readDirectory: (ino: number, after: number, most: number) => Soon<ListedPage>

  /** `AlreadyExists` where the name is taken. */
  readonly create: (parent: number, name: string, mode: number, owner: Owner, open: OpenMode) => Soon<Opened>
  readonly makeDirectory: (parent: number, name: string, mode: number, owner: Owner) => Soon<Attributes>
  readonly makeLink: (parent: number, name: string, target: string, owner: Owner) => Soon<Attributes>
  readonly readLink: (ino: number) => Soon<string>
  /** Takes the name of a file or link. Where it is open it lives on without one, until its last `release`. */
  readonly unlink: (parent: number, name: string) => Soon<void>
  readonly removeDirectory: (parent: number, name: string) => Soon<void>
  /** `keep` refuses to replace; `exchange` gives each the other's place. */
  readonly rename: (
    parent: number,
    name: string,
    toParent: number,
    toName: string,
    how: "replace" | "keep" | "exchange"
  ) => Soon<void>

  /** Pins the content: reads through a handle opened for reading alone never mix two versions of the storage. */
  readonly open: (ino: number, open: OpenMode) => Soon<Opened>
  /**
   * Fills `into` from `offset`; how many bytes. Fewer than fit only at the end of the file. Where a promise is given,
   * `into` belongs to the file system until then.
   */
  readonly read: (handle: number, offset: number, into: Uint8Array) => Soon<number>
  /** All of `bytes` or a refusal. Where a promise is given, `bytes` must stay as they are until then. */
  readonly write: (handle: number, offset: number, bytes: Uint8Array) => Soon<number>
  /** The next offset from `offset` with data, or in a hole; the end of the file is a hole. */
  readonly seek: (handle: number, offset: number, what: "data" | "hole") => Soon<number>
  /** Grows the file to hold the range, or makes the range zeros without growing it. */
  readonly allocate: (handle: number, what: "extend" | "zero", offset: number, length: number) => Soon<void>
  /** Copies inside the file system, inside the storage where that can be; how many bytes, fewer at the end of the source. */
  readonly copyRange: (from: number, fromOffset: number, to: number, toOffset: number, length: number) => Soon<number>
  /** For each `close` of a descriptor. Afterwards what was written outlives a kill of the process. More may be written later. */
  readonly flush: (handle: number) => Soon<void>
  /** Afterwards what was written, and the names that lead there, outlive a power cut. */
  readonly sync: (handle: number) => Soon<void>
  /** `sync` for the names in a directory, and for all that was done before. */
  readonly syncDirectory: (ino: number) => Soon<void>
  /** Once for each handle, when nobody can use it any more. */
  readonly release: (handle: number) => void

  readonly space: () => Soon<Space>

  /** Small values beside a node, kept on this machine alone, following it when it is renamed. `NoProperty` where there is none. */
  readonly getProperty: (ino: number, key: string) => Soon<Uint8Array>
  readonly listProperties: (ino: number) => Soon<ReadonlyArray<string>>
  readonly setProperty: (ino: number, key: string, value: Uint8Array, how: "replace" | "add" | "change") => Soon<void>
  readonly removeProperty: (ino: number, key: string) => Soon<void>

  /** Calls `told` with each change that no call of a door made, until what is returned is called. */
  readonly watch: (told: (changes: ReadonlyArray<Told>) => void) => () => void
}
