/** What the answers of a server, and what goes wrong on the way there, mean in the words of `StorageError`. */
import {
  AlreadyExists,
  InvalidRequest,
  isStorageError,
  NotFound,
  PermissionDenied,
  Reason,
  StorageError,
  Unauthenticated,
  Unavailable,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Where a call was made. */
export interface Site {
  /** `Provider.name`. */
  readonly provider: string
  readonly operation: string
  readonly path: string
}

/** Codes of answers: draft-ietf-secsh-filexfer-02, section 7. */
export const status = { endOfFile: 1, noSuchFile: 2, permissionDenied: 3, failure: 4, unsupported: 8 } as const

export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined

const levelOf = (error: Error): string | undefined =>
  "level" in error && typeof error.level === "string" ? error.level : undefined

const ofAnswer = (code: number, message: string): Reason => {
  switch (code) {
    case status.noSuchFile:
      return new NotFound({ message: "there is no such file" })
    case status.permissionDenied:
      return new PermissionDenied({ message: "the server refuses access: check owner and permissions there" })
    case status.unsupported:
      return new InvalidRequest({ message: "the server can not do that" })
    default:
      return new UnexpectedResponse({ message: `the server answers "${message}"` })
  }
}

/** What went wrong before there was an answer. */
const ofConnection = (error: Error): Reason => {
  const { message } = error
  switch (levelOf(error)) {
    case "client-authentication":
      return new Unauthenticated({
        message: "the server takes neither key nor password: check the options user, keyFile, agent and password"
      })
    case "client-timeout":
      return new Unavailable({ message: "the server did not answer in time", isUnanswered: true })
    case "client-socket":
    case "client-dns":
      return new Unavailable({ message: `the server can not be reached: ${message}`, isUnanswered: true })
  }
  if (/passphrase/i.test(message)) {
    return new Unauthenticated({ message: `the private key can not be read: ${message}; see the option keyPassphrase` })
  }
  if (/parse privateKey|Unsupported key/i.test(message)) {
    return new Unauthenticated({ message: `the private key can not be read: ${message}` })
  }
  return new Unavailable({ message: `the connection broke: ${message}` })
}

export const reasonOf = (error: unknown): Reason => {
  if (!(error instanceof Error)) return new UnexpectedResponse({ message: String(error) })
  const code = statusOf(error)
  return code === undefined ? ofConnection(error) : ofAnswer(code, error.message)
}

const isReason = Schema.is(Reason)

/** `error` came from the server or from the connection, or is a `Reason` or a `StorageError` already. */
export const toStorageError = ({ operation, path, provider }: Site, error: unknown): StorageError =>
  isStorageError(error)
    ? error
    : new StorageError({ provider, operation, path, reason: isReason(error) ? error : reasonOf(error) })

export const folderInTheWay = () =>
  new AlreadyExists({ message: "a folder stands where the file should go: rename or remove it" })

/** `effect`, or what `otherwise` gives where what it is about is not there. */
export const whenMissing = <A, B>(
  effect: Effect.Effect<A, StorageError>,
  otherwise: (error: StorageError) => Effect.Effect<B, StorageError>
): Effect.Effect<A | B, StorageError> =>
  Effect.catchTag(effect, "StorageError", (error) =>
    error.reason._tag === "NotFound" ? otherwise(error) : Effect.fail(error)
  )
