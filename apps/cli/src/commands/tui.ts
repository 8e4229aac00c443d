import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { CommandStopped } from "../ExitCode.ts"
import { on } from "../Flags.ts"
import { Server } from "../GlobalFlags.ts"
import { lazily } from "../Lazily.ts"

export const tui = Command.make(
  "tui",
  { linear: on("linear", "Ask by numbered lines that stay, for screen readers and plain terminals") },
  ({ linear }) =>
    lazily(
      () => import("../TerminalUi.ts"),
      ({ open }) =>
        Effect.gen(function* () {
          const server = yield* Server
          const code = yield* Effect.promise(() => open(linear, server))
          if (code !== 0) return yield* new CommandStopped({ code, message: "" })
        })
    )
).pipe(
  Command.withDescription(
    "Open the screens: storage, transfers, tasks, backups. Without any command ourclone does that too, on a terminal"
  ),
  Command.withShortDescription("Open the screens on this terminal"),
  Command.withExamples([
    { command: "ourclone tui", description: "The screens" },
    { command: "ourclone tui --linear", description: "Questions and answers, line by line" },
    { command: "ourclone tui --server https://nas:8443", description: "The storages and tasks of a service elsewhere" }
  ])
)
