import { copied } from "@ourclone/jobs/transfer/TransferFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf } from "../RequestFlags.ts"
import { earlierSource, transferring } from "../TransferFlags.ts"

export const copyto = Command.make(
  "copyto",
  {
    source: argumentOf(copied, "source", "One file, or a folder"),
    destination: argumentOf(copied, "destination", "What the file is to be called there; or the folder"),
    ...earlierSource,
    ...transferring
  },
  (flags) =>
    lazily(
      () => Promise.all([import("../TransferCommand.ts"), import("@ourclone/jobs/transfer/Copy")]),
      ([{ run }, { kind }]) => run(kind, flags, true)
    )
).pipe(
  Command.withDescription("Copy one file to a name of its own, or a folder as copy does"),
  Command.withExamples([
    { command: "ourclone copyto report.pdf b2:my-bucket/reports/2026.pdf", description: "Under another name" }
  ])
)
