import { fileOrFolder } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf } from "../RequestFlags.ts"

export const versions = Command.make("versions", { path: argumentOf(fileOrFolder, "path") }, (flags) =>
  lazily(
    () => import("../StoredHistory.ts"),
    (module) => module.versions(flags)
  )
).pipe(
  Command.withDescription("List every version of files, with hide markers: size, when it was stored, path, id"),
  Command.withShortDescription("List every version of files"),
  Command.withExamples([
    { command: "ourclone versions b2:my-bucket/notes.txt", description: "One file" },
    { command: "ourclone cat --version-id ID b2:my-bucket/notes.txt", description: "Read one of them by its id" },
    { command: "ourclone undelete --version-id ID b2:my-bucket/notes.txt", description: "Make it the newest again" },
    { command: "ourclone versions --json b2:my-bucket", description: "For a program" }
  ])
)
