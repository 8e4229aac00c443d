import { unlocking } from "@ourclone/jobs/repository/CareFields"
import { listable, printable } from "@ourclone/jobs/repository/LookFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { on, optionalPlace, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { readingFlags, repositoryFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"
import { cache, check, migrate, prune, recover, repair } from "./repo-care.ts"
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
    fromRepo: text("from-repo", "repository", "The same in restic's words, with --copy-chunker-params"),
    copyChunkerParams: on("copy-chunker-params", "Cut files as the repository of --from-repo does"),
    fromPasswordFile: text("from-password-file", "file", "A file that holds its password"),
    fromPasswordCommand: text("from-password-command", "line", "A command that prints its password"),
    fromInsecureNoPassword: on("from-insecure-no-password", "Its password is empty")
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

const list = Command.make(
  "list",
  {
    ...readingFlags,
    objects: Argument.Literals("objects", listable).pipe(
      Argument.withDescription("Instead of repositories, what one of them is made of"),
      Argument.optional,
      Argument.map(Option.getOrUndefined)
    )
  },
  ({ objects, ...flags }) =>
    objects === undefined
      ? lazily(
          () => import("../repository/RepositoriesCommand.ts"),
          (module) => module.run
        )
      : lazily(
          () => import("../repository/ObjectCommands.ts"),
          (module) => module.list({ ...flags, objects })
        )
).pipe(
  Command.withDescription(
    "List the repositories of the configuration, or the ids of what a repository is made of: snapshots, packs, index, keys, locks or blobs"
  ),
  Command.withShortDescription("List repositories, or what one is made of"),
  Command.withExamples([
    { command: "ourclone repo list", description: "Names and places" },
    { command: "ourclone repo list packs --repo home", description: "The ids of all packs" }
  ])
)

const cat = Command.make(
  "cat",
  {
    ...readingFlags,
    object: Argument.Literals("object", printable).pipe(Argument.withDescription("What kind of thing")),
    id: optionalPlace("id", "An id or how it begins; latest for a snapshot, id:folder for a tree")
  },
  (flags) =>
    lazily(
      () => import("../repository/ObjectCommands.ts"),
      (module) => module.cat(flags)
    )
).pipe(
  Command.withDescription(
    "Print a piece of a repository as it is: JSON, the bytes of a blob, or a pack as it is stored. masterkey prints what opens it without a password"
  ),
  Command.withShortDescription("Print a piece of a repository as it is"),
  Command.withExamples([
    { command: "ourclone repo cat config --repo home", description: "Its version and id" },
    { command: "ourclone repo cat snapshot latest --repo home", description: "The newest snapshot as JSON" },
    { command: "ourclone repo cat tree latest:/etc --repo home", description: "A folder of it" }
  ])
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
  Command.withSubcommands([
    init,
    list,
    info,
    check,
    prune,
    repair,
    recover,
    unlock,
    key,
    copy,
    stats,
    drill,
    cat,
    migrate,
    cache
  ]),
  Command.withExamples([
    { command: "ourclone repo init --repo b2:my-bucket/backup --name home", description: "Make one" },
    { command: "ourclone repo check --repo home", description: "Look whether it is whole" }
  ])
)
