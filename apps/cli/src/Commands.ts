/** The tree of commands. One that is named by the first word is loaded alone, so that it starts no slower for all the others. */
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import * as Command from "effect/cli/Command"
import { settings } from "./GlobalFlags.ts"

interface Given {
  /** What `remote add` can be told. */
  readonly factories: ReadonlyArray<ProviderFactory>
  readonly root: () => Command.Command.Any
}

const groups = {
  TRANSFER: {
    copy: async () => (await import("./commands/copy.ts")).copy,
    sync: async () => (await import("./commands/sync.ts")).sync,
    bisync: async () => (await import("./commands/bisync.ts")).bisync,
    move: async () => (await import("./commands/move.ts")).move,
    copyto: async () => (await import("./commands/copyto.ts")).copyto,
    moveto: async () => (await import("./commands/moveto.ts")).moveto,
    rcat: async () => (await import("./commands/rcat.ts")).rcat,
    copyurl: async () => (await import("./commands/copyurl.ts")).copyurl,
    check: async () => (await import("./commands/check.ts")).check
  },
  BACKUP: {
    backup: async () => (await import("./commands/backup.ts")).backup,
    snapshots: async () => (await import("./commands/snapshots.ts")).snapshots,
    restore: async () => (await import("./commands/restore.ts")).restore,
    forget: async () => (await import("./commands/forget.ts")).forget,
    snapshot: async () => (await import("./commands/snapshot.ts")).snapshot,
    repo: async () => (await import("./commands/repo.ts")).repo
  },
  LOOK: {
    ls: async () => (await import("./commands/ls.ts")).ls,
    lsjson: async () => (await import("./commands/lsjson.ts")).lsjson,
    tree: async () => (await import("./commands/tree.ts")).tree,
    stat: async () => (await import("./commands/stat.ts")).stat,
    size: async () => (await import("./commands/size.ts")).size,
    du: async () => (await import("./commands/du.ts")).du,
    hashsum: async () => (await import("./commands/hashsum.ts")).hashsum,
    cat: async () => (await import("./commands/cat.ts")).cat,
    link: async () => (await import("./commands/link.ts")).link
  },
  CHANGE: {
    mkdir: async () => (await import("./commands/mkdir.ts")).mkdir,
    touch: async () => (await import("./commands/touch.ts")).touch,
    rm: async () => (await import("./commands/rm.ts")).rm,
    undelete: async () => (await import("./commands/undelete.ts")).undelete
  },
  MOUNT: {
    mount: async () => (await import("./commands/mount.ts")).mount
  },
  STORAGE: {
    bucket: async () => (await import("./commands/bucket.ts")).buckets,
    key: async () => (await import("./commands/key.ts")).keys,
    versions: async () => (await import("./commands/versions.ts")).versions,
    large: async () => (await import("./commands/large.ts")).largeFiles,
    cleanup: async () => (await import("./commands/cleanup.ts")).cleanup
  },
  TASKS: {
    task: async () => (await import("./commands/task.ts")).task,
    schedule: async () => (await import("./commands/schedule.ts")).schedule,
    notify: async () => (await import("./commands/notify.ts")).notify,
    serve: async () => (await import("./commands/serve.ts")).serve,
    "serve-side": async () => (await import("./commands/serve.ts")).serveSide,
    runner: async () => (await import("./commands/runner.ts")).runner,
    state: async () => (await import("./commands/state.ts")).state,
    tui: async () => (await import("./commands/tui.ts")).tui
  },
  "SET UP": {
    remote: async ({ factories }: Given) => (await import("./commands/remote.ts")).remote(factories),
    plugin: async () => (await import("./commands/plugin.ts")).plugin,
    config: async () => (await import("./commands/config.ts")).config,
    doctor: async () => (await import("./commands/doctor.ts")).doctor,
    completion: async ({ root }: Given) => (await import("./commands/completion.ts")).completion(root),
    complete: async ({ root }: Given) => (await import("./commands/complete.ts")).complete(root),
    help: async () => (await import("./commands/help.ts")).help,
    version: async () => (await import("./commands/version.ts")).version
  }
}

type Groups = typeof groups
type Loading = ReturnType<{ [Name in keyof Groups]: Groups[Name][keyof Groups[Name]] }[keyof Groups]>

/** They tell about all commands. */
const needsAll: ReadonlySet<string> = new Set(["completion", "complete"])

const isCommand = (word: string): boolean => Object.values(groups).some((group) => Object.hasOwn(group, word))

/** The program for these words: all of it, unless they begin with the name of a command. */
export const commandsFor = async (words: ReadonlyArray<string>, factories: ReadonlyArray<ProviderFactory>) => {
  const [first = ""] = words
  const named = isCommand(first) && !needsAll.has(first) ? first : undefined
  const given: Given = { factories, root: (): Command.Command.Any => root }
  const entries = Object.entries(groups).map(async ([group, loaders]) => {
    const chosen = Object.entries(loaders).filter(([name]) => named === undefined || name === named)
    const loading = chosen.map(([, load]): Loading => load(given))
    return { group, commands: await Promise.all(loading) }
  })
  const all = await Promise.all(entries)
  const root = Command.make("ourclone").pipe(
    Command.withDescription(
      "Keep files safe and reachable on object storage. A place is a path, remote:path for a configured remote, or b2://bucket/path with the key in the environment"
    ),
    Command.withSubcommands(all.filter(({ commands }) => commands.length > 0)),
    Command.withExamples([
      { command: "ourclone remote add photos b2", description: "Name a B2 account" },
      { command: "ourclone sync --dry-run ~/Pictures photos:my-bucket", description: "See what would be done" },
      { command: "ourclone sync ~/Pictures photos:my-bucket", description: "Do it" }
    ]),
    Command.withGlobalFlags(settings)
  )
  return root
}
