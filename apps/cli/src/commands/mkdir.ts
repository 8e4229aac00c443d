import { folder } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf, refusalOf } from "../RequestFlags.ts"

export const mkdir = Command.make(
  "mkdir",
  { path: argumentOf(folder, "path"), createsBucket: refusalOf("createsBucket") },
  (flags) =>
    lazily(
      () => import("../RemovalCommand.ts"),
      (module) => module.mkdir(flags)
    )
).pipe(
  Command.withDescription("Make an empty folder, with those above it, or a private bucket"),
  Command.withExamples([{ command: "ourclone mkdir b2:my-bucket/photos", description: "A folder of a bucket" }])
)
