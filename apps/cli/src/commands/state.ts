import * as Command from "effect/cli/Command"
import { on, place, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

const passwords = {
  passwordFile: text(
    "password-file",
    "file",
    "A file with the password of it; else OURCLONE_PASSWORD, or you are asked"
  ),
  passwordCommand: text("password-command", "line", "A command that prints the password of it")
}

const save = Command.make(
  "save",
  {
    file: place("file", "The file to make"),
    ...passwords,
    withoutSecrets: on("without-secrets", "Leave out keys, passwords and sign-ins, and do not encrypt it")
  },
  (flags) =>
    lazily(
      () => import("../StateCommand.ts"),
      (module) => module.save(flags)
    )
).pipe(
  Command.withDescription(
    "Save tasks, schedules, users, settings and the configuration into one encrypted file, while all goes on"
  ),
  Command.withShortDescription("Save all state into one file"),
  Command.withExamples([{ command: "ourclone state save before-the-move.state", description: "Asks for a password" }])
)

const load = Command.make(
  "load",
  {
    file: place("file", "What save made"),
    ...passwords,
    replace: on("replace", "Put aside what is there already")
  },
  (flags) =>
    lazily(
      () => import("../StateCommand.ts"),
      (module) => module.load(flags)
    )
).pipe(
  Command.withDescription("Bring back what save has saved, while no service runs"),
  Command.withExamples([{ command: "ourclone state load before-the-move.state", description: "On the new machine" }])
)

export const state = Command.make("state").pipe(
  Command.withDescription("Save and bring back all that OurClone keeps on this machine"),
  Command.withShortDescription("Save and bring back all that is kept"),
  Command.withSubcommands([save, load]),
  Command.withExamples([{ command: "ourclone state save all.state", description: "Before moving to another machine" }])
)
