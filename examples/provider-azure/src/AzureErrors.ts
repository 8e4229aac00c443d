/** What answers of the service mean in the words of the contract. */
import {
  AlreadyExists,
  ChecksumMismatch,
  InvalidRequest,
  NotFound,
  PermissionDenied,
  QuotaExceeded,
  RateLimited,
  type Reason,
  SourceChanged,
  Unauthenticated,
  Unavailable,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Duration from "effect/Duration"

/** `code` is the service's own word, from `x-ms-error-code`. */
export const reasonOf = (status: number, code: string, retryAfter: string | null): Reason => {
  const message = `the service answers ${status}${code === "" ? "" : ` ${code}`}`
  switch (code) {
    case "ContainerNotFound":
    case "ContainerBeingDeleted":
      return new NotFound({ message: "there is no such container: make it, or name another", concernsAll: true })
    case "BlobAlreadyExists":
      return new AlreadyExists({ message: "a file is there already" })
    case "ConditionNotMet":
    case "SourceConditionNotMet":
    case "TargetConditionNotMet":
      return new SourceChanged({ message: "it was replaced or removed after it was seen" })
    case "Md5Mismatch":
      return new ChecksumMismatch({ message: "other bytes arrived than were sent", expected: "", actual: "" })
    case "AuthenticationFailed":
    case "NoAuthenticationInformation":
      return new Unauthenticated({ message: "the service refuses the key: check account and key, and this clock" })
    case "AccountIsDisabled":
      return new QuotaExceeded({ message: "the storage account is disabled: look at it in the portal" })
    case "LeaseIdMissing":
      return new PermissionDenied({ message: "the file is leased: whoever holds the lease must give it up" })
    case "BlobArchived":
      return new PermissionDenied({ message: "the file is in the archive tier: move it to another tier first" })
  }
  if (status === 404) return new NotFound({ message: "there is no such file" })
  if (status === 401) return new Unauthenticated({ message })
  if (status === 403) return new PermissionDenied({ message })
  if (status === 429 || code === "ServerBusy") {
    return new RateLimited({ message, retryAfter: Duration.seconds(Number(retryAfter ?? 1) || 1) })
  }
  if (status === 408 || status >= 500) return new Unavailable({ message })
  return status >= 400 ? new InvalidRequest({ message }) : new UnexpectedResponse({ message })
}

/** Of a request that got no answer, or whose answer broke off. */
export const reasonOfFailure = (error: unknown): Reason => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) {
    return new InvalidRequest({ message: `its certificate is not trusted (${code}): see NODE_EXTRA_CA_CERTS` })
  }
  const text = code || (cause instanceof Error ? cause.message : String(cause))
  return new Unavailable({ message: `the service can not be reached: ${text}`, isUnanswered: true })
}
