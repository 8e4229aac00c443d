import * as Command from "effect/cli/Command"
import { place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

const load = () => import("../task/NotifyCommand.ts")

const list = Command.make("list", {}, () => lazily(load, (module) => module.list)).pipe(
  Command.withDescription("List who is told how tasks end, and who could not be reached"),
  Command.withExamples([
    { command: "ourclone notify list", description: "As [notifications.NAME] in the configuration says" }
  ])
)

const test = Command.make("test", { name: place("name", "The notification, by its name") }, (flags) =>
  lazily(load, (module) => module.test(flags))
).pipe(
  Command.withDescription("Send a message to try whether it arrives"),
  Command.withExamples([{ command: "ourclone notify test phone", description: "And look at the phone" }])
)

export const notify = Command.make("notify").pipe(
  Command.withDescription(
    "Who is told when a task fails, is well again, or a schedule has no good run; a service tells"
  ),
  Command.withSubcommands([list, test]),
  Command.withExamples([{ command: "ourclone notify test phone", description: "Try one" }])
)
