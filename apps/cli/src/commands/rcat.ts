import { storedInput } from "@ourclone/jobs/transfer/TransferFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { storing } from "../TransferFlags.ts"

export const rcat = Command.make(
  "rcat",
  { destination: argumentOf(storedInput, "destination"), ...flagsOf({ size: storedInput.size }), ...storing },
  (flags) =>
    lazily(
      () => import("../StoreCommands.ts"),
      (module) => module.rcat(flags)
    )
).pipe(
  Command.withDescription(
    "Store standard input as one file. It is kept in the cache folder until it ends, so that it can be sent again where the line breaks"
  ),
  Command.withShortDescription("Store standard input as one file"),
  Command.withExamples([
    { command: "pg_dump shop | ourclone rcat b2:my-bucket/shop.sql", description: "What another program writes" }
  ])
)
