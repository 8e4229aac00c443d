import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { moment, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

export const size = Command.make(
  "size",
  { path: place("path", "A folder or a file"), at: moment, filters: filterFlags },
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
