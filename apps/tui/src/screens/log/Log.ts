/** What the program said since it began, the newest first. */
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, show } from "../../command/Screen.ts"
import type { Notice, World } from "../../command/World.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import { clock } from "../../words/StateWords.ts"

interface State {
  readonly list: List.List<Notice>
  /** What the list is of. */
  readonly notices: ReadonlyArray<Notice>
}

const lens: ListCommands.Lens<State, Notice> = { get: ({ list }) => list, set: (state, list) => ({ ...state, list }) }

const table: Table.Table<Notice, World> = {
  columns: [
    { head: "Time", width: 11, text: ({ at }, { now }) => clock(at, now) },
    { head: "What", isSentence: true, text: ({ text }) => text, tone: ({ isBad }) => (isBad ? "bad" : "plain") }
  ],
  empty: ["Nothing has been said yet."]
}

const commands: ReadonlyArray<Command<State>> = [
  ...ListCommands.commands(lens),
  {
    id: "log.copy",
    keys: ["y", "enter"],
    label: "Copy",
    whyNot: ({ list }) => (List.chosen(list) === undefined && !list.isFiltering ? "There is nothing here" : undefined),
    run: ListCommands.enter(lens, ({ list }) => ({
      asks: [{ _tag: "Copy", text: List.chosen(list)?.text ?? "" }],
      notice: "Copied"
    }))
  },
  { id: "log.back", keys: ["esc"], label: "Back", isQuiet: true, run: ListCommands.orDropFilter(lens, () => ({})) }
]

export const kind: ScreenKind<State> = {
  name: "Log",
  title: () => "Log",
  commands,
  lines: ({ list }, world, columns, rows) => Table.lines(table, list, world, { columns, rows, marks: world.marks }),
  choices: (state, world) => ListCommands.choices(lens, state, (notice) => Table.spoken(table, notice, world)),
  choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows, line),
  typing: (state) => ListCommands.typing(lens, state),
  changed: ({ list, notices: before }, { notices }) =>
    notices === before ? {} : { state: { notices, list: List.withItems(list, notices.toReversed()) } }
}

export const log = ({ notices }: World) =>
  show(kind, {
    notices,
    list: List.make({ keyOf: ({ at, text }) => `${at} ${text}`, textOf: ({ text }) => text }, notices.toReversed())
  })
