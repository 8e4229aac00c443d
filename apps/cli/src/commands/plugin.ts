import * as Command from "effect/cli/Command"
import { on, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

const add = Command.make("add", { plugin: place("plugin", "A folder, or a package as npm knows it") }, (flags) =>
  lazily(
    () => import("../plugins/PluginCommands.ts"),
    (module) => module.add(flags)
  )
).pipe(
  Command.withDescription(
    "Add a provider that somebody else wrote. It is tried in a process of its own first, and what can not be used is not kept. A plugin can do all that you can do: use only those that you trust"
  ),
  Command.withShortDescription("Add a provider that somebody else wrote"),
  Command.withExamples([
    { command: "ourclone plugin add ourclone-provider-archive", description: "A package" },
    { command: "ourclone plugin add ./my-provider", description: "A folder, used where it is" }
  ])
)

const list = Command.make("list", {}, () =>
  lazily(
    () => import("../plugins/PluginCommands.ts"),
    (module) => module.list
  )
).pipe(
  Command.withDescription("List the plugins"),
  Command.withExamples([{ command: "ourclone plugin list", description: "Types and packages" }])
)

const remove = Command.make(
  "remove",
  {
    plugin: place("plugin", "Its package, or its type"),
    force: on("force", "Although remotes are of its type")
  },
  (flags) =>
    lazily(
      () => import("../plugins/PluginCommands.ts"),
      (module) => module.remove(flags)
    )
).pipe(
  Command.withDescription("Remove a plugin; what is stored there stays"),
  Command.withExamples([{ command: "ourclone plugin remove archive", description: "By its type" }])
)

export const plugin = Command.make("plugin").pipe(
  Command.withDescription("Providers that others wrote"),
  Command.withSubcommands([add, list, remove]),
  Command.withExamples([{ command: "ourclone plugin list", description: "Those that are there" }])
)
