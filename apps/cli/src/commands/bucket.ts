import { account, changing, bucket as place, purging, rule } from "@ourclone/jobs/storage/StorageFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

const bucket = argumentOf(place, "bucket")

const list = Command.make(
  "list",
  { remote: argumentOf(account, "remote").pipe(Argument.withDefault("b2:")) },
  (flags) =>
    lazily(
      () => import("../BucketCommands.ts"),
      (module) => module.list(flags)
    )
).pipe(
  Command.withDescription("List the buckets of an account: name, access, id"),
  Command.withExamples([{ command: "ourclone bucket list b2:", description: "With the key in the environment" }])
)

const show = Command.make("show", { bucket }, (flags) =>
  lazily(
    () => import("../BucketCommands.ts"),
    (module) => module.show(flags)
  )
).pipe(
  Command.withDescription(
    "Print what a bucket is like: access, object lock and retention, encryption, lifecycle rules, info, rules for browsers. What the service does not say to this key is left out"
  ),
  Command.withShortDescription("Print what a bucket is like"),
  Command.withExamples([{ command: "ourclone bucket show b2:my-bucket", description: "All that update sets" }])
)

const create = Command.make("create", { bucket }, (flags) =>
  lazily(
    () => import("../BucketCommands.ts"),
    (module) => module.create(flags)
  )
).pipe(
  Command.withDescription("Make a private bucket"),
  Command.withExamples([{ command: "ourclone bucket create b2:my-new-bucket", description: "A name nobody else has" }])
)

const remove = Command.make(
  "remove",
  {
    bucket,
    ...flagsOf(purging),
    dryRun
  },
  (flags) =>
    lazily(
      () => import("../BucketCommands.ts"),
      (module) => module.remove(flags)
    )
).pipe(
  Command.withDescription(
    "Remove a bucket that holds nothing, no old version either. With --purge all that it holds goes for good first, once its name has been repeated; what is locked stays, and the bucket with it"
  ),
  Command.withShortDescription("Remove an empty bucket, or with --purge any"),
  Command.withExamples([
    { command: "ourclone bucket remove b2:my-old-bucket", description: "An empty bucket" },
    { command: "ourclone bucket remove --purge --dry-run b2:my-old-bucket", description: "See what it holds" },
    {
      command: "ourclone bucket remove --purge --confirm my-old-bucket b2:my-old-bucket",
      description: "With everything in it"
    }
  ])
)

const lifecycle = Command.make(
  "lifecycle",
  {
    bucket,
    ...flagsOf(rule)
  },
  (flags) =>
    lazily(
      () => import("../BucketCommands.ts"),
      (module) => module.lifecycle(flags)
    )
).pipe(
  Command.withDescription("Show or change what the service does to old versions by itself"),
  Command.withExamples([
    { command: "ourclone bucket lifecycle b2:my-bucket", description: "Show the rules" },
    {
      command: "ourclone bucket lifecycle b2:my-bucket --days-to-delete 30",
      description: "Keep old versions for 30 days"
    },
    { command: "ourclone bucket lifecycle b2:my-bucket --keep-last", description: "Keep no old versions" }
  ])
)

const update = Command.make("update", { bucket, ...flagsOf(changing) }, (flags) =>
  lazily(
    () => import("../BucketCommands.ts"),
    (module) => module.update(flags)
  )
).pipe(
  Command.withDescription("Change what a bucket is like: who may read it, locks, encryption. What is not named stays"),
  Command.withShortDescription("Change what a bucket is like"),
  Command.withExamples([
    { command: "ourclone bucket update --private b2:my-bucket", description: "For keys of the account alone" },
    {
      command: "ourclone bucket update --object-lock --retention governance:30d b2:my-bucket",
      description: "What is stored stays for 30 days at least"
    }
  ])
)

export const buckets = Command.make("bucket").pipe(
  Command.withDescription("The buckets of an account"),
  Command.withSubcommands([list, show, create, update, remove, lifecycle]),
  Command.withExamples([{ command: "ourclone bucket list b2:", description: "What there is" }])
)
