import * as Command from "effect/cli/Command"
import { moment, oneVersion, place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

export const stat = Command.make(
  "stat",
  { path: place("path", "A file"), at: moment, versionId: oneVersion },
  (flags) =>
    lazily(
      () => import("../Inspect.ts"),
      (module) => module.stat(flags)
    )
).pipe(
  Command.withDescription("Show what is known about a file: size, time, checksums, version"),
  Command.withExamples([{ command: "ourclone stat b2:my-bucket/notes.txt", description: "One file" }])
)
