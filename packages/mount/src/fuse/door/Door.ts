/**
 * The door: each request of the kernel asks the file system for one thing, and its answer becomes the reply.
 *
 * What has to do with the session itself (INIT, INTERRUPT) is `Session`'s. Forgetting needs nothing here: a file system
 * keeps its nodes by their names and handles, not by who knows their numbers.
 */
import { constants } from "node:os"
import type { Request, Unreadable } from "../protocol/KernelRequest.ts"
import type { OperationName } from "../protocol/Operations.ts"
import * as Wire from "../protocol/Reply.ts"
import { contentRequests } from "./ContentRequests.ts"
import type { DoorContext, Handlers, Reply } from "./Handler.ts"
import { listingRequests } from "./ListingRequests.ts"
import { nameRequests } from "./NameRequests.ts"
import { nodeRequests } from "./NodeRequests.ts"

const { errno } = constants

export type ServedName = Exclude<OperationName, "INIT" | "INTERRUPT">

const nothing = () => Wire.empty()
const handlers: Handlers<ServedName> = {
  ...nameRequests,
  ...nodeRequests,
  ...contentRequests,
  ...listingRequests,
  FORGET: nothing,
  BATCH_FORGET: nothing,
  NOTIFY_REPLY: nothing,
  DESTROY: nothing
}

const because = { UnknownOperation: errno.ENOSYS, Malformed: errno.EINVAL, NotText: errno.EILSEQ } as const
const lookup = 1

/** Never throws and never rejects by what a request holds; what a file system throws comes through. */
export const answer = (
  request: Extract<Request, { readonly name: ServedName }> | Unreadable,
  door: DoorContext
): Reply | Promise<Reply> => {
  if (request.name === undefined) {
    // What no storage can hold is not there; only making it is refused.
    return request.code === lookup && request.because === "NotText" ? errno.ENOENT : because[request.because]
  }
  // Name and handler come from one row of the table; the checker can not follow that.
  const handler = handlers[request.name] as (asked: typeof request, door: DoorContext) => Reply | Promise<Reply>
  return handler(request, door)
}
