import { forgetting } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { on } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

export const cleanup = Command.make(
  "cleanup",
  {
    path: argumentOf(forgetting, "path", "A folder; with --old-versions or --unfinished a bucket or a file too"),
    oldVersions: on(
      "old-versions",
      "Remove for good what was replaced or removed, where old versions are kept: neither comes back"
    ),
    unfinished: on("unfinished", "Remove the parts of large files whose upload has not finished, as large cancel does"),
    ...flagsOf(
      { olderThanMillis: forgetting.olderThanMillis, maxDelete: forgetting.maxDelete },
      {
        olderThanMillis: {
          description:
            "Leave alone what was changed, replaced, removed or begun less than this long ago; a day for temporary files where it is not said"
        }
      }
    ),
    dryRun
  },
  (flags) =>
    lazily(
      () => import("../CleanupCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Remove what no listing shows; asks nothing. Without a flag the temporary files of downloads that were cut off, in a folder and below it: what a run of this machine has left that no run can go on with goes whatever its age. Files that are there stay as they are"
  ),
  Command.withShortDescription("Remove temporary files, old versions, unfinished uploads"),
  Command.withExamples([
    { command: "ourclone cleanup --dry-run ~/Pictures", description: "See which temporary files would go" },
    {
      command: "ourclone cleanup --old-versions --older-than 30d b2:my-bucket",
      description: "What was replaced or removed a month ago and before"
    },
    { command: "ourclone cleanup --unfinished --older-than 24h b2:my-bucket", description: "Uploads left behind" }
  ])
)
