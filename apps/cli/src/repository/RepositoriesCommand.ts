/** `repo list`: the repositories that have a name. */

import { pad, printable } from "@ourclone/core/events/PrintableText"
import { kind } from "@ourclone/jobs/repository/RepositoriesQuery"
import * as Effect from "effect/Effect"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"

export const run = command(
  Effect.fnUntraced(function* (output) {
    for (const row of yield* RepositoryJob.rows(output, kind, {}, { passwords: new Map() })) {
      const { location, name, password } = row
      if (output.isJson) output.json({ message_type: "repository", ...row })
      else {
        const from = password === undefined ? "" : ` (password from ${printable(password)})`
        output.line(`${pad(printable(name), 20)} ${printable(location)}${from}`)
      }
    }
  })
)
