import { keeper } from "@ourclone/jobs/repository/CareFields"
import * as Command from "effect/cli/Command"
import { on, place, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { repositoryFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"

const newPassword = {
  newPasswordFile: text("new-password-file", "file", "A file that holds the new password"),
  newPasswordCommand: text("new-password-command", "line", "A command that prints the new password"),
  newInsecureNoPassword: on("new-insecure-no-password", "The new password is empty, and protects nothing")
}

const list = Command.make("list", repositoryFlags, (flags) =>
  lazily(
    () => import("../repository/KeyCommand.ts"),
    (module) => module.list(flags)
  )
).pipe(
  Command.withDescription("List the passwords of a repository by id, user, host and time; a star marks the one in use"),
  Command.withShortDescription("List the passwords of a repository"),
  Command.withExamples([{ command: "ourclone repo key list --repo home", description: "All of them" }])
)

const add = Command.make(
  "add",
  {
    ...repositoryFlags,
    ...newPassword,
    ...flagsOf(keeper, {
      user: { metavar: "name", description: "Whose it is said to be; else yours" },
      host: { metavar: "name", description: "Where it is said to be used; else here" }
    })
  },
  (flags) =>
    lazily(
      () => import("../repository/KeyCommand.ts"),
      (module) => module.add(flags)
    )
).pipe(
  Command.withDescription("Add a password that opens the repository, beside those there are"),
  Command.withExamples([{ command: "ourclone repo key add --repo home", description: "Asks for it twice" }])
)

const remove = Command.make("remove", { ...repositoryFlags, id: place("key", "An id or its beginning") }, (flags) =>
  lazily(
    () => import("../repository/KeyCommand.ts"),
    (module) => module.remove(flags)
  )
).pipe(
  Command.withDescription("Remove a password other than the one in use. Who had it may have kept the key behind it"),
  Command.withExamples([{ command: "ourclone repo key remove 9e12d9 --repo home", description: "One password" }])
)

const passwd = Command.make("passwd", { ...repositoryFlags, ...newPassword }, (flags) =>
  lazily(
    () => import("../repository/KeyCommand.ts"),
    (module) => module.passwd(flags)
  )
).pipe(
  Command.withDescription("Replace the password in use by another one"),
  Command.withExamples([{ command: "ourclone repo key passwd --repo home", description: "Asks for the new one twice" }])
)

export const key = Command.make("key").pipe(
  Command.withDescription("The passwords that open a repository"),
  Command.withSubcommands([list, add, remove, passwd]),
  Command.withExamples([{ command: "ourclone repo key list --repo home", description: "All of them" }])
)
