/** What is in a snapshot, folder by folder. */
import * as Amount from "@ourclone/core/events/Amount"
import * as ListCommands from "../../command/ListCommands.ts"
import type { Command } from "../../command/Screen.ts"
import * as List from "../../lists/List.ts"
import * as RowsScreen from "../RowsScreen.ts"
import { restore } from "./BackupForms.ts"
import { find } from "./Find.ts"
import { type Node, nodeOf, type Snapshot, timeText } from "./Rows.ts"

interface About {
  readonly repository: string
  readonly snapshot: Snapshot
  readonly folder: string
}
type State = RowsScreen.RowsState<Node, About>

const nameOf = ({ snapshot }: About): string => `${timeText(snapshot.time)} · ${snapshot.hostname}`

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "snapshot.open",
    keys: ["enter", "l", "right"],
    label: "Open",
    whyNot: (state) =>
      RowsScreen.chosen(state)?.isFolder === true || state.list.isFiltering
        ? undefined
        : "Choose a folder; v shows a file in other snapshots",
    run: ListCommands.enter(RowsScreen.lensOf<Node, About>(), (state) => {
      const node = RowsScreen.chosen(state)
      return node === undefined ? {} : inFolder(state.about, node.path)
    })
  },
  {
    id: "snapshot.restore",
    keys: ["R"],
    label: "Restore",
    about: "What is marked, else what is chosen",
    whyNot: (state) => (List.meant(state.list).length === 0 ? "Nothing is chosen" : undefined),
    run: ({ about, list }, world) => ({
      open: restore(
        {
          repository: about.repository,
          snapshot: about.snapshot.id,
          of: nameOf(about),
          paths: List.meant(list).map(({ path }) => path)
        },
        world
      )
    })
  },
  {
    id: "snapshot.versions",
    keys: ["v"],
    label: "Versions",
    about: "The same file in all snapshots",
    whyNot: (state) => (RowsScreen.chosen(state) === undefined ? "Nothing is chosen" : undefined),
    run: (state) => find({ repository: state.about.repository, pattern: RowsScreen.chosen(state)?.path ?? "" })
  }
]

const options: RowsScreen.RowsOptions<Node, About> = {
  name: "Snapshot",
  title: (about) => `${about.repository} › ${nameOf(about)} › ${about.folder}`,
  table: {
    columns: [
      {
        head: "Name",
        text: ({ isFolder, name }) => `${name}${isFolder ? "/" : ""}`,
        tone: ({ isFolder }) => (isFolder ? "strong" : "plain")
      },
      { head: "Size", width: 10, isRight: true, text: ({ isFolder, size }) => (isFolder ? "" : Amount.bytes(size)) },
      { head: "Modified", width: 16, from: 60, text: ({ time }) => timeText(time) }
    ],
    empty: ["Empty folder"]
  },
  list: { keyOf: ({ path }) => path, textOf: ({ name }) => name },
  hasMarks: true,
  query: ({ folder, repository, snapshot }) => ({
    type: "snapshotLs",
    request: { repository, snapshot: snapshot.id, folders: [folder] }
  }),
  parse: nodeOf,
  arrange: (nodes) =>
    nodes
      .filter(({ path }, _, all) => all.length > 0 && path !== "/")
      .toSorted((left, right) => Number(right.isFolder) - Number(left.isFolder)),
  one: "entry",
  commands
}

export const kind = RowsScreen.kindOf(options)

const inFolder = <S>(about: About, folder: string) =>
  RowsScreen.open<S, Node, About>(kind, { ...options }, { ...about, folder })

export const openSnapshot = <S>(repository: string, snapshot: Snapshot) =>
  inFolder<S>({ repository, snapshot, folder: "/" }, "/")
