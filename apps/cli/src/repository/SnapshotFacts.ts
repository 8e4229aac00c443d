/** Facts about snapshots that several commands tell in the same words. */

import * as Amount from "@ourclone/core/events/Amount"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Output } from "../Output.ts"

/** Snapshots that can not be read are passed over, and told of. */
export const tellUnreadable = (output: Output, event: RunEvent): void => {
  if (event._tag !== "Note" || event.code !== "unreadableSnapshot") return
  output.problem(`snapshot ${event.item ?? ""} can not be read: ${event.message}`)
}

export const shortId = (id: string): string => id.slice(0, 8)

export const counted = (snapshots: number): string => Amount.counted(snapshots, "snapshot")
