import { unlocking } from "@ourclone/jobs/repository/CareFields"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Schema from "effect/Schema"
import { text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { readingFlags, repositoryFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"
import { check, prune, recover, repair } from "./repo-care.ts"
import { key } from "./repo-key.ts"
import { copy, drill, stats } from "./repo-use.ts"

const init = Command.make(
  "init",
  {
    ...repositoryFlags,
    name: text("name", "name", "Write it into the configuration under this name"),
    repositoryVersion: Flag.Int("repository-version").pipe(
      Flag.withDescription("The version of the format; 1 can not compress; else 2"),
      Flag.withSchema(Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 2 })))),
      Flag.withDefault(2)
    ),
    copyChunkerFrom: text("copy-chunker-params-from", "repository", "Cut files as this one does, for repo copy"),
    fromPasswordFile: text("from-password-file", "file", "A file that holds its password"),
    fromPasswordCommand: text("from-password-command", "line", "A command that prints its password")
  },
  (flags) =>
    lazily(
      () => import("../repository/InitCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Make an encrypted repository, which restic can read, too. In a B2 bucket it sets lifecycle rules that keep only the last version of the repository's own files. Whoever loses the password loses what is in it"
  ),
  Command.withShortDescription("Make an encrypted repository"),
  Command.withExamples([
    { command: "ourclone repo init --repo b2:my-bucket/backup --name home", description: "In a bucket, called home" },
    { command: "ourclone repo init --repo /mnt/disk/backup", description: "On a disk" },
    {
      command: "ourclone repo init --repo photos:my-bucket --name photos --password-command 'pass show backup'",
      description: "Asks nothing, then or later"
    }
  ])
)

const list = Command.make("list", {}, () =>
  lazily(
    () => import("../repository/RepositoriesCommand.ts"),
    (module) => module.run
  )
).pipe(
  Command.withDescription("List the repositories of the configuration"),
  Command.withExamples([{ command: "ourclone repo list", description: "Names and places" }])
)

const info = Command.make("info", readingFlags, (flags) =>
  lazily(
    () => import("../repository/InfoCommand.ts"),
    (module) => module.run(flags)
  )
).pipe(
  Command.withDescription("Print what a repository is: id, version, files, keys, locks"),
  Command.withExamples([{ command: "ourclone repo info --repo home", description: "One repository" }])
)

const unlock = Command.make("unlock", { ...repositoryFlags, ...flagsOf(unlocking) }, (flags) =>
  lazily(
    () => import("../repository/UnlockCommand.ts"),
    (module) => module.run(flags)
  )
).pipe(
  Command.withDescription("Remove the locks of runs that ended without removing them"),
  Command.withExamples([
    { command: "ourclone repo unlock --repo home", description: "What is certainly left over" },
    { command: "ourclone repo unlock --remove-all --repo home", description: "Once you know that nothing runs" }
  ])
)

export const repo = Command.make("repo").pipe(
  Command.withDescription("Encrypted repositories that hold backups"),
  Command.withSubcommands([init, list, info, check, prune, repair, recover, unlock, key, copy, stats, drill]),
  Command.withExamples([
    { command: "ourclone repo init --repo b2:my-bucket/backup --name home", description: "Make one" },
    { command: "ourclone repo check --repo home", description: "Look whether it is whole" }
  ])
)
