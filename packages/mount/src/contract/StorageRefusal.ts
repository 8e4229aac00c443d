/** What a failure of the storage means to who asked. Total, so that a new reason does not compile until someone decides. */
import type { Reason, StorageError } from "@ourclone/core/contract/StorageError"
import { type Refusal, Refused } from "./Refusal.ts"

const refusals: Record<Reason["_tag"], Refusal> = {
  NotFound: "Failed",
  AlreadyExists: "AlreadyExists",
  // A missing right of the account is not one of the file's mode.
  PermissionDenied: "Failed",
  Unauthenticated: "Failed",
  QuotaExceeded: "NoSpace",
  NoSpace: "NoSpace",
  RateLimited: "TimedOut",
  Unavailable: "TimedOut",
  ChecksumMismatch: "Failed",
  SourceChanged: "Failed",
  InvalidRequest: "BadName",
  UnexpectedResponse: "Failed"
}

export const ofStorageError = (error: StorageError): Refused => new Refused(refusals[error.reason._tag], error.message)
