/**
 * The one error a provider may fail with.
 *
 * `StorageError` says where the failure happened; its `reason` says what it
 * means. Callers recover by reason: `Effect.catchReason("StorageError", "NotFound", …)`.
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { Remedy } from "./Remedy.ts"

const message = Schema.String
/** The same holds for every other file, so the whole job stops. */
const concernsAll = Schema.optionalKey(Schema.Boolean)

/** Nothing is stored at the path. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", { message, concernsAll }) {}

/** The name is taken and may not be replaced. */
export class AlreadyExists extends Schema.TaggedError<AlreadyExists>()("AlreadyExists", { message, concernsAll }) {}

/** The credentials are valid but do not grant this operation. The message names what is missing. */
export class PermissionDenied extends Schema.TaggedError<PermissionDenied>()("PermissionDenied", {
  message,
  concernsAll,
  remedy: Schema.optionalKey(Remedy)
}) {}

/** The credentials are missing, wrong or revoked. Never raised for an expired token: providers renew those. */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()("Unauthenticated", { message }) {}

/** The account reached a storage or spending cap. Retrying cannot help, and the whole job stops. */
export class QuotaExceeded extends Schema.TaggedError<QuotaExceeded>()("QuotaExceeded", { message }) {}

/** The place written to is full. Retrying cannot help, and the whole job stops. */
export class NoSpace extends Schema.TaggedError<NoSpace>()("NoSpace", {
  message,
  /** This file does not fit, and smaller ones may: the job goes on. */
  concernsOne: Schema.optionalKey(Schema.Boolean),
  remedy: Schema.optionalKey(Remedy)
}) {}

/** The service asked to be called less often. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  message,
  retryAfter: Schema.Duration
}) {}

/** A network failure or a server fault that is likely to pass. */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  message,
  /** The service said to try elsewhere rather than later, and the provider will: no need to wait. */
  retryAtOnce: Schema.optionalKey(Schema.Boolean),
  /** The answer began, and broke off: it is asked for again at once, and not as long as a service that is away. */
  isTorn: Schema.optionalKey(Schema.Boolean),
  /** Nothing answered: the way there may be cut, rather than the service away. */
  isUnanswered: Schema.optionalKey(Schema.Boolean)
}) {}

/** The bytes that arrived are not the bytes that were sent. */
export class ChecksumMismatch extends Schema.TaggedError<ChecksumMismatch>()("ChecksumMismatch", {
  message,
  expected: Schema.String,
  actual: Schema.String,
  /** What is expected was only ever noted, and is wrong itself: the bytes will be the same every time. */
  isWronglyNoted: Schema.optionalKey(Schema.Boolean)
}) {}

/** Of a file whose digest was noted by whoever uploaded it. `actual` is that of what arrived, "" where it is not known. */
export const wronglyNoted = (expected: string, actual: string, algorithm = "SHA-1"): ChecksumMismatch =>
  new ChecksumMismatch({
    message: `the ${algorithm} that was noted for the file when it was uploaded is not that of its bytes (${expected} was noted${actual === "" ? "" : `, they have ${actual}`}): the note is wrong, or the file was damaged before it was sent; check the file, and upload it again`,
    expected,
    actual,
    isWronglyNoted: true
  })

/** The file changed or vanished while it was read. */
export class SourceChanged extends Schema.TaggedError<SourceChanged>()("SourceChanged", { message }) {}

/** The request is one the service will always refuse: a bad name, a bad range, a part that is too small. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", {
  message,
  /** It is the name alone that is refused: nothing else in the place is concerned. */
  concernsName: Schema.optionalKey(Schema.Boolean),
  remedy: Schema.optionalKey(Remedy)
}) {}

/** The service answered in a way its documentation does not allow. */
export class UnexpectedResponse extends Schema.TaggedError<UnexpectedResponse>()("UnexpectedResponse", { message }) {}

export const Reason = Schema.Union([
  NotFound,
  AlreadyExists,
  PermissionDenied,
  Unauthenticated,
  QuotaExceeded,
  NoSpace,
  RateLimited,
  Unavailable,
  ChecksumMismatch,
  SourceChanged,
  InvalidRequest,
  UnexpectedResponse
])
export type Reason = typeof Reason.Type

interface Treatment {
  /** Whether the same call may succeed later. */
  readonly isRetryable: boolean
  /** Whether no other file of the job can succeed either. */
  readonly stopsJob: boolean
}

/** Total on purpose: a new reason does not compile until someone decides how it is treated. */
const treatments: Record<Reason["_tag"], Treatment> = {
  NotFound: { isRetryable: false, stopsJob: false },
  AlreadyExists: { isRetryable: false, stopsJob: false },
  PermissionDenied: { isRetryable: false, stopsJob: false },
  Unauthenticated: { isRetryable: false, stopsJob: true },
  QuotaExceeded: { isRetryable: false, stopsJob: true },
  NoSpace: { isRetryable: false, stopsJob: true },
  RateLimited: { isRetryable: true, stopsJob: false },
  Unavailable: { isRetryable: true, stopsJob: false },
  ChecksumMismatch: { isRetryable: true, stopsJob: false },
  SourceChanged: { isRetryable: false, stopsJob: false },
  InvalidRequest: { isRetryable: false, stopsJob: false },
  UnexpectedResponse: { isRetryable: false, stopsJob: false }
}

export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  /** `Provider.name`. */
  provider: Schema.String,
  /** The method of the contract, or the service's own name of the call. */
  operation: Schema.String,
  path: Schema.optionalKey(Schema.String),
  reason: Reason
}) {
  override get message(): string {
    const provider = this.provider.replace(/:$/, "")
    const where = this.path === undefined || this.path === "" ? provider : `${provider}: "${this.path}"`
    return `${where}: ${this.reason.message}`
  }

  get isRetryable(): boolean {
    const { reason } = this
    const isFinal = reason._tag === "ChecksumMismatch" && reason.isWronglyNoted === true
    return treatments[reason._tag].isRetryable && !isFinal
  }

  get stopsJob(): boolean {
    const { reason } = this
    if (reason._tag === "NoSpace" && reason.concernsOne === true) return false
    return treatments[reason._tag].stopsJob || ("concernsAll" in reason && reason.concernsAll === true)
  }

  get remedy(): Remedy | undefined {
    return "remedy" in this.reason ? this.reason.remedy : undefined
  }

  /** The least time to wait before a retry; zero unless the service named one. */
  get retryAfter(): Duration.Duration {
    return this.reason._tag === "RateLimited" ? this.reason.retryAfter : Duration.zero
  }
}

/** By its tag: a provider from elsewhere may have brought a class of its own. */
export const isStorageError = (error: unknown): error is StorageError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "StorageError"

/** Makes the errors of one provider, by its `name`. */
export const failing =
  (provider: string) =>
  (operation: string, path: string, reason: Reason): StorageError =>
    new StorageError({ provider, operation, path, reason })
