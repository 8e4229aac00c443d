/** The files that failed, or were skipped, for one reason. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Cause, Outcome } from "@ourclone/tasks/store/TaskStore"
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import { told } from "../../words/Remedies.ts"

interface State {
  readonly cause: Cause
  readonly list: List.List<Outcome>
  /** Said where there is none. */
  readonly without: string
}

const lens: ListCommands.Lens<State, Outcome> = { get: ({ list }) => list, set: (state, list) => ({ ...state, list }) }

const table: Table.Table<Outcome, World> = {
  columns: [
    { head: "File", text: ({ path }) => path },
    { head: "Because", width: 60, from: 140, isSentence: true, text: ({ message }) => message }
  ],
  empty: []
}

const commands: ReadonlyArray<Command<State>> = [
  ...ListCommands.commands(lens),
  {
    id: "outcomes.copy",
    keys: ["y", "enter"],
    label: "Copy path",
    whyNot: ({ list }) => (List.chosen(list) === undefined ? "There is no file here" : undefined),
    run: (state) =>
      ListCommands.enter(lens, () => {
        const path = List.chosen(state.list)?.path ?? ""
        return { asks: [{ _tag: "Copy", text: path }], notice: `Copied ${path}` }
      })(state)
  },
  {
    id: "outcomes.back",
    keys: ["esc", "q", "h", "left"],
    label: "Back",
    run: ListCommands.orDropFilter(lens, () => ({ close: true }))
  }
]

export const kind: ScreenKind<State> = {
  name: "Failed files",
  title: ({ cause }) => `${cause.kind === "failed" ? "Failed" : "Skipped"}: ${cause.message}`,
  status: ({ cause }) => Amount.files(cause.files),
  commands,
  lines: ({ list, without }, world, columns, rows) =>
    Table.lines({ ...table, empty: Lines.wrap(printable(without), columns - 4) }, list, world, {
      columns,
      rows,
      marks: world.marks
    }),
  words: ({ list, without }) => (list.items.length === 0 ? [without] : []),
  choices: (state, world) => ListCommands.choices(lens, state, (outcome) => Table.spoken(table, outcome, world)),
  choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows, line),
  typing: (state) => ListCommands.typing(lens, state),
  hear: (state, answer) => {
    if (answer._tag === "Failed") return { state: { ...state, without: told(answer.failure) } }
    return answer._tag === "Outcomes"
      ? { state: { ...state, list: List.withItems(state.list, answer.outcomes), without: "No file is named." } }
      : {}
  }
}

export const open = <State>(id: string, cause: Cause): Step<State> => {
  const list = List.make<Outcome>({ keyOf: ({ path }) => path, textOf: ({ path }) => path })
  return {
    open: show(kind, { cause, list, without: "Still looking" }),
    asks: [{ _tag: "Outcomes", tag: "outcomes", id, code: cause.code }]
  }
}
