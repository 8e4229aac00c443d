/** How the service says that something went wrong: RFC 9457 problems, one class for each status. */
import { Remedy } from "@ourclone/core/contract/Remedy"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as Schema from "effect/Schema"

const type = "about:blank"

/** Where in the request something is wrong: the first segment is `params`, `query` or `payload`. */
const Issue = Schema.Struct({
  path: Schema.Array(Schema.Union([Schema.String, Schema.Int])),
  message: Schema.String
})
export type Issue = typeof Issue.Type

const fields = {
  code: Schema.String.annotate({ description: "The reason, such as UnknownRemote: stable, for programs" }),
  remedy: Schema.optionalKey(Remedy)
}

/** The request can be read, but not done: each wrong field is named. */
export class Refused extends HttpApiError.Problem<Refused>()(
  "Refused",
  { type: "tag:ourclone,2026:refused", status: 400, title: "The request makes no sense" },
  { ...fields, errors: Schema.optionalKey(Schema.Array(Issue)) }
) {}

export class Unauthenticated extends HttpApiError.Problem<Unauthenticated>()(
  "Unauthenticated",
  { type, status: 401, title: "Sign in first" },
  fields
) {}

export class Forbidden extends HttpApiError.Problem<Forbidden>()(
  "Forbidden",
  { type, status: 403, title: "Not allowed" },
  { ...fields, errors: Schema.optionalKey(Schema.Array(Issue)) }
) {}

export class NotThere extends HttpApiError.Problem<NotThere>()(
  "NotThere",
  { type, status: 404, title: "Not there" },
  fields
) {}

/** It can not be done as things stand: the task has ended, the name is taken, the service is set up already. */
export class NotNow extends HttpApiError.Problem<NotNow>()("NotNow", { type, status: 409, title: "Not now" }, fields) {}

export class TooMany extends HttpApiError.Problem<TooMany>()(
  "TooMany",
  { type, status: 429, title: "Too many attempts" },
  { ...fields, retryAfterSeconds: Schema.Int }
) {}

/** A storage or repository failed; `code` and `remedy` are those of `Failure`. */
export class StorageFailed extends HttpApiError.Problem<StorageFailed>()(
  "StorageFailed",
  { type, status: 502, title: "The storage failed" },
  { ...fields, isRetryable: Schema.Boolean }
) {}

export class Unavailable extends HttpApiError.Problem<Unavailable>()(
  "Unavailable",
  { type, status: 503, title: "Not available" },
  fields
) {}
