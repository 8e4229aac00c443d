import { purposes } from "@ourclone/core/contract/Keys"
import { diagnosing } from "@ourclone/jobs/storage/KeyFields"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import { lazily } from "../Lazily.ts"
import { argumentOf, flagsOf } from "../RequestFlags.ts"

export const doctor = Command.make(
  "doctor",
  {
    place: argumentOf(diagnosing, "path"),
    purpose: Flag.Literals("for", purposes).pipe(
      Flag.withDescription("What the place is to be used for; its key must be able to do that"),
      Flag.optional,
      Flag.map(Option.getOrUndefined)
    ),
    ...flagsOf({ writes: diagnosing.writes }, { writes: { flag: "write" } })
  },
  (flags) =>
    lazily(
      () => import("../DoctorCommand.ts"),
      ({ run }) => run(flags)
    )
).pipe(
  Command.withDescription(
    "Tell what is right and wrong with a place, its key and this machine, and what to do about it. Exits with 1 when something is wrong"
  ),
  Command.withShortDescription("Tell what is wrong with a place, its key and this machine"),
  Command.withExamples([
    { command: "ourclone doctor b2:my-bucket", description: "A bucket" },
    { command: "ourclone doctor --for backup --write b2:my-bucket/laptop", description: "Before the first backup" }
  ])
)
