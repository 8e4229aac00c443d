import { undeleting } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

export const undelete = Command.make(
  "undelete",
  {
    path: argumentOf(undeleting, "path", "A file, or a folder with --recursive"),
    ...flagsOf({ recursive: undeleting.recursive, versionId: undeleting.versionId }),
    dryRun,
    filters: filterFlags
  },
  (flags) =>
    lazily(
      () => import("../RemovalCommand.ts"),
      (module) => module.undelete(flags)
    )
).pipe(
  Command.withDescription(
    "Bring back a removed file as it was last, where old versions are kept. With --version-id that version is the newest again, whether the file was removed or not; nothing is lost, as what was there stays behind it"
  ),
  Command.withShortDescription("Bring back a removed file, or an older version"),
  Command.withExamples([
    { command: "ourclone undelete b2:my-bucket/notes.txt", description: "One file" },
    { command: "ourclone undelete --recursive --dry-run b2:my-bucket/docs", description: "See what could come back" },
    { command: "ourclone versions b2:my-bucket/notes.txt", description: "Find the id of a version …" },
    { command: "ourclone undelete --version-id ID b2:my-bucket/notes.txt", description: "… and make it the newest" }
  ])
)
