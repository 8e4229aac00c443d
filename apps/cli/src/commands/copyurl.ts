import { storedInput } from "@ourclone/jobs/transfer/TransferFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import { on } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"
import { storing } from "../TransferFlags.ts"

export const copyurl = Command.make(
  "copyurl",
  {
    url: Argument.String("url").pipe(Argument.withDescription("An address that begins with http:// or https://")),
    destination: argumentOf(storedInput, "destination").pipe(Argument.optional, Argument.map(Option.getOrUndefined)),
    stdout: on("stdout", "Write it to standard output and store nothing; so does - for a destination"),
    autoFilename: on(
      "auto-filename",
      "The destination is a folder, and the file gets the last name of the address"
    ).pipe(Flag.withAlias("a")),
    ...flagsOf({ noClobber: storedInput.noClobber }),
    ...storing
  },
  (flags) =>
    lazily(
      () => import("../StoreCommands.ts"),
      (module) => module.copyurl(flags)
    )
).pipe(
  Command.withDescription(
    "Store what an address of the web gives as one file, with the time that its server says, or write it to standard output. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are heeded"
  ),
  Command.withShortDescription("Store what an address of the web gives"),
  Command.withExamples([
    {
      command: "ourclone copyurl --auto-filename https://example.com/talk.mp4 b2:my-bucket/talks",
      description: "Under the name it has there"
    },
    { command: "ourclone copyurl --stdout https://example.com/notes.txt", description: "To read it here" }
  ])
)
