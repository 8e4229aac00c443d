/** From flags to an open repository, with the lock that a command needs. */
import { homedir } from "node:os"
import * as Repository from "@ourclone/backup/repository/Repository"
import type { RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import * as RepositoryLock from "@ourclone/backup/repository/RepositoryLock"
import { isStorageError, PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import * as RunView from "@ourclone/core/events/RunView"
import { ofStorageError, waitsFor } from "@ourclone/core/events/StorageFailure"
import type { OnRetry } from "@ourclone/core/layers/Retry"
import * as StandardPaths from "@ourclone/core/machine/StandardPaths"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Output } from "../Output.ts"
import { printable } from "../PrintableText.ts"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { Streams } from "../Streams.ts"
import * as WaitingNotes from "../WaitingNotes.ts"
import * as Password from "./Password.ts"
import * as RepositoryPlace from "./RepositoryPlace.ts"
import * as Units from "./Units.ts"

/** Where the password of a repository comes from, by its flags and its entry in the configuration. */
export const passwordInput = (
  flags: Pick<RepositoryInput, "passwordFile" | "passwordCommand">,
  { configured }: RepositoryPlace.Located
): Password.PasswordInput => ({
  flag: "password",
  file: flags.passwordFile,
  command: flags.passwordCommand,
  configured:
    configured?.password === undefined ? undefined : { repository: configured.name, reference: configured.password },
  variables: ["OURCLONE_PASSWORD", "RESTIC_PASSWORD"]
})

/** Where copies of index and folders are kept, if anywhere. */
export const cacheDirectory = Effect.fnUntraced(function* (flags: Pick<RepositoryInput, "noCache" | "cacheDirectory">) {
  const { environment } = yield* Streams
  if (flags.noCache) return undefined
  const home = environment.HOME || homedir()
  return flags.cacheDirectory ?? `${StandardPaths.cacheDirectory(environment, home)}/repositories`
})

const tellRetries = (output: Output): OnRetry => {
  let view = RunView.empty
  const note = WaitingNotes.teller(output)
  return (error, pauseMillis) => {
    const at = Date.now()
    const event = {
      _tag: "Waiting",
      for: waitsFor(error),
      until: at + pauseMillis,
      failure: ofStorageError(error)
    } as const
    view = RunView.fold(view, { v: 1, at, event })
    note(view)
  }
}

const mistypedTries = 3

/** Opens what is at the place; a password typed wrongly may be typed again. */
export const openAt = Effect.fnUntraced(function* (
  output: Output,
  located: RepositoryPlace.Located,
  flags: Pick<RepositoryInput, "keyHint" | "noCache" | "cacheDirectory">,
  password: Password.PasswordInput
) {
  const provider = yield* RepositoryPlace.open(located)
  const directory = yield* cacheDirectory(flags)
  for (let tries = 1; ; tries++) {
    const given = yield* Password.existing(password, `Password of ${printable(located.location)}`)
    const opened = Repository.open(provider, {
      password: given.password,
      onRetry: tellRetries(output),
      ...(flags.keyHint === undefined ? {} : { keyHint: flags.keyHint }),
      ...(directory === undefined ? {} : { cacheDirectory: directory })
    })
    const mayTryAgain = given.wasAsked && tries < mistypedTries
    const repository = yield* Effect.catchReason(opened, "RepositoryError", "WrongPassword", (_, error) =>
      mayTryAgain ? Effect.succeed(error) : Effect.fail(error)
    )
    if (!("_tag" in repository)) return repository
    output.problem("that is not the password; try again")
  }
})

/** The repository that the flags mean, open until the scope closes. */
export const open = Effect.fnUntraced(function* (output: Output, flags: RepositoryInput) {
  const located = yield* RepositoryPlace.locate(flags.repo)
  return yield* openAt(output, located, flags, passwordInput(flags, located))
})

export interface LockInput {
  readonly retryLock: string | undefined
  /** Of commands that have the flag. */
  readonly noLock?: boolean
  readonly dryRun?: boolean
}

/** Where no lock can be written, a command that only reads can do without. */
const withoutLockHint =
  (kind: "exclusive" | "shared", { dryRun, noLock }: LockInput) =>
  <E>(error: E): E | StorageError => {
    const mayDoWithout = noLock === false && (kind === "shared" || dryRun !== false)
    if (!mayDoWithout || !isStorageError(error) || error.reason._tag !== "PermissionDenied") return error
    const message = `${error.reason.message}; what may only be read is read with --no-lock`
    return new StorageError({ ...error, reason: new PermissionDenied({ message }) })
  }

/** Runs `effect` while the repository is locked: alone, or together with others that do not remove anything. */
export const locked = <A, E, R>(
  output: Output,
  repository: Repository.Repository,
  flags: LockInput,
  kind: "exclusive" | "shared",
  effect: Effect.Effect<A, E, R>
) =>
  Effect.flatMap(Units.optional("retry-lock", flags.retryLock, Units.duration), (wait) => {
    if (flags.noLock === true) return effect as Effect.Effect<A, E | StorageError | RepositoryError, R>
    let isLocked = false
    const working = RepositoryLock.withLock(
      repository,
      {
        exclusive: kind === "exclusive",
        ...(wait === undefined ? {} : { retryFor: Duration.millis(wait) }),
        onWaiting: (message) => output.note(printable(message))
      },
      Effect.suspend(() => {
        isLocked = true
        return effect
      })
    )
    const hint = withoutLockHint(kind, flags)
    return Effect.mapError(working, (error) => (isLocked ? error : hint(error)))
  })
