import { removing } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

export const rm = Command.make(
  "rm",
  {
    path: argumentOf(removing, "path", "A file, or a folder with --recursive"),
    ...flagsOf({ recursive: removing.recursive, versionId: removing.versionId }),
    dryRun,
    filters: filterFlags
  },
  (flags) =>
    lazily(
      () => import("../RemovalCommand.ts"),
      (module) => module.rm(flags)
    )
).pipe(
  Command.withDescription(
    "Remove a file, or what a folder holds; asks nothing. With --version-id that version goes for good, and what was stored before it is there again where it was the newest"
  ),
  Command.withShortDescription("Remove a file, or what a folder holds"),
  Command.withExamples([
    { command: "ourclone rm b2:my-bucket/notes.txt", description: "One file" },
    { command: "ourclone rm --recursive --dry-run b2:my-bucket/old", description: "See what would go" }
  ])
)
