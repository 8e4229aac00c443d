import * as Command from "effect/cli/Command"
import { place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

const path = Command.make("path", {}, () =>
  lazily(
    () => import("../RemoteCommands.ts"),
    (module) => module.path
  )
).pipe(
  Command.withDescription("Print where the configuration is"),
  Command.withExamples([{ command: "ourclone config path", description: "The file, whether it exists or not" }])
)

const explain = Command.make("explain", { remote: place("remote", "A remote, a type or a place") }, (flags) =>
  lazily(
    () => import("../RemoteCommands.ts"),
    (module) => module.explain(flags)
  )
).pipe(
  Command.withDescription(
    "Print each option of a remote and who decides it: a flag, the configuration, the environment or the default"
  ),
  Command.withShortDescription("Print each option of a remote and who decides it"),
  Command.withExamples([
    { command: "ourclone config explain photos", description: "A remote" },
    { command: "ourclone config explain b2", description: "What the environment gives" }
  ])
)

export const config = Command.make("config").pipe(
  Command.withDescription("Where options come from; ourclone remote add names a storage"),
  Command.withSubcommands([path, explain]),
  Command.withExamples([{ command: "ourclone config explain photos", description: "Who decides what for a remote" }])
)
