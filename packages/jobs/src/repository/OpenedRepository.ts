/** From a request to an open repository, with the lock that the run needs. */
import { join } from "node:path"
import * as Repository from "@ourclone/backup/repository/Repository"
import type { RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import * as RepositoryLock from "@ourclone/backup/repository/RepositoryLock"
import { remedy } from "@ourclone/backup/repository/RepositoryRemedies"
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import * as RemoteName from "@ourclone/core/configuration/RemoteName"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { waiting } from "@ourclone/core/events/StorageFailure"
import type { Tell } from "@ourclone/core/events/Tell"
import type { OnRetry } from "@ourclone/core/layers/Retry"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { InvalidJob, SecretRefused } from "../kind/JobError.ts"
import type { Beside, SecretName } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import * as Bwlimit from "../place/Bwlimit.ts"
import * as OpenPlace from "../place/OpenPlace.ts"
import * as Tpslimit from "../place/Tpslimit.ts"
import type { Access, Locking, Reading } from "./Fields.ts"
import { secretOf } from "./PasswordName.ts"

/** The secrets of a request that is about one repository. */
export const needs = ({ repository }: Access): ReadonlyArray<SecretName> => [secretOf(repository)]

/** What a password that it is to get is called. */
export const newSecretOf = (repository: string): SecretName => `newPassword:${repository}`

/** The secrets of a request that gives a repository another password. */
export const needsNew = ({ repository }: Access): ReadonlyArray<SecretName> => [
  secretOf(repository),
  newSecretOf(repository)
]

/** The place behind the name of a repository. */
export const locate = Effect.fnUntraced(function* (repository: string) {
  if (!RemoteName.isValidName(repository)) return repository
  const { configurationFile } = yield* Remotes
  const configured = (yield* ConfiguredRepositories.read(configurationFile)).get(repository)
  if (configured !== undefined) return configured.location
  return yield* new InvalidJob({ message: `no repository is called "${repository}"`, field: "repository" })
})

/** A shorter pause is not worth a fact. */
const longPauseMillis = 1000

/** Tells that nothing goes on until a call is made again. */
const onRetry =
  (tell: Tell): OnRetry =>
  (error, pauseMillis) => {
    if (pauseMillis < longPauseMillis) return
    const until = Math.ceil(Date.now() + pauseMillis)
    tell.fact(waiting(error, until))
  }

/** The password that was given for `secret`. */
export const passwordOf = ({ secrets }: Beside, secret: SecretName) => {
  const password = secrets.get(secret)
  return password === undefined
    ? Effect.fail(new SecretRefused({ secret, message: "no password was given" }))
    : Effect.succeed(password)
}

/** The folder of all copies of index and folders. */
export const cachesOf = Effect.fnUntraced(function* (request: Pick<Access, "cacheDirectory">) {
  const machine = yield* ThisMachine
  return request.cacheDirectory ?? join(machine.cacheDirectory, "repositories")
})

/** The same, if any are kept. */
export const cacheDirectory = Effect.fnUntraced(function* (request: Pick<Access, "cache" | "cacheDirectory">) {
  return request.cache === false ? undefined : yield* cachesOf(request)
})

/** The repository that is meant, open until the scope closes. Fails with `SecretRefused` where its password is another. */
export const open = Effect.fnUntraced(function* (request: Access, beside: Beside) {
  const refused = Bwlimit.refusal(request.bwlimit)
  if (refused !== undefined) return yield* refused
  const secret = secretOf(request.repository)
  const password = yield* passwordOf(beside, secret)
  const place = yield* locate(request.repository)
  const storage = yield* Tpslimit.within(request.tpslimit)(OpenPlace.open(place, beside.tell))
  const provider = yield* Bwlimit.around(storage, request.bwlimit, beside.limits)
  const directory = yield* cacheDirectory(request)
  const opened = Repository.open(provider, {
    password,
    onRetry: onRetry(beside.tell),
    keyHint: request.keyHint,
    opensAgain: request.extraVerify,
    cacheDirectory: directory
  })
  return yield* Effect.catchReason(opened, "RepositoryError", "WrongPassword", (_, { message }) =>
    Effect.fail(new SecretRefused({ secret, message }))
  )
})

const patience = ({ waitMillis, whenBusy }: Locking): Duration.Input | undefined => {
  if (whenBusy !== "wait") return undefined
  return waitMillis === undefined ? Duration.infinity : Duration.millis(waitMillis)
}

export const lockOptions = (
  request: Locking,
  kind: "exclusive" | "shared",
  tell: Tell
): RepositoryLock.LockOptions => ({
  exclusive: kind === "exclusive",
  retryFor: patience(request),
  onWaiting: (message) =>
    tell.fact({ _tag: "Waiting", for: "lock", failure: { code: "Locked", message, isRetryable: true } }),
  onLeft: (message) => tell.fact({ _tag: "Note", code: "lockLeft", message, remedy: remedy("unlock") })
})

/** Runs `effect` while the repository is locked: alone, or together with others that do not remove anything. */
export const locked = <A, E, R>(
  repository: Repository.Repository,
  request: Reading,
  kind: "exclusive" | "shared",
  tell: Tell,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | StorageError | RepositoryError, R> =>
  request.lock === false ? effect : RepositoryLock.withLock(repository, lockOptions(request, kind, tell), effect)
