import { touching } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf, refusalOf } from "../RequestFlags.ts"
import { flags as timestamp } from "../Timestamp.ts"

export const touch = Command.make(
  "touch",
  {
    path: argumentOf(touching, "path"),
    ...timestamp,
    ...flagsOf({ noCreate: touching.noCreate }),
    // The letter is rclone's; that of removals is taken too.
    recursive: flagsOf({ recursive: touching.recursive }).recursive.pipe(Flag.withAlias("R")),
    createsBucket: refusalOf("createsBucket")
  },
  (flags) =>
    lazily(
      () => import("../ShareCommands.ts"),
      (module) => module.touch(flags)
    )
).pipe(
  Command.withDescription("Give a file another time, now if none is said, and make an empty one where there is none"),
  Command.withShortDescription("Give a file another time, or make an empty one"),
  Command.withExamples([
    { command: "ourclone touch -t 2024-02-29 b2:my-bucket/notes.txt", description: "A time of your own" }
  ])
)
