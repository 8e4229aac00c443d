/** `repo init`: a new repository, and what goes with it on a service that keeps versions. */
import * as Lifecycle from "@ourclone/backup/repository/Lifecycle"
import * as Repository from "@ourclone/backup/repository/Repository"
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Effect from "effect/Effect"
import * as ExitCode from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import { printable } from "../PrintableText.ts"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as Password from "./Password.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryPlace from "./RepositoryPlace.ts"

export interface InitInput extends RepositoryInput {
  readonly name: string | undefined
  readonly repositoryVersion: number
  readonly copyChunkerFrom: string | undefined
  readonly fromPasswordFile: string | undefined
  readonly fromPasswordCommand: string | undefined
}

const lifecycleTexts = {
  set: "the bucket now keeps only the last version of the repository's files, so that what is removed takes no room",
  kept: "the bucket has lifecycle rules for these files already, which were left as they are",
  shared:
    "other files lie, or have lain, in the repository's folders, so the bucket goes on keeping all old versions there",
  unsupported: undefined
}

const tellLifecycle = (output: Output, outcome: Lifecycle.Outcome): void => {
  const text = lifecycleTexts[outcome]
  if (text !== undefined) output.note(text)
}

/** A key that may not change the bucket is no reason to have no repository. */
const keepOnlyLastVersion = (output: Output, provider: Provider) =>
  Lifecycle.keepOnlyLastVersion(provider).pipe(
    Effect.tap((outcome) => Effect.sync(() => tellLifecycle(output, outcome))),
    Effect.catch((error) =>
      Effect.sync(() =>
        output.note(`note: the lifecycle rules of the bucket could not be set: ${printable(error.message)}`)
      )
    )
  )

const chunkerOf = Effect.fnUntraced(function* (output: Output, flags: InitInput) {
  if (flags.copyChunkerFrom === undefined) return undefined
  const located = yield* RepositoryPlace.locate(flags.copyChunkerFrom)
  const other = yield* OpenedRepository.openAt(
    output,
    located,
    { ...flags, keyHint: undefined },
    fromPassword(flags, located)
  )
  return other.config.polynomial
})

/** Where the password of the other repository comes from. */
export const fromPassword = (
  flags: { readonly fromPasswordFile: string | undefined; readonly fromPasswordCommand: string | undefined },
  located: RepositoryPlace.Located
): Password.PasswordInput => ({
  ...OpenedRepository.passwordInput(
    { passwordFile: flags.fromPasswordFile, passwordCommand: flags.fromPasswordCommand },
    located
  ),
  flag: "from-password",
  variables: ["OURCLONE_FROM_PASSWORD", "RESTIC_FROM_PASSWORD"]
})

export const run = (flags: InitInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { configurationFile } = yield* Remotes
      const located = yield* RepositoryPlace.locate(flags.repo)
      if (flags.name !== undefined) yield* ConfiguredRepositories.checkNew(configurationFile, flags.name)
      const polynomial = yield* chunkerOf(output, flags)
      const provider = yield* RepositoryPlace.open(located)
      if (provider.buckets !== undefined && provider.location === "") {
        return yield* ExitCode.usage(`${located.location} names no bucket; write remote:bucket or remote:bucket/folder`)
      }
      const password = yield* Password.chosen(
        OpenedRepository.passwordInput(flags, located),
        `Password for ${printable(located.location)}`
      )
      const repository = yield* Repository.init(provider, password, {
        version: flags.repositoryVersion === 1 ? 1 : 2,
        ...(polynomial === undefined ? {} : { polynomial })
      })
      const { id } = repository.config
      if (output.isJson) output.json({ message_type: "initialized", id, repository: located.location })
      else output.line(`made repository ${id.slice(0, 10)} at ${printable(located.location)}`)
      yield* output.flush
      yield* keepOnlyLastVersion(output, provider)
      if (flags.name !== undefined) {
        yield* ConfiguredRepositories.add(configurationFile, {
          name: flags.name,
          location: RepositoryPlace.absolute(located.location),
          password: referenceOf(flags)
        })
        output.note(`called "${flags.name}" from now on, in ${configurationFile}`)
      }
      output.note("without its password, nobody can ever read it again: keep that somewhere safe")
    })
  )

/** A password that a file or a command gives will come from there the next time, too. */
const referenceOf = (flags: InitInput): string | undefined => {
  if (flags.passwordFile !== undefined) return `file:${RepositoryPlace.absolute(flags.passwordFile)}`
  return flags.passwordCommand === undefined ? undefined : `command:${flags.passwordCommand}`
}
