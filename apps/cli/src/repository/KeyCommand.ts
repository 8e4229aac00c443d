/** `repo key`: the passwords of a repository. */

import * as Amount from "@ourclone/core/events/Amount"
import * as PrintableText from "@ourclone/core/events/PrintableText"
import { printable } from "@ourclone/core/events/PrintableText"
import * as KeyAdd from "@ourclone/jobs/repository/KeyAddJob"
import * as KeyList from "@ourclone/jobs/repository/KeyListQuery"
import * as KeyPassword from "@ourclone/jobs/repository/KeyPasswordJob"
import * as KeyRemove from "@ourclone/jobs/repository/KeyRemoveJob"
import { newSecretOf } from "@ourclone/jobs/repository/OpenedRepository"
import * as Effect from "effect/Effect"
import { given } from "../Given.ts"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"
import { shortId } from "./SnapshotFacts.ts"
import * as Table from "./Table.ts"

interface NewPasswordInput {
  readonly newPasswordFile: string | undefined
  readonly newPasswordCommand: string | undefined
  readonly newInsecureNoPassword: boolean
}

const silently: RepositoryJob.View = { onEvent: () => {} }

/** The repository, with the password it has and the one that it is to get. */
const accessWithNew = Effect.fnUntraced(function* (flags: RepositoryInput & NewPasswordInput) {
  const { access, located, passwords } = yield* accessOf(flags)
  const input = {
    flag: "new-password",
    file: flags.newPasswordFile,
    command: flags.newPasswordCommand,
    isEmpty: flags.newInsecureNoPassword,
    variables: ["OURCLONE_NEW_PASSWORD"]
  }
  const source = { input, question: `New password for ${printable(located.location)}`, isNew: true }
  const all: RepositoryJob.PasswordSources = new Map([...passwords.entries(), [newSecretOf(access.repository), source]])
  return { access, passwords: all }
})

export const list = (flags: RepositoryInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const keys = yield* RepositoryJob.rows(output, KeyList.kind, access, { passwords })
      if (output.isJson) return output.raw(`${PrintableText.json(keys)}\n`)
      const rows = keys.map(({ created, current, hostName, id, userName }) => [
        `${current ? "*" : " "}${shortId(id)}`,
        printable(userName),
        printable(hostName),
        created === "" ? "" : Amount.time(Date.parse(created))
      ])
      for (const line of Table.lines([" ID", "User", "Host", "Created"], rows)) output.line(line)
    })
  )

export const add = (
  flags: RepositoryInput & NewPasswordInput & { readonly user: string | undefined; readonly host: string | undefined }
) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessWithNew(flags)
      const request = { ...access, ...given({ user: flags.user, host: flags.host }) }
      const { id } = yield* RepositoryJob.run(output, KeyAdd.kind, request, silently, { passwords })
      if (output.isJson) output.json({ message_type: "key_added", id })
      else output.line(`added key ${shortId(id)}`)
    })
  )

export const remove = (flags: RepositoryInput & { readonly id: string }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const removing = RepositoryJob.run(output, KeyRemove.kind, { ...access, id: flags.id }, silently, { passwords })
      const { id } = yield* removing
      if (output.isJson) output.json({ message_type: "key_removed", id })
      else output.line(`removed key ${shortId(id)}`)
    })
  )

export const passwd = (flags: RepositoryInput & NewPasswordInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessWithNew(flags)
      const { id, oldId } = yield* RepositoryJob.run(output, KeyPassword.kind, access, silently, { passwords })
      if (output.isJson) output.json({ message_type: "key_changed", id })
      else output.line(`key ${shortId(id)} opens the repository now, key ${shortId(oldId)} no more`)
    })
  )
