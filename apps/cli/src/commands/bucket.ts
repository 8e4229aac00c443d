import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { on, place, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { dryRun } from "../TransferFlags.ts"

const bucket = place("bucket", "As remote:bucket")

const days = (name: string, description: string) =>
  Flag.Int(name).pipe(
    Flag.withMetavar("days"),
    Flag.withDescription(description),
    Flag.withSchema(Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(1)))),
    Flag.optional,
    Flag.map(Option.getOrUndefined)
  )

const list = Command.make(
  "list",
  { remote: place("remote", "A remote or b2:").pipe(Argument.withDefault("b2:")) },
  (flags) =>
    lazily(
      () => import("../BucketCommands.ts"),
      (module) => module.list(flags)
    )
).pipe(
  Command.withDescription("List the buckets of an account: name, access, id"),
  Command.withExamples([{ command: "ourclone bucket list b2:", description: "With the key in the environment" }])
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
    purge: on("purge", "Remove for good all that it holds first: every version of every file"),
    confirm: text("confirm", "name", "The name of the bucket once more, which --purge asks for otherwise"),
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
    prefix: Flag.String("prefix").pipe(
      Flag.withMetavar("text"),
      Flag.withDescription("Only files whose names begin with it"),
      Flag.withDefault("")
    ),
    keepLast: on("keep-last", "Keep only the newest version of each file"),
    daysToHide: days("days-to-hide", "Hide files so long after they were stored"),
    daysToDelete: days("days-to-delete", "Delete versions so long after they were hidden or replaced"),
    clear: on("clear", "Drop the rule")
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

export const buckets = Command.make("bucket").pipe(
  Command.withDescription("The buckets of an account"),
  Command.withSubcommands([list, create, remove, lifecycle]),
  Command.withExamples([{ command: "ourclone bucket list b2:", description: "What there is" }])
)
