import { moment, oneVersion } from "@ourclone/jobs/place/StateFields"
import { fileOrFolder } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const stat = Command.make(
  "stat",
  { path: argumentOf(fileOrFolder, "path"), ...flagsOf({ ...moment, ...oneVersion }) },
  (flags) =>
    lazily(
      () => import("../Inspect.ts"),
      (module) => module.stat(flags)
    )
).pipe(
  Command.withDescription("Show what is known about a file: size, time, checksums, version"),
  Command.withExamples([{ command: "ourclone stat b2:my-bucket/notes.txt", description: "One file" }])
)
