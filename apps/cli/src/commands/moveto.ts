import { moved } from "@ourclone/jobs/transfer/TransferFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf } from "../RequestFlags.ts"
import { transferring } from "../TransferFlags.ts"

export const moveto = Command.make(
  "moveto",
  {
    source: argumentOf(moved, "source", "One file, or a folder"),
    destination: argumentOf(moved, "destination", "What the file is to be called there; or the folder"),
    ...transferring
  },
  (flags) =>
    lazily(
      () => Promise.all([import("../TransferCommand.ts"), import("@ourclone/jobs/transfer/Move")]),
      ([{ run }, { kind }]) => run(kind, flags, true)
    )
).pipe(
  Command.withDescription("Move one file to a name of its own, or a folder as move does"),
  Command.withExamples([
    { command: "ourclone moveto b2:my-bucket/a.txt b2:my-bucket/b.txt", description: "Rename a file" }
  ])
)
