/** How many rows a page of a listing holds. */
import type { Call } from "./Call.ts"
import { ApiError } from "./Errors.ts"
import { optionalInteger } from "./Fields.ts"

const shortRows = 2

/**
 * What was asked for in `field`: null and 0 mean `standard`, out of range is 400 `out_of_range`.
 *
 * With short pages it is at most two rows, and none where a listing begins, that is where `start` is undefined: B2 may
 * end a page anywhere, and only a missing token ends a listing.
 */
export const pageSize = (call: Call, field: string, standard: number, most: number, start: unknown): number => {
  const count = optionalInteger(call.fields, field) ?? 0
  if (count < 0 || count > most) throw new ApiError(400, "out_of_range", `${field} must be from 1 to ${most}`)
  const asked = count === 0 ? standard : count
  if (!call.account.shortPages) return asked
  return start === undefined ? 0 : Math.min(asked, shortRows)
}
