/** `repo init`: a new repository, and its name in the configuration. */
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { printable } from "@ourclone/core/events/PrintableText"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind, madeStep, type Summary } from "@ourclone/jobs/repository/InitJob"
import { secretOf } from "@ourclone/jobs/repository/PasswordName"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import * as RepositoryPlace from "./RepositoryPlace.ts"
import { accessOf, type FromPasswordFlags, fromSourceOf, nameOf, passwordInput } from "./RepositoryRequest.ts"

export interface InitFlags extends RepositoryInput, FromPasswordFlags {
  readonly name: string | undefined
  readonly repositoryVersion: number
  readonly copyChunkerFrom: string | undefined
  readonly fromRepo: string | undefined
  readonly copyChunkerParams: boolean
}

const lifecycleTexts: { readonly [outcome in Summary["lifecycle"]]: string | undefined } = {
  set: "the bucket now keeps only the last version of the repository's files, so that what is removed takes no room",
  kept: "the bucket has lifecycle rules for these files already, which were left as they are",
  shared:
    "other files lie, or have lain, in the repository's folders, so the bucket goes on keeping all old versions there",
  unsupported: undefined,
  failed: undefined
}

/** A password that a file or a command gives will come from there the next time, too. */
const referenceOf = (flags: InitFlags): string | undefined => {
  if (flags.passwordFile !== undefined) return `file:${RepositoryPlace.absolute(flags.passwordFile)}`
  return flags.passwordCommand === undefined ? undefined : `command:${flags.passwordCommand}`
}

const teller = (output: Output, location: string) => (event: RunEvent) => {
  if (event._tag === "Note") {
    const isMade = event.code === "bucketCreated"
    const what = isMade ? "" : "the lifecycle rules of the bucket could not be set: "
    output.note(`note: ${what}${printable(event.message)}`)
  }
  if (event._tag !== "Step" || event.name !== madeStep) return
  const id = String(event.values?.id)
  if (output.isJson) output.json({ message_type: "initialized", id, repository: location })
  else output.line(`made repository ${id.slice(0, 10)} at ${printable(location)}`)
  output.hand()
}

const otherOf = Effect.fnUntraced(function* (flags: InitFlags) {
  const { copyChunkerFrom, copyChunkerParams, fromRepo } = flags
  if (copyChunkerParams !== (fromRepo !== undefined)) {
    return yield* usage("--from-repo and --copy-chunker-params go together; --copy-chunker-params-from says both")
  }
  if (fromRepo !== undefined && copyChunkerFrom !== undefined) {
    return yield* usage("--from-repo and --copy-chunker-params-from say the same: leave one out")
  }
  const from = copyChunkerFrom ?? fromRepo
  if (from === undefined) return undefined
  const located = yield* RepositoryPlace.locate(from)
  return { name: nameOf(located), source: fromSourceOf(flags, located) }
})

export const run = (flags: InitFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { configurationFile } = yield* Remotes
      const { access, located } = yield* accessOf(flags)
      if (flags.name !== undefined) yield* ConfiguredRepositories.checkNew(configurationFile, flags.name)
      const other = yield* otherOf(flags)
      const question = `Password for ${printable(located.location)}`
      const source = { input: passwordInput(flags, located), question, isNew: true }
      const passwords = new Map([[secretOf(access.repository), source], ...(other === undefined ? [] : [other.source])])
      const { keyHint: _, ...place } = access
      const request = {
        ...place,
        repositoryVersion: flags.repositoryVersion === 1 ? (1 as const) : (2 as const),
        ...given({ copyChunkerFrom: other?.name })
      }
      const view = { onEvent: teller(output, located.location) }
      const { lifecycle } = yield* RepositoryJob.run(output, kind, request, view, { passwords })
      const text = lifecycleTexts[lifecycle]
      if (text !== undefined) output.note(text)
      if (flags.name !== undefined) {
        yield* ConfiguredRepositories.add(configurationFile, {
          name: flags.name,
          location: RepositoryPlace.absolute(located.location),
          password: referenceOf(flags)
        })
        output.note(`called "${flags.name}" from now on, in ${configurationFile}`)
      }
      output.note(
        flags.insecureNoPassword
          ? "it has no password: everybody who can read the storage can read what is backed up there"
          : "without its password, nobody can ever read it again: keep that somewhere safe"
      )
    })
  )
