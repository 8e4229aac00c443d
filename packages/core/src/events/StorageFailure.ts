/** A storage error in the one shape of failures. */
import { remedyField } from "../contract/Remedy.ts"
import type { StorageError } from "../contract/StorageError.ts"
import type { Failure } from "./Failure.ts"
import type { Fact, WaitReason } from "./RunEvent.ts"

/** `item` where it is known better than the error knows. */
export const ofStorageError = (error: StorageError, item = error.path): Failure => ({
  ...remedyField(error.remedy),
  code: error.reason._tag,
  message: error.reason.message,
  provider: error.provider,
  isRetryable: error.isRetryable,
  ...(item === undefined || item === "" ? {} : { item })
})

/** What a retry waits for. */
const waitsFor = ({ reason }: StorageError): WaitReason =>
  reason._tag === "Unavailable" && reason.isUnanswered === true ? "network" : "service"

/** That a call is made again at `until`, in milliseconds since 1970 UTC, and why. */
export const waiting = (error: StorageError, until: number): Extract<Fact, { readonly _tag: "Waiting" }> => ({
  _tag: "Waiting",
  for: waitsFor(error),
  until,
  failure: ofStorageError(error)
})
