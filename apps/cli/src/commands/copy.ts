import { copied } from "@ourclone/jobs/transfer/TransferFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf } from "../RequestFlags.ts"
import { earlierSource, transferring } from "../TransferFlags.ts"

export const copy = Command.make(
  "copy",
  {
    source: argumentOf(copied, "source"),
    destination: argumentOf(copied, "destination"),
    ...earlierSource,
    ...transferring
  },
  (flags) =>
    lazily(
      () => Promise.all([import("../TransferCommand.ts"), import("@ourclone/jobs/transfer/Copy")]),
      ([{ run }, { kind }]) => run(kind, flags)
    )
).pipe(
  Command.withDescription("Copy what is new or changed to the destination; remove nothing"),
  Command.withExamples([
    { command: "ourclone copy ~/Pictures b2:my-bucket/pictures", description: "Upload a folder" },
    { command: "ourclone copy b2:my-bucket/notes.txt .", description: "Download one file" },
    { command: "ourclone copy --at 2024-02-29 b2:my-bucket/docs docs", description: "A folder as it was on that day" },
    { command: 'ourclone copy --dry-run --include "*.jpg" ~/Pictures b2:my-bucket', description: "See what would go" }
  ])
)
