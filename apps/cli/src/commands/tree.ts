import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { maxDepth, moment, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

export const tree = Command.make(
  "tree",
  { path: place("path", "A folder"), maxDepth, at: moment, filters: filterFlags },
  (flags) =>
    lazily(
      () => import("../TreeDrawing.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("Draw the files and folders below a folder"),
  Command.withExamples([
    { command: "ourclone tree b2:my-bucket", description: "A whole bucket" },
    { command: "ourclone tree --max-depth 2 ~/Documents", description: "Two levels" }
  ])
)
