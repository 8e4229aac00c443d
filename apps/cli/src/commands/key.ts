import { purposes } from "@ourclone/core/contract/Keys"
import { keyMaking, keyRemoving } from "@ourclone/jobs/storage/KeyFields"
import { account } from "@ourclone/jobs/storage/StorageFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

const create = Command.make(
  "create",
  {
    place: argumentOf(keyMaking, "path"),
    purpose: Flag.Literals("for", purposes).pipe(
      Flag.withDescription("What it is for: sync, backup with prune, a mount, or reading alone")
    ),
    ...flagsOf({ name: keyMaking.name, validMillis: keyMaking.validMillis }),
    remote: text("remote", "name", "Write the key into the configuration as a remote of this name, and print no secret")
  },
  (flags) =>
    lazily(
      () => import("../KeyCommands.ts"),
      (module) => module.create(flags)
    )
).pipe(
  Command.withDescription(
    "Make the least key that will do: for one bucket, or one folder of it, and no more than the purpose takes. Its secret is printed once"
  ),
  Command.withShortDescription("Make the least key that will do"),
  Command.withExamples([
    { command: "ourclone key create --for backup b2:my-bucket/laptop", description: "For the backups of one machine" },
    {
      command: "ourclone key create --for read --valid 30d b2:my-bucket --remote guest",
      description: "As a remote, for a month"
    }
  ])
)

const list = Command.make(
  "list",
  { remote: argumentOf(account, "remote").pipe(Argument.withDefault("b2:")) },
  (flags) =>
    lazily(
      () => import("../KeyCommands.ts"),
      (module) => module.list(flags)
    )
).pipe(
  Command.withDescription("List the keys of an account: id, name, what they may do and reach"),
  Command.withExamples([{ command: "ourclone key list b2:", description: "With the key in the environment" }])
)

const remove = Command.make(
  "remove",
  { remote: argumentOf(keyRemoving, "remote"), id: argumentOf(keyRemoving, "id") },
  (flags) =>
    lazily(
      () => import("../KeyCommands.ts"),
      (module) => module.remove(flags)
    )
).pipe(
  Command.withDescription("Remove a key: whoever holds it can do nothing more"),
  Command.withExamples([{ command: "ourclone key remove b2: 0025f1c2a3b40000000000001", description: "By its id" }])
)

export const keys = Command.make("key").pipe(
  Command.withDescription("The keys of an account"),
  Command.withSubcommands([create, list, remove]),
  Command.withExamples([
    { command: "ourclone key create --for sync b2:my-bucket", description: "A key for one bucket" }
  ])
)
