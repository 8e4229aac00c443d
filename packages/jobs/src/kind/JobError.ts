/** What a job may fail with, and the one shape in which that is told. */
import type { RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import { remedyField } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { DestinationLockError } from "@ourclone/core/engine/DestinationLock"
import type { GuardStopped } from "@ourclone/core/engine/Guard"
import type { LimitReached } from "@ourclone/core/engine/Limit"
import type { Failure } from "@ourclone/core/events/Failure"
import type { MountError } from "@ourclone/mount/contract/MountError"
import * as Schema from "effect/Schema"

/** The request itself makes no sense; `field` names the part of it, where one is to blame. */
export class InvalidJob extends Schema.TaggedError<InvalidJob>()("InvalidJob", {
  message: Schema.String,
  field: Schema.optionalKey(Schema.String)
}) {}

/** What the request names is not there. */
export class NothingThere extends Schema.TaggedError<NothingThere>()("NothingThere", { message: Schema.String }) {}

/** A secret that the run wants was not given, or is not the right one. `secret` is its name in `needs`. */
export class SecretRefused extends Schema.TaggedError<SecretRefused>()("SecretRefused", {
  message: Schema.String,
  secret: Schema.String
}) {}

export type JobError =
  | StorageError
  | RepositoryError
  | RemoteError
  | GuardStopped
  | LimitReached
  | DestinationLockError
  | MountError
  | InvalidJob
  | NothingThere
  | SecretRefused

/** The field of what was asked for that is to blame. */
const ofField = (field: string | undefined): { readonly item?: string } => (field === undefined ? {} : { item: field })

export const toFailure = (error: JobError): Failure => {
  switch (error._tag) {
    case "StorageError": {
      const { isRetryable, message, path, provider, reason } = error
      return {
        ...remedyField(error.remedy),
        code: reason._tag,
        message,
        provider,
        isRetryable,
        ...(path === undefined ? {} : { item: path })
      }
    }
    case "RepositoryError":
    case "RemoteError": {
      const { message, reason } = error
      const option = "option" in reason ? reason.option : undefined
      return { ...remedyField(error.remedy), ...ofField(option), code: reason._tag, message, isRetryable: false }
    }
    case "DestinationLockError":
      return { code: error.reason._tag, message: error.message, isRetryable: error.reason._tag === "Busy" }
    case "MountError":
      return {
        ...remedyField(error.reason.remedy),
        code: `Mount${error.reason._tag}`,
        message: error.message,
        isRetryable: error.reason._tag === "Busy"
      }
    case "GuardStopped":
      return { ...remedyField(error.remedy), code: error._tag, message: error.message, isRetryable: false }
    case "InvalidJob":
      return { ...ofField(error.field), code: error._tag, message: error.message, isRetryable: false }
    case "LimitReached":
    case "NothingThere":
      return { code: error._tag, message: error.message, isRetryable: false }
    case "SecretRefused":
      return {
        code: error._tag,
        message: error.message,
        remedy: { code: "giveSecret", values: { secret: error.secret } },
        isRetryable: false
      }
  }
}
