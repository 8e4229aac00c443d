/** Copies, and removes each file at the source once it is safely at the destination. */
import { TransferSummary as Summary } from "@ourclone/core/engine/TransferSummary"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { moved, naming, transferring } from "./TransferFields.ts"
import * as TransferRun from "./TransferRun.ts"

export const Request = Schema.Struct({ ...moved, ...naming, ...transferring })
export type Request = typeof Request.Type

export const kind: JobKind<"move", Request, typeof Summary.Type> = {
  type: "move",
  request: Request,
  summary: Summary,
  needs: () => [],
  refuse: TransferRun.refuse,
  preview: TransferRun.preview("move"),
  run: TransferRun.run("move")
}
