import * as Command from "effect/cli/Command"
import * as Option from "effect/Option"
import { place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { comparisonOf, linksOf, transferring } from "../TransferFlags.ts"

export const copy = Command.make(
  "copy",
  {
    source: place("source", "A folder, whose content is copied, or one file"),
    destination: place("destination", "The folder to copy into"),
    ...transferring
  },
  (flags) =>
    lazily(
      () => import("../TransferCommand.ts"),
      ({ run }) =>
        run({
          ...flags,
          verb: "copy",
          overrides: linksOf(flags),
          comparison: comparisonOf(flags),
          maxDelete: Option.none(),
          allowEmptySource: false
        })
    )
).pipe(
  Command.withDescription("Copy what is new or changed to the destination; remove nothing"),
  Command.withExamples([
    { command: "ourclone copy ~/Pictures b2:my-bucket/pictures", description: "Upload a folder" },
    { command: "ourclone copy b2:my-bucket/notes.txt .", description: "Download one file" },
    { command: 'ourclone copy --dry-run --include "*.jpg" ~/Pictures b2:my-bucket', description: "See what would go" }
  ])
)
