/**
 * What happened, as it happens. The same schema feeds the progress display,
 * `--json`, the terminal UI and the server's event stream, so none of them has
 * types of its own.
 */
import * as Schema from "effect/Schema"
import { RemotePath } from "../contract/RemotePath.ts"
import { StorageError } from "../contract/StorageError.ts"

const path = RemotePath
const size = Schema.Int

/** What became of the files of a transfer, in numbers. */
export const Summary = Schema.Struct({
  /** Files whose bytes went to the destination, and those bytes. */
  stored: Schema.Int,
  storedBytes: Schema.Int,
  /** Files copied inside the service. */
  copied: Schema.Int,
  /** Files that got another modification time. */
  touched: Schema.Int,
  /** Files that were the same already. */
  same: Schema.Int,
  /** Removed at the destination. */
  removed: Schema.Int,
  /** Removed at the source, by a move. */
  moved: Schema.Int,
  /** Entries passed over with a note. */
  skipped: Schema.Int,
  failed: Schema.Int,
  retries: Schema.Int
})
export type Summary = { -readonly [Key in keyof typeof Summary.Type]: number }

export const emptySummary = (): Summary => ({
  stored: 0,
  storedBytes: 0,
  copied: 0,
  touched: 0,
  same: 0,
  removed: 0,
  moved: 0,
  skipped: 0,
  failed: 0,
  retries: 0
})

export const TransferEvent = Schema.TaggedUnion({
  Started: { path, size },
  /** So many bytes more have been read from the source; fewer, when a retry begins again. */
  Advanced: { path, bytes: Schema.Int },
  Retried: { path, error: StorageError },
  Stored: { path, size },
  Copied: { path, size },
  Touched: { path },
  Removed: { path },
  /** Removed at the source after it was stored. */
  Moved: { path },
  DirectoryMade: { path },
  DirectoryRemoved: { path },
  Skipped: { path: Schema.String, because: Schema.String },
  Failed: { path: Schema.String, error: Schema.Union([StorageError, Schema.String]) },
  /** Deletions were planned and not done, because files failed before. */
  RemovalsWithheld: { removals: Schema.Int },
  Finished: { summary: Summary, seconds: Schema.Number }
})
export type TransferEvent = typeof TransferEvent.Type
