import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Output from "../Output.ts"
import * as Version from "../Version.ts"

/** The names that restic prints, for scripts that look which machine it is. */
const asGo = {
  go_version: `node${process.versions.node}`,
  go_os: process.platform === "win32" ? "windows" : process.platform,
  go_arch: process.arch === "x64" ? "amd64" : process.arch
}

export const version = Command.make("version", {}, () =>
  Effect.map(Output.make, (output) => {
    if (output.isJson)
      output.json({
        _tag: "Version",
        message_type: "version",
        version: Version.version,
        ...asGo,
        node: process.versions.node
      })
    else output.line(`ourclone ${Version.version}`)
  }).pipe(Effect.scoped)
).pipe(
  Command.withDescription("Print the version"),
  Command.withExamples([{ command: "ourclone version --json", description: "For a program" }])
)
