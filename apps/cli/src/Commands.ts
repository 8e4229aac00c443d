/** The tree of commands. */
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import * as Command from "effect/cli/Command"
import { backup } from "./commands/backup.ts"
import { bisync } from "./commands/bisync.ts"
import { buckets } from "./commands/bucket.ts"
import { cat } from "./commands/cat.ts"
import { check } from "./commands/check.ts"
import { cleanup } from "./commands/cleanup.ts"
import { complete as completing } from "./commands/complete.ts"
import { completion } from "./commands/completion.ts"
import { config } from "./commands/config.ts"
import { copy } from "./commands/copy.ts"
import { copyto } from "./commands/copyto.ts"
import { copyurl } from "./commands/copyurl.ts"
import { doctor } from "./commands/doctor.ts"
import { du } from "./commands/du.ts"
import { forget } from "./commands/forget.ts"
import { hashsum } from "./commands/hashsum.ts"
import { help } from "./commands/help.ts"
import { keys } from "./commands/key.ts"
import { largeFiles } from "./commands/large.ts"
import { link } from "./commands/link.ts"
import { ls } from "./commands/ls.ts"
import { lsjson } from "./commands/lsjson.ts"
import { mkdir } from "./commands/mkdir.ts"
import { mount } from "./commands/mount.ts"
import { move } from "./commands/move.ts"
import { moveto } from "./commands/moveto.ts"
import { notify } from "./commands/notify.ts"
import { plugin } from "./commands/plugin.ts"
import { rcat } from "./commands/rcat.ts"
import { remote } from "./commands/remote.ts"
import { repo } from "./commands/repo.ts"
import { restore } from "./commands/restore.ts"
import { rm } from "./commands/rm.ts"
import { schedule } from "./commands/schedule.ts"
import { serve, serveSide } from "./commands/serve.ts"
import { size } from "./commands/size.ts"
import { snapshot } from "./commands/snapshot.ts"
import { snapshots } from "./commands/snapshots.ts"
import { stat } from "./commands/stat.ts"
import { state } from "./commands/state.ts"
import { sync } from "./commands/sync.ts"
import { task } from "./commands/task.ts"
import { touch } from "./commands/touch.ts"
import { tree } from "./commands/tree.ts"
import { tui } from "./commands/tui.ts"
import { undelete } from "./commands/undelete.ts"
import { version } from "./commands/version.ts"
import { versions } from "./commands/versions.ts"
import { settings } from "./GlobalFlags.ts"

/** `factories` say what `remote add` can be told. */
export const commands = (factories: ReadonlyArray<ProviderFactory>) => {
  const ofRoot = (): Command.Command.Any => root
  const root = Command.make("ourclone").pipe(
    Command.withDescription(
      "Keep files safe and reachable on object storage. A place is a path, remote:path for a configured remote, or b2://bucket/path with the key in the environment"
    ),
    Command.withSubcommands([
      { group: "TRANSFER", commands: [copy, sync, bisync, move, copyto, moveto, rcat, copyurl, check] },
      { group: "BACKUP", commands: [backup, snapshots, restore, forget, snapshot, repo] },
      { group: "LOOK", commands: [ls, lsjson, tree, stat, size, du, hashsum, cat, link] },
      { group: "CHANGE", commands: [mkdir, touch, rm, undelete] },
      { group: "MOUNT", commands: [mount] },
      { group: "STORAGE", commands: [buckets, keys, versions, largeFiles, cleanup] },
      { group: "TASKS", commands: [task, schedule, notify, serve, serveSide, state, tui] },
      {
        group: "SET UP",
        commands: [remote(factories), plugin, config, doctor, completion(ofRoot), completing(ofRoot), help, version]
      }
    ]),
    Command.withExamples([
      { command: "ourclone remote add photos b2", description: "Name a B2 account" },
      { command: "ourclone sync --dry-run ~/Pictures photos:my-bucket", description: "See what would be done" },
      { command: "ourclone sync ~/Pictures photos:my-bucket", description: "Do it" }
    ]),
    Command.withGlobalFlags(settings)
  )
  return root
}
