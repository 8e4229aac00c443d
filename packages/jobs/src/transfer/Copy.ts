/** Brings what is new or changed to the destination, and removes nothing. */
import { TransferSummary as Summary } from "@ourclone/core/engine/TransferSummary"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { copied, earlierSource, naming, transferring } from "./TransferFields.ts"
import * as TransferRun from "./TransferRun.ts"

export const Request = Schema.Struct({ ...copied, ...naming, ...transferring, ...earlierSource })
export type Request = typeof Request.Type

export const kind: JobKind<"copy", Request, typeof Summary.Type> = {
  type: "copy",
  request: Request,
  summary: Summary,
  needs: () => [],
  refuse: TransferRun.refuse,
  preview: TransferRun.preview("copy"),
  run: TransferRun.run("copy")
}
