import { spending } from "@ourclone/jobs/place/CostFields"
import { restoring } from "@ourclone/jobs/repository/RestoreFields"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { on, place, text } from "../Flags.ts"
import { lazily } from "../Lazily.ts"
import { excludeFlags, includeFlags, readingFlags, snapshotFilterFlags } from "../RepositoryFlags.ts"
import { flagsOf } from "../RequestFlags.ts"
import { dryRun } from "../TransferFlags.ts"

export const restore = Command.make(
  "restore",
  {
    ...readingFlags,
    snapshot: place("snapshot", "An id or its beginning, latest, latest~1, or one of these with :folder"),
    target: text("target", "folder", "The folder to restore into").pipe(Flag.withAlias("t")),
    ...includeFlags,
    ...excludeFlags,
    ...snapshotFilterFlags,
    ...flagsOf({
      overwrite: restoring.overwrite,
      delete: restoring.delete,
      verify: restoring.verify,
      sparse: restoring.sparse,
      includeXattr: restoring.includeXattr,
      excludeXattr: restoring.excludeXattr,
      ownershipByName: restoring.ownershipByName,
      ...spending
    }),
    special: on("special", "Make device nodes and set setuid, setgid and capabilities of files; root's restore does"),
    noSpecial: on("no-special", "Leave these out, though root restores: for a repository of somebody you do not trust"),
    dryRun
  },
  (flags) =>
    lazily(
      () => import("../repository/RestoreCommand.ts"),
      (module) => module.run(flags)
    )
).pipe(
  Command.withDescription(
    "Bring back a snapshot or a part of it, with owners, modes, times and attributes. Nothing outside of the target is touched. Exits with 3 where something could not be restored"
  ),
  Command.withShortDescription("Bring back a snapshot or a part of it"),
  Command.withExamples([
    { command: "ourclone restore latest --repo home --target /tmp/back", description: "The newest snapshot" },
    {
      command: "ourclone restore latest:/home/me/Documents --repo home --target ~/Documents",
      description: "One folder, where it was"
    },
    {
      command: 'ourclone restore 5f2a1c --repo home --target . --include "*.jpg" --dry-run',
      description: "See what some files of an older one would bring"
    }
  ])
)
