import { drilling } from "@ourclone/jobs/repository/CareFields"
import { counting } from "@ourclone/jobs/repository/LookFields"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { on, place, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { readingFlags, repositoryFlags, snapshotFilterFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"

const some = place("snapshot", "Only these; else all that the filters leave").pipe(Argument.atLeast(0))

export const copy = Command.make(
  "copy",
  {
    ...repositoryFlags,
    fromRepo: text("from-repo", "repository", "The repository to copy from"),
    fromPasswordFile: text("from-password-file", "file", "A file that holds its password"),
    fromPasswordCommand: text("from-password-command", "line", "A command that prints its password"),
    fromInsecureNoPassword: on("from-insecure-no-password", "Its password is empty"),
    ...snapshotFilterFlags,
    ids: some
  },
  (flags) =>
    lazily(
      () => import("../repository/CopyCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("Copy snapshots from another repository into this one, with all that they need"),
  Command.withExamples([
    { command: "ourclone repo copy --from-repo /mnt/disk/backup --repo home", description: "All of them" },
    { command: "ourclone repo copy --from-repo home --repo offsite latest", description: "The newest" }
  ])
)

export const stats = Command.make(
  "stats",
  {
    ...readingFlags,
    ...snapshotFilterFlags,
    ...flagsOf(counting),
    ids: some
  },
  (flags) =>
    lazily(
      () => import("../repository/StatsCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription("Count what snapshots hold, or what that takes in the repository"),
  Command.withExamples([
    { command: "ourclone repo stats latest --repo home", description: "What a restore would write" },
    { command: "ourclone repo stats --mode raw-data --repo home", description: "What is stored" }
  ])
)

export const drill = Command.make(
  "drill",
  {
    ...readingFlags,
    ...snapshotFilterFlags,
    snapshot: place("snapshot", "An id or its beginning, latest, or latest~1").pipe(Argument.withDefault("latest")),
    sample: Flag.String("sample").pipe(
      Flag.withMetavar("files"),
      Flag.withDescription("How many files to restore, or a share of them such as 5%; else 10"),
      Flag.withDefault("10")
    ),
    ...flagsOf(drilling),
    report: text("report", "file", "Write the report there, as JSON")
  },
  (flags) =>
    lazily(
      () => import("../repository/DrillCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Try a restore: bring some files back into a temporary folder, compare them with what was recorded and with the files they came from, and report"
  ),
  Command.withShortDescription("Try a restore of some files, and report"),
  Command.withExamples([
    { command: "ourclone repo drill --repo home", description: "A few files of the newest snapshot" },
    {
      command: "ourclone repo drill --sample 100 --seed 7 --report drill.json --repo home",
      description: "The same ones again"
    }
  ])
)
