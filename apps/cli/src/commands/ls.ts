import { moment } from "@ourclone/jobs/place/StateFields"
import { listing } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const ls = Command.make(
  "ls",
  { path: argumentOf(listing, "path"), ...flagsOf({ maxDepth: listing.maxDepth, ...moment }), filters: filterFlags },
  (flags) =>
    lazily(
      () => import("../Ls.ts"),
      ({ run }) => run(flags)
    )
).pipe(
  Command.withDescription("List files: size, time and path"),
  Command.withExamples([
    { command: "ourclone ls b2:my-bucket", description: "Every file of a bucket" },
    { command: "ourclone ls --max-depth 1 b2:my-bucket/photos", description: "One folder, with the folders in it" },
    { command: "ourclone ls --at 2024-02-29 b2:my-bucket", description: "As it was on that day" },
    { command: "ourclone ls --json --min-size 1G b2:my-bucket", description: "Large files, for a program" }
  ])
)
