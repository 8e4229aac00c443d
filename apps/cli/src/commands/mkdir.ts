import * as Command from "effect/cli/Command"
import { place } from "../Flags.ts"
import { lazily } from "../Lazily.ts"

export const mkdir = Command.make("mkdir", { path: place("path", "The folder to make") }, (flags) =>
  lazily(
    () => import("../RemovalCommand.ts"),
    (module) => module.mkdir(flags)
  )
).pipe(
  Command.withDescription("Make an empty folder, with those above it"),
  Command.withExamples([{ command: "ourclone mkdir b2:my-bucket/photos", description: "A folder of a bucket" }])
)
