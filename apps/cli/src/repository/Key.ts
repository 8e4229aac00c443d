/** `repo key`: the passwords of a repository. */
import * as KeyFiles from "@ourclone/backup/repository/KeyFiles"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as Effect from "effect/Effect"
import * as Amount from "../Amount.ts"
import * as ExitCode from "../ExitCode.ts"
import { printable } from "../PrintableText.ts"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import * as Password from "./Password.ts"
import { command } from "./RepositoryCommand.ts"
import * as Table from "./Table.ts"

interface NewPasswordInput {
  readonly newPasswordFile: string | undefined
  readonly newPasswordCommand: string | undefined
}

const newPassword = (flags: NewPasswordInput, repository: Repository) =>
  Password.chosen(
    {
      flag: "new-password",
      file: flags.newPasswordFile,
      command: flags.newPasswordCommand,
      variables: ["OURCLONE_NEW_PASSWORD"]
    },
    `New password for ${printable(repository.name)}`
  )

const shortId = (id: string): string => id.slice(0, 8)

export const list = (flags: RepositoryInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const keys = yield* locked(output, repository, flags, "shared", KeyFiles.list(repository))
      if (output.isJson) return output.raw(`${JSON.stringify(keys)}\n`)
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
      const repository = yield* open(output, flags)
      const password = yield* newPassword(flags, repository)
      const names = {
        ...(flags.user === undefined ? {} : { username: flags.user }),
        ...(flags.host === undefined ? {} : { hostname: flags.host })
      }
      const adding = KeyFiles.add(repository, password, names)
      const id = yield* locked(output, repository, flags, "shared", adding)
      if (output.isJson) output.json({ message_type: "key_added", id })
      else output.line(`added key ${shortId(id)}`)
    })
  )

export const remove = (flags: RepositoryInput & { readonly id: string }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const removing = Effect.gen(function* () {
        const meant = (yield* KeyFiles.list(repository)).filter(({ id }) => id.startsWith(flags.id))
        const [only] = meant
        if (only === undefined || meant.length > 1) {
          const many = only === undefined ? "no key's id begins" : `${meant.length} keys' ids begin`
          const message = `${many} with "${flags.id}"; ourclone repo key list shows them`
          return yield* new ExitCode.CommandStopped({ code: ExitCode.notFound, message })
        }
        yield* KeyFiles.remove(repository, only.id)
        return only.id
      })
      const id = yield* locked(output, repository, flags, "exclusive", removing)
      if (output.isJson) output.json({ message_type: "key_removed", id })
      else output.line(`removed key ${shortId(id)}`)
    })
  )

export const passwd = (flags: RepositoryInput & NewPasswordInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const password = yield* newPassword(flags, repository)
      const changing = KeyFiles.changePassword(repository, password)
      const id = yield* locked(output, repository, flags, "exclusive", changing)
      if (output.isJson) output.json({ message_type: "key_changed", id })
      else output.line(`key ${shortId(id)} opens the repository now, key ${shortId(repository.keyId)} no more`)
    })
  )
