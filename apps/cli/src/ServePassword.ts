/** The password of a server that a command starts: from a file, the environment, or made up and said. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { usage } from "./ExitCode.ts"
import type { Output } from "./Output.ts"
import { Streams } from "./Streams.ts"

export interface PasswordFlags {
  readonly passwordFile: string | undefined
  readonly noPassword: boolean
  readonly user: string | undefined
}

const firstLineOf = (file: string) =>
  Effect.try({
    try: () => fs.readFileSync(file, "utf8").split(/\r?\n/, 1)[0] ?? "",
    catch: (error) => usage(`--password-file: "${file}" can not be read: ${SystemFailure.textOf(error)}`)
  })

export interface ServePassword {
  /** What goes beside the request; nothing where no password is wanted. */
  readonly secrets: ReadonlyMap<string, Redacted.Redacted<string>>
  /** Says one that was made up, which is of use to nobody before the server answers. */
  readonly say: () => void
}

/** `secret` is its name beside the request. */
export const make = Effect.fnUntraced(function* (
  secret: string,
  variable: string,
  { noPassword, passwordFile, user }: PasswordFlags,
  output: Output
) {
  const { environment } = yield* Streams
  const none: ServePassword = { secrets: new Map(), say: () => {} }
  if (noPassword) return none
  const known = passwordFile === undefined ? environment[variable] : yield* firstLineOf(passwordFile)
  if (known === "")
    return yield* usage(passwordFile === undefined ? `${variable} is empty` : `${passwordFile} is empty`)
  const password = known ?? randomBytes(12).toString("base64url")
  const made: ServePassword = {
    secrets: new Map([[secret, Redacted.make(password)]]),
    say: () => {
      if (known === undefined) output.note(`user ${printable(user ?? "ourclone")}, password ${password}`)
    }
  }
  return made
})
