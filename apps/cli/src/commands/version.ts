import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Output from "../Output.ts"
import * as Version from "../Version.ts"

export const version = Command.make("version", {}, () =>
  Effect.map(Output.make, (output) => {
    if (output.isJson)
      output.json({ _tag: "Version", message_type: "version", version: Version.version, node: process.versions.node })
    else output.line(`ourclone ${Version.version}`)
  }).pipe(Effect.scoped)
).pipe(
  Command.withDescription("Print the version"),
  Command.withExamples([{ command: "ourclone version --json", description: "For a program" }])
)
