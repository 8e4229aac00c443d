/** `repo list`: the repositories that have a name. */
import * as ConfiguredRepositories from "@ourclone/core/configuration/ConfiguredRepositories"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Secret from "@ourclone/core/configuration/Secret"
import * as Effect from "effect/Effect"
import { pad, printable } from "../PrintableText.ts"
import { command } from "./RepositoryCommand.ts"

const shown = (password: string | undefined): string | undefined => {
  if (password === undefined) return undefined
  return Secret.kindOf(password) === undefined ? "xxx" : Secret.show(password)
}

export const run = command(
  Effect.fnUntraced(function* (output) {
    const { configurationFile } = yield* Remotes
    for (const { location, name, password } of (yield* ConfiguredRepositories.read(configurationFile)).values()) {
      const from = shown(password)
      if (output.isJson) output.json({ message_type: "repository", name, location, password: from })
      else {
        output.line(
          `${pad(printable(name), 20)} ${printable(location)}${from === undefined ? "" : ` (password from ${printable(from)})`}`
        )
      }
    }
  })
)
