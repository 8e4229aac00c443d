/** Events and actions as JSON values: what their schemas encode, made by hand where there are many. */
import { Action } from "@ourclone/core/engine/Plan"
import { TransferEvent } from "@ourclone/core/events/TransferEvent"
import * as Schema from "effect/Schema"

const encodeEvent = Schema.encodeSync(Schema.toCodecJson(TransferEvent))
const encodeAction = Schema.encodeSync(Schema.toCodecJson(Action))

/** Only errors look different in JSON than in memory. */
export const ofEvent = (event: TransferEvent): object =>
  event._tag === "Failed" || event._tag === "Retried" ? (encodeEvent(event) as object) : event

export const ofAction = (action: Action): object => encodeAction(action) as object
