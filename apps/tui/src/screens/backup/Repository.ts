/** The snapshots of a repository, the newest first, and what is done with them. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Ask } from "../../command/Ask.ts"
import * as ListCommands from "../../command/ListCommands.ts"
import type { Command, Step } from "../../command/Screen.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { question } from "../asked/Question.ts"
import * as Field from "../form/Field.ts"
import { form } from "../form/Form.ts"
import * as RowsScreen from "../RowsScreen.ts"
import { newBackup, restore } from "./BackupForms.ts"
import { diff } from "./Diff.ts"
import { find } from "./Find.ts"
import { type Snapshot, snapshot, timeText } from "./Rows.ts"
import { openSnapshot } from "./Snapshot.ts"

interface About {
  readonly repository: string
}
type State = RowsScreen.RowsState<Snapshot, About>

const none = (state: State): string | undefined =>
  RowsScreen.chosen(state) === undefined ? "There is no snapshot here" : undefined

const start = (kind: string, request: { readonly [field: string]: string | ReadonlyArray<string> }): Ask => ({
  _tag: "Start",
  tag: kind,
  kind,
  request: request as Extract<Ask, { readonly _tag: "Start" }>["request"],
  isShown: true
})

/** The marked one and the chosen one, else the chosen one and the one before it. */
const pair = ({ list }: State): readonly [Snapshot, Snapshot] | undefined => {
  const now = List.chosen(list)
  const marked = list.items.find((one) => List.isMarked(list, one) && one !== now)
  const before = marked ?? list.shown[list.at + 1]
  if (now === undefined || before === undefined) return undefined
  return before.time < now.time ? [before, now] : [now, before]
}

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "repository.open",
    keys: ["enter", "l", "right"],
    label: "Browse",
    whyNot: (state) => (state.list.isFiltering ? undefined : none(state)),
    run: ListCommands.enter(RowsScreen.lensOf<Snapshot, About>(), (state) => {
      const found = RowsScreen.chosen(state)
      return found === undefined ? {} : openSnapshot(state.about.repository, found)
    })
  },
  {
    id: "repository.backup",
    keys: ["b"],
    label: "New Backup",
    run: ({ about }, world) => ({ open: newBackup(about.repository, world) })
  },
  {
    id: "repository.restore",
    keys: ["R"],
    label: "Restore",
    about: "All of the chosen snapshot; Enter looks for single files",
    whyNot: none,
    run: (state, world) => {
      const { hostname, id, time } = RowsScreen.chosen(state)!
      const of = `${timeText(time)} · ${hostname}`
      return { open: restore({ repository: state.about.repository, snapshot: id, of, paths: [] }, world) }
    }
  },
  {
    id: "repository.diff",
    keys: ["="],
    label: "Diff",
    about: "With the marked snapshot, else with the one before",
    whyNot: (state) => (pair(state) === undefined ? "There is no other snapshot to compare with" : undefined),
    run: (state) => {
      const [from, to] = pair(state)!
      const says = `${timeText(from.time)} → ${timeText(to.time)}`
      return diff({ repository: state.about.repository, from: from.id, to: to.id, says })
    }
  },
  {
    id: "repository.find",
    keys: ["F"],
    label: "Find file",
    about: "In all snapshots",
    run: ({ about }) => ({
      open: form({
        title: "Find a file in all snapshots",
        fields: [Field.text("pattern", "Name or path", "Letter.odt, *.jpg, /home/ann/Documents", { isRequired: true })],
        submitLabel: "Find",
        submit: ({ pattern = "" }) => ({ close: true, ...find<never>({ repository: about.repository, pattern }) })
      })
    })
  },
  {
    id: "repository.check",
    keys: ["K"],
    label: "Check",
    about: "See whether all that is needed is there and whole",
    run: ({ about }) => ({ asks: [start("checkRepository", { repository: about.repository })] })
  },
  {
    id: "repository.forget",
    keys: ["d"],
    label: "Forget",
    about: "Snapshots that are marked, else the chosen one; asks first. Prune gives their space back",
    whyNot: none,
    run: ({ about, list }) => {
      const some = List.meant(list)
      const count = Amount.counted(some.length, "snapshot")
      const which = some.length === 1 ? `the snapshot of ${timeText(some[0]!.time)}` : count
      return {
        open: question(
          "Forget?",
          [`${which} of ${about.repository} can not be restored any more.`],
          [
            {
              label: `Forget ${which}`,
              asks: [start("forget", { repository: about.repository, ids: some.map(({ id }) => id) })]
            }
          ]
        )
      }
    }
  },
  {
    id: "repository.prune",
    keys: ["P"],
    label: "Prune",
    about: "Give back the space that no snapshot needs; asks first",
    isQuiet: true,
    run: ({ about }): Step<State> => ({
      open: question(
        "Prune?",
        [`What no snapshot of ${about.repository} needs is removed from it.`],
        [{ label: `Prune ${about.repository}`, asks: [start("prune", { repository: about.repository })] }]
      )
    })
  }
]

const options: RowsScreen.RowsOptions<Snapshot, About> = {
  name: "Repository",
  title: ({ repository }, { home }) => `Backup › ${Places.short(repository, home)}`,
  table: {
    columns: [
      { head: "Time", width: 16, text: ({ time }) => timeText(time) },
      { head: "Host", width: 10, from: 76, text: ({ hostname }) => hostname },
      { head: "Folders", text: ({ paths }, { home }) => paths.map((path) => Places.short(path, home)).join(" ") },
      {
        head: "Files",
        width: 9,
        isRight: true,
        text: ({ files }) => (files === undefined ? "–" : Amount.count(files))
      },
      {
        head: "New",
        width: 9,
        from: 60,
        isRight: true,
        text: ({ added }) => (added === undefined ? "–" : Amount.bytes(added))
      },
      { head: "Tags", width: 14, from: 96, text: ({ tags }) => tags.join(" ") }
    ],
    empty: ["No snapshot yet.", "", "b New Backup makes the first one."]
  },
  list: {
    keyOf: ({ id }) => id,
    textOf: ({ hostname, paths, tags, time }) => [timeText(time), hostname, ...paths, ...tags].join(" ")
  },
  hasMarks: true,
  query: ({ repository }) => ({ type: "snapshots", request: { repository } }),
  parse: snapshot,
  arrange: (snapshots) => snapshots.toSorted((left, right) => (left.time < right.time ? 1 : -1)),
  one: "snapshot",
  isLive: true,
  commands
}

export const kind = RowsScreen.kindOf(options)

export const openRepository = <S>(repository: string): Step<S> => RowsScreen.open(kind, options, { repository })
