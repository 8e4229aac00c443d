/** The flags of copy, move and sync, spelled as rclone spells them. */
import { spending } from "@ourclone/jobs/place/CostFields"
import {
  choosing,
  earlierSource as earlier,
  heading,
  keeping,
  limiting,
  linking,
  pacing,
  sparing,
  storedInput
} from "@ourclone/jobs/transfer/TransferFields"
import * as Flag from "effect/cli/Flag"
import { filterFlags } from "./FilterFlags.ts"
import { on } from "./Flags.ts"
import { flagsOf, refusalOf } from "./RequestFlags.ts"
import { flags as timestamp } from "./Timestamp.ts"

export const dryRun = on("dry-run", "Print what would be done, and do nothing").pipe(Flag.withAlias("n"))

const createsBucket = refusalOf("createsBucket")
const progress = on("progress", "Show progress even where standard error is no terminal").pipe(Flag.withAlias("P"))

/** Of a file that comes as a stream. */
export const storing = {
  ...timestamp,
  ...flagsOf({ bwlimit: storedInput.bwlimit }),
  createsBucket,
  progress
}

/** What copy, move and sync have in common. */
export const transferring = {
  dryRun,
  ...flagsOf(pacing),
  createsBucket,
  progress,
  errorOnNoTransfer: on("error-on-no-transfer", "Exit with 9 when there was nothing to do"),
  ...flagsOf({ ...choosing, ...keeping, ...heading, ...sparing, ...limiting, ...spending, ...linking }),
  filters: filterFlags
}

/** Which state of the source. */
export const earlierSource = flagsOf(earlier, {
  at: {
    description:
      "The source as it was then, as far as old versions are kept: a time, a date, or how long ago, such as 2h"
  }
})
