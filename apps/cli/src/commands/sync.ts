import { removing, renaming, synced } from "@ourclone/jobs/transfer/TransferFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { earlierSource, transferring } from "../TransferFlags.ts"

export const sync = Command.make(
  "sync",
  {
    source: argumentOf(synced, "source"),
    destination: argumentOf(synced, "destination"),
    ...earlierSource,
    ...transferring,
    ...flagsOf({ ...removing, ...renaming })
  },
  (flags) =>
    lazily(
      () => Promise.all([import("../TransferCommand.ts"), import("@ourclone/jobs/transfer/Sync")]),
      ([{ run }, { kind }]) => run(kind, flags)
    )
).pipe(
  Command.withDescription(
    "Make the destination the same as the source: copy what is new or changed, remove what is extra"
  ),
  Command.withShortDescription("Make the destination the same as the source"),
  Command.withExamples([
    { command: "ourclone sync --dry-run ~/Documents b2:my-bucket/documents", description: "See what would be done" },
    { command: "ourclone sync ~/Documents b2:my-bucket/documents", description: "Do it" },
    {
      command: "ourclone sync b2://my-bucket/documents restored",
      description: "Back again, with the key in the environment"
    },
    {
      command: "ourclone sync --at 2h b2:my-bucket/documents b2:my-bucket/documents",
      description: "Make a folder again what it was two hours ago"
    }
  ])
)
