/** The secrets that a task may have without anybody being asked: those that the configuration keeps or points to. */
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Secret from "@ourclone/core/configuration/Secret"
import { SecretRefused } from "@ourclone/jobs/kind/JobError"
import type { SecretName } from "@ourclone/jobs/kind/JobKind"
import { secretOf } from "@ourclone/jobs/repository/PasswordName"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

export type Secrets = ReadonlyMap<SecretName, Redacted.Redacted<string>>

export const none: Secrets = new Map()

const nameOf = (secret: SecretName): string =>
  secret.startsWith("repository:")
    ? `password of repository "${secret.slice("repository:".length)}"`
    : `secret of ${secret}`

const notStored = (secret: SecretName): SecretRefused =>
  new SecretRefused({
    secret,
    message: `the ${nameOf(secret)} is not stored as the password in [repositories.NAME] of the configuration, so a run without anybody beside it can not begin`
  })

/** What the configuration says of the repository's password. */
const passwordOf = Effect.fnUntraced(function* (
  secret: SecretName,
  surroundings: Secret.Surroundings
): Effect.fn.Return<Redacted.Redacted<string>, SecretRefused | RemoteError, Remotes> {
  const { configurationFile } = yield* Remotes
  for (const { name, password } of (yield* ConfiguredRepositories.read(configurationFile)).values()) {
    if (password === undefined || secretOf(name) !== secret) continue
    const message = (because: string) => `the password of repository "${name}": ${because}`
    const found = yield* Effect.mapError(
      Secret.resolve(password, surroundings),
      (because) => new SecretRefused({ secret, message: message(because) })
    )
    return Redacted.make(Redacted.value(found).trim())
  }
  return yield* notStored(secret)
})

/** All of `names`: those that were given, else as stored. Fails with `SecretRefused`, which names the one that is missing. */
export const gather = Effect.fnUntraced(function* (
  names: ReadonlyArray<SecretName>,
  given: Secrets,
  surroundings: Secret.Surroundings
) {
  const found = new Map<SecretName, Redacted.Redacted<string>>()
  for (const name of names) found.set(name, given.get(name) ?? (yield* passwordOf(name, surroundings)))
  return found
})
