/** What the process tells its caller: one number, and one or two lines for people. */
import type { RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import type { Reason } from "@ourclone/core/contract/StorageError"
import type { SinkFailed } from "@ourclone/core/events/Tell"
import type { JobError } from "@ourclone/jobs/kind/JobError"
import type { MountError } from "@ourclone/mount/contract/MountError"
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import * as Schema from "effect/Schema"

export const done = 0
export const failed = 1
export const wrongUsage = 2
export const someFilesFailed = 3
export const notFound = 4
export const tryLater = 5
export const refused = 7
export const limitReached = 8
export const nothingToDo = 9
export const noRepository = 10
export const locked = 11
export const wrongPassword = 12
export const guardStopped = 25
export const hungUp = 129
export const interrupted = 130
export const terminated = 143
/** The reader of the output went away: what the signal for it gives other programs. */
export const outputClosed = 141

/** A command that ends with a code of its own choice. Without a message everything has been said already. */
export class CommandStopped extends Schema.TaggedError<CommandStopped>()("CommandStopped", {
  code: Schema.Int,
  message: Schema.String
}) {}

/** A flag or argument that makes no sense; the message names it. */
export const usage = (message: string): CommandStopped => new CommandStopped({ code: wrongUsage, message })

/** Total on purpose: a new reason does not compile until someone gives it a code. */
const storageCodes: Record<Reason["_tag"], number> = {
  NotFound: notFound,
  AlreadyExists: failed,
  PermissionDenied: refused,
  Unauthenticated: refused,
  QuotaExceeded: failed,
  NoSpace: failed,
  RateLimited: tryLater,
  Unavailable: tryLater,
  ChecksumMismatch: failed,
  SourceChanged: failed,
  InvalidRequest: wrongUsage,
  UnexpectedResponse: failed
}

const remoteCodes: Record<RemoteError["reason"]["_tag"], number> = {
  UnknownRemote: wrongUsage,
  UnknownType: wrongUsage,
  UnsupportedProvider: failed,
  InvalidName: wrongUsage,
  MalformedConfiguration: wrongUsage,
  ConfigurationUnavailable: failed,
  InvalidOption: wrongUsage,
  SecretUnavailable: refused,
  AlreadyConfigured: wrongUsage
}

const repositoryCodes: Record<RepositoryError["reason"]["_tag"], number> = {
  NoRepository: noRepository,
  RepositoryExists: failed,
  WrongPassword: wrongPassword,
  Locked: locked,
  LockLost: failed,
  UnsupportedRepository: failed,
  Damaged: failed,
  Missing: failed,
  NoSnapshot: notFound,
  Refused: failed,
  LocalFailure: failed
}

const taskCodes: Record<TaskError["reason"]["_tag"], number> = {
  NoTask: notFound,
  NotNow: failed,
  LeaseLost: failed,
  JournalUnavailable: failed,
  JournalTooNew: failed,
  NoSchedule: notFound,
  ScheduleExists: wrongUsage
}

const mountCodes: Record<MountError["reason"]["_tag"], number> = {
  NoFuse: failed,
  NotAllowed: refused,
  BadMountPoint: wrongUsage,
  Busy: failed,
  Broken: failed,
  CacheRefused: failed
}

/** What a command may fail with. */
export type CommandError = JobError | TaskError | SinkFailed | CommandStopped

const tags: Record<CommandError["_tag"], true> = {
  StorageError: true,
  RepositoryError: true,
  RemoteError: true,
  GuardStopped: true,
  LimitReached: true,
  DestinationLockError: true,
  MountError: true,
  InvalidJob: true,
  NothingThere: true,
  SecretRefused: true,
  SinkFailed: true,
  TaskError: true,
  CommandStopped: true
}

export const isCommandError = (error: unknown): error is CommandError =>
  error instanceof Error && "_tag" in error && String(error._tag) in tags

const codes: Readonly<Record<string, number>> = {
  ...storageCodes,
  ...remoteCodes,
  ...repositoryCodes,
  ...taskCodes,
  ...Object.fromEntries(Object.entries(mountCodes).map(([tag, code]) => [`Mount${tag}`, code])),
  Busy: tryLater,
  GuardStopped: guardStopped,
  LimitReached: limitReached,
  InvalidJob: wrongUsage,
  NothingThere: notFound,
  SecretRefused: wrongPassword,
  // A task that whoever asked for it may not have run any more.
  PlaceNotAllowed: refused
}

/** Nothing where a failure of that code does not happen here. */
export const ofKnownCode = (code: string): number | undefined => (Object.hasOwn(codes, code) ? codes[code] : undefined)

/** Of a failure by its code, as an event tells it. */
export const ofCode = (code: string): number => ofKnownCode(code) ?? failed

export const ofError = (error: CommandError): number => {
  switch (error._tag) {
    case "StorageError":
      return storageCodes[error.reason._tag]
    case "RepositoryError":
      return repositoryCodes[error.reason._tag]
    case "RemoteError":
      return remoteCodes[error.reason._tag]
    case "DestinationLockError":
      return error.reason._tag === "Busy" ? tryLater : failed
    case "MountError":
      return mountCodes[error.reason._tag]
    case "GuardStopped":
      return guardStopped
    case "LimitReached":
      return limitReached
    case "InvalidJob":
      return wrongUsage
    case "NothingThere":
      return notFound
    case "SecretRefused":
      return wrongPassword
    case "TaskError":
      return taskCodes[error.reason._tag]
    case "SinkFailed":
      return failed
    case "CommandStopped":
      return error.code
  }
}
