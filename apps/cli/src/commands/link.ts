import { file, sharing } from "@ourclone/jobs/storage/StorageFields"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const link = Command.make("link", { path: argumentOf(file, "path"), ...flagsOf(sharing) }, (flags) =>
  lazily(
    () => import("../ShareCommands.ts"),
    (module) => module.link(flags)
  )
).pipe(
  Command.withDescription(
    "Print an address by which whoever has it may read the file, without a key, for a day or as long as is said"
  ),
  Command.withShortDescription("Print an address by which a file can be read for a while"),
  Command.withExamples([{ command: "ourclone link --expire 1h b2:my-bucket/report.pdf", description: "For an hour" }])
)
