import { moved } from "@ourclone/jobs/transfer/TransferFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf } from "../RequestFlags.ts"
import { transferring } from "../TransferFlags.ts"

export const move = Command.make(
  "move",
  {
    source: argumentOf(moved, "source"),
    destination: argumentOf(moved, "destination"),
    ...transferring
  },
  (flags) =>
    lazily(
      () => Promise.all([import("../TransferCommand.ts"), import("@ourclone/jobs/transfer/Move")]),
      ([{ run }, { kind }]) => run(kind, flags)
    )
).pipe(
  Command.withDescription("Copy to the destination, and remove each file at the source once it is safely there"),
  Command.withExamples([
    { command: "ourclone move ~/Scans b2:my-bucket/scans", description: "Upload a folder and empty it" },
    { command: "ourclone move b2:my-bucket/in b2:my-bucket/done", description: "Move inside a bucket, by the service" }
  ])
)
