import * as Command from "effect/cli/Command"
import { filterFlags } from "../FilterFlags.ts"
import { maxDepth, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

export const ls = Command.make(
  "ls",
  { path: place("path", "A folder or a file"), maxDepth, filters: filterFlags },
  (flags) =>
    lazily(
      () => import("../Ls.ts"),
      ({ run }) => run(flags)
    )
).pipe(
  Command.withDescription("List files: size, time and path"),
  Command.withExamples([
    { command: "ourclone ls b2:my-bucket", description: "Every file of a bucket" },
    { command: "ourclone ls --max-depth 1 b2:my-bucket/photos", description: "One folder, with the folders in it" },
    { command: "ourclone ls --json --min-size 1G b2:my-bucket", description: "Large files, for a program" }
  ])
)
