/** docs/tui.md: the keys as the tables of commands have them, and screens as they are drawn. */
import * as path from "node:path"
import { Progress } from "@ourclone/core/events/RunEvent"
import { noTotals } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import { keyText } from "../src/command/Keys.ts"
import type { BoundCommand, Command } from "../src/command/Screen.ts"
import { everywhere } from "../src/program/Everywhere.ts"
import { kind as palette } from "../src/screens/asked/Palette.ts"
import { kind as password } from "../src/screens/asked/Password.ts"
import { questionKind } from "../src/screens/asked/Question.ts"
import { kind as backup } from "../src/screens/backup/Backup.ts"
import { kind as diff } from "../src/screens/backup/Diff.ts"
import { kind as find } from "../src/screens/backup/Find.ts"
import { kind as repository } from "../src/screens/backup/Repository.ts"
import { kind as snapshot } from "../src/screens/backup/Snapshot.ts"
import { kind as browser } from "../src/screens/browse/Browser.ts"
import { kind as versions } from "../src/screens/browse/Versions.ts"
import { kind as form } from "../src/screens/form/Form.ts"
import { kind as log } from "../src/screens/log/Log.ts"
import { kind as plan } from "../src/screens/migrate/Plan.ts"
import { kind as mounts } from "../src/screens/mounts/Mounts.ts"
import { kind as schedules } from "../src/screens/schedules/Schedules.ts"
import { kind as addStorage } from "../src/screens/storage/AddStorage.ts"
import { kind as storage } from "../src/screens/storage/Storage.ts"
import { kind as outcomes } from "../src/screens/tasks/Outcomes.ts"
import { kind as task } from "../src/screens/tasks/Task.ts"
import { kind as tasks } from "../src/screens/tasks/Tasks.ts"
import { envelopes, now, type Rig, rig, task as taskOf } from "./Rig.ts"

interface Shown {
  readonly name: string
  readonly commands: ReadonlyArray<Pick<Command<never>, "keys" | "label" | "about" | "id">>
}

const shared = (id: string): boolean => id.startsWith("list.")

const rowsOf = (commands: Shown["commands"]): ReadonlyArray<string> => [
  "| key | what it does |",
  "| --- | --- |",
  ...commands.map(({ about, keys, label }) => {
    const names = keys.map((key) => `\`${keyText(key).replace("|", "\\|")}\``).join(" ")
    return `| ${names} | ${about === undefined ? label : `${label}: ${about.charAt(0).toLowerCase()}${about.slice(1)}`} |`
  })
]

const section = ({ commands, name }: Shown): ReadonlyArray<string> => {
  const own = commands.filter(({ id, label }) => !shared(id) && label !== "Back")
  return own.length === 0 ? [] : ["", `### ${name}`, "", ...rowsOf(own)]
}

const everywhereOf = (made: Rig): ReadonlyArray<BoundCommand> => everywhere(made.app.view())

const picture = async (made: Rig, ...keys: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  await made.keys(...keys)
  return ["", "```", ...made.lines(80, 24).map((line) => line.trimEnd()), "```"]
}

const running = taskOf({
  progress: Progress.make({
    phase: "transferring",
    files: 370,
    bytes: 7_400_000_000,
    current: [
      { item: "2026/video.mov", done: 1_288_490_188, size: 2_254_857_830 },
      { item: "2026/IMG_8107.jpg", done: 0, size: 4_404_019 }
    ]
  }),
  totals: {
    ...noTotals,
    files: 1_000,
    bytes: 20_000_000_000,
    isFinal: true,
    done: 370,
    doneBytes: 7_400_000_000,
    failed: 2
  }
})

const cause = {
  kind: "failed",
  code: "PermissionDenied",
  message: "private/key: permission was refused",
  path: "private/key",
  remedy: null,
  files: 2
} as const

const listing = [
  { _tag: "Directory", path: "2023" },
  { _tag: "Directory", path: "2024" },
  { _tag: "File", path: "IMG_0001.jpg", size: 4_404_019, modifiedAt: now, checksums: {} },
  { _tag: "File", path: "IMG_0002.jpg", size: 4_194_304, modifiedAt: now, checksums: {} },
  { _tag: "File", path: "notes.txt", size: 1_229, modifiedAt: now - 86_400_000 * 60, checksums: {} }
]

const document = async (): Promise<string> => {
  const made = await rig(
    {
      tasks: Stream.concat(Stream.succeed([running]), Stream.never),
      storage: Effect.succeed({ remotes: [{ name: "photos", type: "b2" }], repositories: [] }),
      rows: () => Stream.succeed(listing),
      details: () => Effect.succeed({ task: running, facts: envelopes(), causes: [cause] })
    },
    { directory: "/home/ann/Pictures" }
  )
  const text = [
    "# The screens",
    "",
    "`ourclone` alone on a terminal, or `ourclone tui`. What the screens begin are tasks in processes of their own: leaving",
    "the screens, or their crash, ends no work, and `ourclone task` shows the same tasks. Every screen names its keys in the",
    "last line; `?` has all of them, and `:` finds a command by its words. The mouse chooses, opens by two clicks, and presses",
    "what the last line names.",
    "",
    "`ourclone tui --linear` asks by numbered lines that stay, for screen readers, plain terminals and pipes. Everything can be",
    "done that way: a number chooses, a word is a command or a screen, `.` goes back. Where a text is asked for, a command is a word with a",
    "dot before it: `.done` ends, `.quit` leaves. A text that begins with a dot itself is said after a backslash: `\\.config`.",
    "",
    "A form stays, with all that was typed, until what it asks for is seen to work: what a storage, a repository or a mount refuses",
    "is said at its field.",
    "",
    "Where a service of yours runs and may use your home, the screens attach to it; `ourclone tui --server https://nas:8443`, or",
    "`OURCLONE_SERVER`, names one elsewhere, whose storages, tasks and folders are seen then. When it is gone, what was seen turns",
    "faint with its age, and they attach again by themselves. Without one, they start what they are asked for themselves.",
    "",
    "`NO_COLOR` is heeded; without a UTF-8 locale, letters stand for signs. Windows from 40 columns and 10 rows on will do.",
    "What was left when a process was killed with -9, `reset` mends.",
    ...(await picture(made)),
    ...(await picture(made, "enter", "tab", "space", "space")),
    ...(await picture(made, "3", "enter")),
    "",
    "## Keys",
    "",
    "This part and the screens above are made by `npm run exec -- vitest run apps/tui/test/Document.test.ts --update`.",
    "",
    "### Everywhere",
    "",
    ...rowsOf(everywhereOf(made)),
    "",
    "### In lists",
    "",
    ...rowsOf(browser.commands.filter(({ id }) => shared(id))),
    "",
    "`Esc` and `q` go back.",
    ...[
      storage,
      addStorage,
      browser,
      versions,
      form,
      plan,
      tasks,
      task,
      outcomes,
      backup,
      repository,
      snapshot,
      find,
      diff,
      mounts,
      schedules,
      log,
      questionKind,
      password,
      palette
    ].flatMap((kind) => section(kind as Shown)),
    ""
  ].join("\n")
  await made.close()
  return text
}

it("docs/tui.md is what the tables of commands say", async () => {
  await expect(await document()).toMatchFileSnapshot(path.join(import.meta.dirname, "../../../docs/tui.md"))
})
