import { checked, comparing, linking, telling } from "@ourclone/jobs/transfer/TransferFields"
import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { on } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { earlierSource } from "../TransferFlags.ts"

export const check = Command.make(
  "check",
  {
    source: argumentOf(checked, "source"),
    destination: argumentOf(checked, "destination"),
    ...earlierSource,
    ...flagsOf({ ...comparing, ...linking, ...telling }),
    differencesOnly: on("differences-only", "Do not print what is the same"),
    filters: filterFlags
  },
  (flags) =>
    lazily(
      () => import("../CheckCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Compare two folders and change nothing. Each file gets a line: = the same, * different, + only at the source, - only at the destination, ! could not be compared. Exits with 1 where something differs, and with 3 where all that is wrong is that something could not be compared"
  ),
  Command.withShortDescription("Compare two folders and change nothing"),
  Command.withExamples([
    {
      command: "ourclone check ~/Documents b2:my-bucket/documents",
      description: "By size and time, checksums where times differ"
    },
    { command: "ourclone check --checksum --differences-only a b", description: "By content" }
  ])
)
