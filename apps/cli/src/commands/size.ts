import { moment } from "@ourclone/jobs/place/StateFields"
import { listing } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const size = Command.make(
  "size",
  { path: argumentOf(listing, "path"), ...flagsOf(moment), filters: filterFlags },
  (flags) =>
    lazily(
      () => import("../Inspect.ts"),
      (module) => module.size(flags)
    )
).pipe(
  Command.withDescription("Count the files below a folder and their bytes"),
  Command.withExamples([
    { command: "ourclone size b2:my-bucket", description: "A whole bucket" },
    { command: 'ourclone size --include "*.jpg" ~/Pictures', description: "Some files" }
  ])
)
