/** Makes the destination the same as the source: brings what is new or changed, removes what is extra. */
import { TransferSummary as Summary } from "@ourclone/core/engine/TransferSummary"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { earlierSource, removing, renaming, synced, transferring } from "./TransferFields.ts"
import * as TransferRun from "./TransferRun.ts"

export const Request = Schema.Struct({ ...synced, ...transferring, ...earlierSource, ...removing, ...renaming })
export type Request = typeof Request.Type

export const kind: JobKind<"sync", Request, typeof Summary.Type> = {
  type: "sync",
  request: Request,
  summary: Summary,
  needs: () => [],
  refuse: TransferRun.refuse,
  preview: TransferRun.preview("sync"),
  run: TransferRun.run("sync")
}
