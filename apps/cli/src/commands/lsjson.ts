import { moment } from "@ourclone/jobs/place/StateFields"
import { listing } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { filterFlags } from "../FilterFlags.ts"
import { on } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const lsjson = Command.make(
  "lsjson",
  {
    path: argumentOf(listing, "path"),
    recursive: on("recursive", "Everything below the folder").pipe(Flag.withAlias("R")),
    filesOnly: on("files-only", "No folders"),
    hash: on("hash", "With the checksums that are known"),
    ...flagsOf(moment),
    filters: filterFlags
  },
  (flags) =>
    lazily(
      () => import("../Lsjson.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("List a folder as one JSON array, with the fields of rclone lsjson"),
  Command.withExamples([
    { command: "ourclone lsjson b2:my-bucket/photos", description: "One folder" },
    { command: "ourclone lsjson -R --files-only b2:my-bucket", description: "Every file of a bucket" }
  ])
)
