/** What a request says a transfer may do at most, and in which order. */
import * as ActionOrder from "@ourclone/core/engine/ActionOrder"
import * as Limit from "@ourclone/core/engine/Limit"
import * as Size from "@ourclone/core/filter/Size"
import * as Result from "effect/Result"
import { InvalidJob } from "../kind/JobError.ts"
import type { Transferring } from "./TransferFields.ts"

type Fields = Pick<Transferring, "maxTransfer" | "maxDurationMillis" | "cutoffMode" | "orderBy">

/** Why it makes no sense. */
export const refusal = ({ maxTransfer, orderBy }: Fields): InvalidJob | undefined => {
  const size = maxTransfer === undefined ? undefined : Size.parse(maxTransfer)
  if (size !== undefined && Result.isFailure(size))
    return new InvalidJob({ field: "maxTransfer", message: size.failure })
  const order = orderBy === undefined ? undefined : ActionOrder.parse(orderBy)
  return order !== undefined && Result.isFailure(order)
    ? new InvalidJob({ field: "orderBy", message: order.failure })
    : undefined
}

export const limitOf = ({ cutoffMode, maxDurationMillis, maxTransfer }: Fields): Limit.Limit | undefined =>
  maxTransfer === undefined && maxDurationMillis === undefined
    ? undefined
    : Limit.make({
        cutoffMode,
        maxDurationMillis,
        maxTransfer: maxTransfer === undefined ? undefined : Result.getOrUndefined(Size.parse(maxTransfer))
      })

export const orderOf = ({ orderBy }: Fields): ActionOrder.ActionOrder | undefined =>
  orderBy === undefined ? undefined : Result.getOrUndefined(ActionOrder.parse(orderBy))
