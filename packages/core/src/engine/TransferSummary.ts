/** What became of the files of a transfer, in numbers. */
import * as Schema from "effect/Schema"
import { Cost } from "./Cost.ts"

export const TransferSummary = Schema.Struct({
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
  retries: Schema.Int,
  /** Files that stay at the destination only because others failed; 0 where it is folders alone, absent where it is nothing. */
  withheld: Schema.optionalKey(Schema.Int),
  /** Of a preview, where a side charges something that is known. */
  cost: Schema.optionalKey(Cost)
})
export type TransferSummary = {
  -readonly [Key in keyof typeof TransferSummary.Type]: (typeof TransferSummary.Type)[Key]
}

export const empty = (): TransferSummary => ({
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
