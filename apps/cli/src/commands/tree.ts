import { moment } from "@ourclone/jobs/place/StateFields"
import { listing } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const tree = Command.make(
  "tree",
  {
    path: argumentOf(listing, "path", "A folder"),
    ...flagsOf({ maxDepth: listing.maxDepth, ...moment }),
    filters: filterFlags
  },
  (flags) =>
    lazily(
      () => import("../TreeDrawing.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("Draw the files and folders below a folder"),
  Command.withExamples([
    { command: "ourclone tree b2:my-bucket", description: "A whole bucket" },
    { command: "ourclone tree --max-depth 2 ~/Documents", description: "Two levels" }
  ])
)
