/** A file in all snapshots: which have it, how large it was, and one of them back. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Command, Step } from "../../command/Screen.ts"
import * as RowsScreen from "../RowsScreen.ts"
import { restore } from "./BackupForms.ts"
import { type Found, foundOf, timeText } from "./Rows.ts"

interface About {
  readonly repository: string
  readonly pattern: string
}

/** A match with the snapshot it was found in. */
interface Match {
  readonly found: Found
  readonly snapshot: string
  readonly snapshotTime: string
}
type State = RowsScreen.RowsState<Match, About>

const textOf = ({ found }: Match): string => (found._tag === "Match" ? found.node.path : "")

/** Each match belongs to the snapshot row before it; rows of snapshots themselves are not shown. */
const joined = (rows: ReadonlyArray<Match>): ReadonlyArray<Match> => {
  let snapshot = ""
  let snapshotTime = ""
  return rows.flatMap((row) => {
    if (row.found._tag === "Snapshot") {
      snapshot = row.found.snapshot.id
      snapshotTime = row.found.snapshot.time
      return []
    }
    if (row.snapshot !== "") {
      snapshot = row.snapshot
      snapshotTime = row.snapshotTime
      return [row]
    }
    return [{ ...row, snapshot, snapshotTime }]
  })
}

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "find.restore",
    keys: ["R", "enter"],
    label: "Restore",
    whyNot: (state) => (RowsScreen.chosen(state) === undefined ? "Nothing was found" : undefined),
    run: (state, world) => {
      const match = RowsScreen.chosen(state)
      if (match === undefined) return {}
      const { snapshot, snapshotTime } = match
      const about = { repository: state.about.repository, snapshot, of: timeText(snapshotTime), paths: [textOf(match)] }
      return { open: restore(about, world) }
    }
  }
]

const options: RowsScreen.RowsOptions<Match, About> = {
  name: "Find",
  title: ({ pattern, repository }) => `${repository} › Find ${pattern}`,
  table: {
    columns: [
      { head: "Snapshot", width: 16, text: ({ snapshotTime }) => timeText(snapshotTime) },
      { head: "Path", text: textOf },
      {
        head: "Size",
        width: 10,
        isRight: true,
        text: ({ found }) => (found._tag === "Match" && !found.node.isFolder ? Amount.bytes(found.node.size) : "")
      },
      {
        head: "Modified",
        width: 16,
        from: 80,
        text: ({ found }) => (found._tag === "Match" ? timeText(found.node.time) : "")
      }
    ],
    empty: ["No snapshot has such a file"]
  },
  list: { keyOf: (match) => `${match.snapshot} ${textOf(match)}`, textOf },
  query: ({ pattern, repository }) => ({ type: "find", request: { repository, patterns: [pattern] } }),
  parse: (row) => {
    const found = foundOf(row)
    return found === undefined ? undefined : { found, snapshot: "", snapshotTime: "" }
  },
  arrange: joined,
  one: "match",
  several: "matches",
  commands
}

export const kind = RowsScreen.kindOf(options)

export const find = <S>(about: About): Step<S> => RowsScreen.open(kind, options, about)
