/** What the errors of the operating system mean, in the words of `StorageError`. */
import {
  AlreadyExists,
  InvalidRequest,
  isStorageError,
  NoSpace,
  NotFound,
  PermissionDenied,
  Reason,
  SourceChanged,
  StorageError,
  Unavailable,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Place } from "./LocalPlace.ts"

type MakeReason = (code: string) => Reason

const notFound: MakeReason = () => new NotFound({ message: "there is no such file" })
const denied: MakeReason = (code) =>
  new PermissionDenied({ message: `the system refuses access (${code}): check its owner and permissions` })
const full: MakeReason = (code) =>
  new NoSpace({
    message:
      code === "EDQUOT"
        ? "the disk quota is used up: free some of it or write elsewhere"
        : "the disk is full: free some space or write elsewhere"
  })
const inTheWay: MakeReason = () =>
  new AlreadyExists({ message: "a folder stands where the file should go: rename or remove it" })
const tooManyFiles: MakeReason = (code) =>
  new Unavailable({ message: `too many files are open (${code}): raise "ulimit -n" or use fewer transfers` })
const passing: MakeReason = (code) =>
  new Unavailable({ message: `the file system did not answer as it should (${code})` })
const invalid =
  (message: string): MakeReason =>
  (code) =>
    new InvalidRequest({ message: `${message} (${code})` })

const changed: MakeReason = () =>
  new SourceChanged({ message: "it was changed after it was listed: run again once nothing writes to it" })
const gone: MakeReason = () => new NotFound({ message: "it was there when listed and is gone now" })

const table: Readonly<Record<string, MakeReason>> = {
  FileChanged: changed,
  FileGone: gone,
  ENOENT: notFound,
  ENOTDIR: notFound,
  EACCES: denied,
  EPERM: denied,
  EROFS: () => new PermissionDenied({ message: "the file system is mounted read-only" }),
  ENOSPC: full,
  EDQUOT: full,
  EEXIST: inTheWay,
  EISDIR: inTheWay,
  ENOTEMPTY: inTheWay,
  ENAMETOOLONG: invalid("the name is longer than this file system allows: shorten it"),
  EINVAL: invalid("this file system does not allow the name or the request"),
  EILSEQ: invalid("this file system does not allow the characters of the name"),
  ELOOP: invalid("it is a symbolic link, which is not followed"),
  EFBIG: invalid("the file is larger than this file system allows"),
  EOVERFLOW: invalid("the file is larger than this system can handle"),
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
  EAGAIN: passing,
  EBUSY: passing,
  EINTR: passing,
  EIO: passing,
  ENOTCONN: passing,
  ESTALE: passing,
  ETIMEDOUT: passing
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined

/** What a failed call of `node:fs` means. */
export const reasonOf = (error: unknown): Reason => {
  const code = codeOf(error)
  const known = code === undefined ? undefined : table[code]
  return (
    known?.(code ?? "") ?? new UnexpectedResponse({ message: error instanceof Error ? error.message : String(error) })
  )
}

const isReason = Schema.is(Reason)

/** `error` was thrown by `node:fs`, or is a `Reason` or a `StorageError` already. */
export const toStorageError = (place: Place, operation: string, path: string, error: unknown): StorageError =>
  isStorageError(error)
    ? error
    : new StorageError({
        provider: place.name,
        operation,
        path,
        reason: isReason(error) ? error : reasonOf(error)
      })

/** Runs synchronous file calls as an effect. `run` may also throw a `Reason`. */
export const attempt = <A>(
  place: Place,
  operation: string,
  path: string,
  run: () => A
): Effect.Effect<A, StorageError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (error) {
      return Effect.fail(toStorageError(place, operation, path, error))
    }
  })
