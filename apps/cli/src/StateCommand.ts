/** `state`: all that is kept on this machine, in one file. */
import * as path from "node:path"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import { CommandStopped, ofCode } from "./ExitCode.ts"
import * as Output from "./Output.ts"
import * as Password from "./repository/Password.ts"

const server = Effect.promise(() => import("@ourclone/server/main"))

interface PasswordFlags {
  readonly passwordFile: string | undefined
  readonly passwordCommand: string | undefined
}

const inputOf = ({ passwordCommand, passwordFile }: PasswordFlags): Password.PasswordInput => ({
  flag: "password",
  file: passwordFile,
  command: passwordCommand,
  variables: ["OURCLONE_PASSWORD"]
})

const stopped = ({ message, reason }: { readonly message: string; readonly reason: string }) =>
  Effect.fail(new CommandStopped({ code: ofCode(reason), message }))

export const save = Effect.fnUntraced(function* (
  flags: PasswordFlags & { readonly file: string; readonly withoutSecrets: boolean }
) {
  const output = yield* Output.make
  const { saveState } = yield* server
  const password = flags.withoutSecrets
    ? undefined
    : yield* Password.chosen(inputOf(flags), "Password of the saved state")
  const saved = yield* saveState(path.resolve(flags.file), password).pipe(Effect.catchTag("StateFailed", stopped))
  output.note(`saved ${saved.join(", ")} in ${printable(flags.file)}`)
  if (flags.withoutSecrets)
    output.note("it holds no key and no password: those are given again where it is brought back")
}, Effect.scoped)

export const load = Effect.fnUntraced(function* (
  flags: PasswordFlags & { readonly file: string; readonly replace: boolean }
) {
  const output = yield* Output.make
  const { isStateEncrypted, loadState } = yield* server
  const file = path.resolve(flags.file)
  const isEncrypted = yield* isStateEncrypted(file).pipe(Effect.catchTag("StateFailed", stopped))
  const password = isEncrypted
    ? (yield* Password.existing(inputOf(flags), "Password of the saved state")).password
    : undefined
  const loaded = yield* loadState(file, password, flags.replace).pipe(Effect.catchTag("StateFailed", stopped))
  output.note(`brought back ${loaded.join(", ")}`)
}, Effect.scoped)
