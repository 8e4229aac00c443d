/** `state`: all that is kept on this machine, in one file. */
import * as path from "node:path"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import { CommandStopped, failed } from "./ExitCode.ts"
import * as Output from "./Output.ts"
import * as Password from "./repository/Password.ts"

const server = Effect.promise(() => import("@ourclone/server/main"))

const inputOf = (file: string | undefined): Password.PasswordInput => ({
  flag: "password",
  file,
  command: undefined,
  variables: []
})

const inWords = <A, R, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error): CommandStopped | Exclude<E, { readonly _tag: "ServeFailed" }> =>
    error._tag === "ServeFailed"
      ? new CommandStopped({ code: failed, message: "message" in error ? String(error.message) : "" })
      : (error as Exclude<E, { readonly _tag: "ServeFailed" }>)
  )

export const save = Effect.fnUntraced(function* (flags: {
  readonly file: string
  readonly passwordFile: string | undefined
  readonly withoutSecrets: boolean
}) {
  const output = yield* Output.make
  const { saveState } = yield* server
  const password = flags.withoutSecrets
    ? undefined
    : yield* Password.chosen(inputOf(flags.passwordFile), "Password of the saved state")
  const saved = yield* inWords(saveState(path.resolve(flags.file), password))
  output.note(`saved ${saved.join(", ")} in ${printable(flags.file)}`)
  if (flags.withoutSecrets)
    output.note("it holds no key and no password: those are given again where it is brought back")
}, Effect.scoped)

export const load = Effect.fnUntraced(function* (flags: {
  readonly file: string
  readonly passwordFile: string | undefined
  readonly replace: boolean
}) {
  const output = yield* Output.make
  const { isStateEncrypted, loadState } = yield* server
  const file = path.resolve(flags.file)
  const isEncrypted = yield* inWords(isStateEncrypted(file))
  const password = isEncrypted
    ? (yield* Password.existing(inputOf(flags.passwordFile), "Password of the saved state")).password
    : undefined
  const loaded = yield* inWords(loadState(file, password, flags.replace))
  output.note(`brought back ${loaded.join(", ")}`)
}, Effect.scoped)
