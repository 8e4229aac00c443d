/** What a request of `bisync` may hold. */
import * as Schema from "effect/Schema"
import { creating, flag, place, whenBusy } from "../kind/RequestFields.ts"
import { spending } from "../place/CostFields.ts"
import { filterFields } from "../place/FilterFields.ts"
import { pacing, removing } from "../transfer/TransferFields.ts"

export const pairing = {
  first: place("A folder"),
  second: place("The folder that is to have the same")
}

export const merging = {
  resync: flag("Forget what both had in common: what only one has is new to the other, and nothing is removed"),
  maxDelete: removing.maxDelete,
  allowEmptySource: flag("Let a side that is empty or missing empty the other")
}

export const Request = Schema.Struct({
  ...pairing,
  ...creating,
  ...pacing,
  whenBusy: whenBusy("What to do while another run writes to one of them; fail when absent"),
  ...merging,
  ...spending,
  ...filterFields
})
export type Request = typeof Request.Type
