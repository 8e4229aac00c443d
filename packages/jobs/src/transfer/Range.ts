/** The part of a copy, move or sync that lies in a range of paths: brings what is new or changed there, and does nothing else. */
import { TransferSummary as Summary } from "@ourclone/core/engine/TransferSummary"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import * as RangeRun from "./RangeRun.ts"
import { copied, ranging, transferring } from "./TransferFields.ts"

export const Request = Schema.Struct({ ...copied, ...transferring, ...ranging })
export type Request = typeof Request.Type

/** Asked for by a run that has the lock of the destination, and by nobody else. */
export const kind: JobKind<"range", Request, typeof Summary.Type> = {
  type: "range",
  request: Request,
  summary: Summary,
  needs: () => [],
  run: RangeRun.run
}
