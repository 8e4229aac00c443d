import { bwlimit } from "@ourclone/jobs/kind/RequestFields"
import { moment, oneVersion } from "@ourclone/jobs/place/StateFields"
import { file } from "@ourclone/jobs/storage/StorageFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const cat = Command.make(
  "cat",
  {
    paths: argumentOf(file, "path", "Files").pipe(Argument.atLeast(1)),
    ...flagsOf({ ...moment, ...oneVersion, bwlimit })
  },
  (flags) =>
    lazily(
      () => import("../Inspect.ts"),
      (module) => module.cat(flags)
    )
).pipe(
  Command.withDescription("Write files to standard output, one after the other"),
  Command.withExamples([
    { command: "ourclone cat b2:my-bucket/notes.txt", description: "One file" },
    { command: "ourclone cat --at 2h b2:my-bucket/notes.txt", description: "As it was two hours ago" }
  ])
)
