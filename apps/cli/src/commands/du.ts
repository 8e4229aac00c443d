import { moment } from "@ourclone/jobs/place/StateFields"
import { listing, measuring } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const du = Command.make(
  "du",
  { path: argumentOf(listing, "path"), ...flagsOf({ ...measuring, ...moment }), filters: filterFlags },
  (flags) =>
    lazily(
      () => import("../Measures.ts"),
      (module) => module.du(flags)
    )
).pipe(
  Command.withDescription("Tell how much each folder holds, with all that is below it"),
  Command.withExamples([
    { command: "ourclone du --max-depth 1 b2:my-bucket", description: "Of the folders in a bucket" }
  ])
)
