/** What the formats of an archive have in common: bytes that go before, between and after the contents of files. */
import type * as Effect from "effect/Effect"
import type { Node } from "../format/Node.ts"

/** A file, a directory or a symbolic link. */
export interface DumpEntry {
  /** Without a slash at the beginning or end. */
  readonly path: Buffer
  readonly node: Node
  /** Bytes of content that will come; 0 for what is no file. */
  readonly size: number
}

/**
 * Gives the bytes of an archive, in order. Keeps at most a directory of its
 * entries in memory. Of each entry: `begin`, then `content` as often as there
 * is some, then `end`; after the last one `finish`.
 */
export interface DumpWriter<Prepared> {
  /** Work on content that may be done ahead and for several pieces at a time. */
  readonly prepare: (plain: Buffer) => Effect.Effect<Prepared>
  readonly begin: (entry: DumpEntry) => ReadonlyArray<Uint8Array>
  readonly content: (piece: Prepared) => ReadonlyArray<Uint8Array>
  readonly end: () => ReadonlyArray<Uint8Array>
  readonly finish: () => ReadonlyArray<Uint8Array>
}
