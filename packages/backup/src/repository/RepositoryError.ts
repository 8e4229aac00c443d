/**
 * The one error of a repository, beside the `StorageError` of the provider under it.
 *
 * Its `reason` says what it means; callers recover by reason:
 * `Effect.catchReason("RepositoryError", "Locked", …)`. Messages name the file and
 * the cause; what could be done is a `remedy` of `RepositoryRemedies`.
 */
import { Remedy } from "@ourclone/core/contract/Remedy"
import * as Schema from "effect/Schema"

const message = Schema.String
const remedy = Schema.optionalKey(Remedy)

/** No `config` is stored at the place. */
export class NoRepository extends Schema.TaggedError<NoRepository>()("NoRepository", { message, remedy }) {}

/** `init` found a repository, or files, at the place. */
export class RepositoryExists extends Schema.TaggedError<RepositoryExists>()("RepositoryExists", { message, remedy }) {}

/** No key file opens with the password. */
export class WrongPassword extends Schema.TaggedError<WrongPassword>()("WrongPassword", { message, remedy }) {}

/** Another process holds a lock that does not go together with the one asked for; the message says who and since when. */
export class Locked extends Schema.TaggedError<Locked>()("Locked", { message, remedy }) {}

/** Our own lock could not be kept fresh, or somebody removed it: whatever runs must stop. */
export class LockLost extends Schema.TaggedError<LockLost>()("LockLost", { message, remedy }) {}

/** The repository is of a format this program does not know. */
export class UnsupportedRepository extends Schema.TaggedError<UnsupportedRepository>()("UnsupportedRepository", {
  message,
  remedy
}) {}

/** A file of the repository, or a blob in it, is not what was written. `file` is its name there: `data/5a/5a…`. */
export class Damaged extends Schema.TaggedError<Damaged>()("Damaged", { message, remedy, file: Schema.String }) {}

/** A file or blob that another one names is not there. */
export class Missing extends Schema.TaggedError<Missing>()("Missing", { message, remedy, file: Schema.String }) {}

/** No snapshot, or more than one, is meant by what the user wrote; or no such path is in it. */
export class NoSnapshot extends Schema.TaggedError<NoSnapshot>()("NoSnapshot", { message, remedy }) {}

/** What was asked for makes no sense here: a last key to remove, a policy that keeps nothing. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", { message, remedy }) {}

/** A file of this machine could not be read or written as the whole job needs it. `code` is the system's: `ENOSPC`. */
export class LocalFailure extends Schema.TaggedError<LocalFailure>()("LocalFailure", {
  message,
  remedy,
  code: Schema.String
}) {}

export const Reason = Schema.Union([
  NoRepository,
  RepositoryExists,
  WrongPassword,
  Locked,
  LockLost,
  UnsupportedRepository,
  Damaged,
  Missing,
  NoSnapshot,
  Refused,
  LocalFailure
])
export type Reason = typeof Reason.Type

export class RepositoryError extends Schema.TaggedError<RepositoryError>()("RepositoryError", {
  /** `Provider.name` of the place. */
  repository: Schema.String,
  reason: Reason
}) {
  override get message(): string {
    return `${this.repository}: ${this.reason.message}`
  }

  get remedy(): Remedy | undefined {
    return this.reason.remedy
  }
}
