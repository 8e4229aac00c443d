import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { on, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { comparing, earlierSource, sourceLinks } from "../TransferFlags.ts"

export const check = Command.make(
  "check",
  {
    source: place("source", "A folder"),
    destination: place("destination", "The folder to compare it with"),
    ...earlierSource,
    ...comparing,
    ...sourceLinks,
    oneWay: on("one-way", "Pass over what is only at the destination"),
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
