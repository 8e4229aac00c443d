import { cancelling, kept } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

const path = argumentOf(kept, "path")

const list = Command.make("list", { path }, (flags) =>
  lazily(
    () => import("../StoredHistory.ts"),
    (module) => module.list(flags)
  )
).pipe(
  Command.withDescription("List large files whose upload has not finished: size, age, path, id"),
  Command.withExamples([{ command: "ourclone large list b2:my-bucket", description: "In a bucket" }])
)

const parts = Command.make("parts", { path }, (flags) =>
  lazily(
    () => import("../StoredHistory.ts"),
    (module) => module.parts(flags)
  )
).pipe(
  Command.withDescription("List the parts that have arrived of unfinished large files"),
  Command.withExamples([{ command: "ourclone large parts b2:my-bucket/video.mp4", description: "Of one file" }])
)

const cancel = Command.make(
  "cancel",
  {
    path,
    ...flagsOf({ olderThanMillis: cancelling.olderThanMillis }),
    dryRun
  },
  (flags) =>
    lazily(
      () => import("../StoredHistory.ts"),
      (module) => module.cancel(flags)
    )
).pipe(
  Command.withDescription("Delete the parts of unfinished large files; their uploads begin again from nothing"),
  Command.withShortDescription("Delete the parts of unfinished large files"),
  Command.withExamples([
    { command: "ourclone large cancel --older-than 24h b2:my-bucket", description: "What was left behind" }
  ])
)

export const largeFiles = Command.make("large").pipe(
  Command.withDescription("Large files whose upload has not finished; their parts take up storage"),
  Command.withSubcommands([list, parts, cancel]),
  Command.withExamples([{ command: "ourclone large list b2:my-bucket", description: "What is unfinished in a bucket" }])
)
