/** Everything that can be done or gone to, found by its words. */
import { pad, printable, shorten } from "@ourclone/core/events/PrintableText"
import { keyText } from "../../command/Keys.ts"
import * as ListCommands from "../../command/ListCommands.ts"
import {
  type BoundCommand,
  type Command,
  type Outcome,
  type Screen,
  type ScreenKind,
  show
} from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import { standing } from "../../words/StateWords.ts"
import * as TaskTitle from "../../words/TaskTitle.ts"
import { open as openTask } from "../tasks/Task.ts"

interface Entry {
  readonly label: string
  readonly side: string
  readonly whyNot: string | undefined
  readonly outcome: (world: World) => Outcome
}

interface State {
  readonly list: List.List<Entry>
}

const lens: ListCommands.Lens<State, Entry> = { get: ({ list }) => list, set: (_, list) => ({ list }) }

/** What a command comes to is the business of the screen below. */
const commands: ReadonlyArray<Command<State>> = [
  {
    id: "palette.run",
    keys: ["enter"],
    label: "Do it",
    whyNot: ({ list }) => List.chosen(list)?.whyNot,
    run: ({ list }, world) => {
      const entry = List.chosen(list)
      return entry === undefined ? {} : { ...entry.outcome(world), close: true }
    }
  },
  ...ListCommands.commands(lens).filter(({ id }) =>
    ["list.down", "list.up", "list.pageDown", "list.pageUp"].includes(id)
  ),
  {
    id: "palette.erase",
    keys: ["backspace"],
    label: "Erase",
    isQuiet: true,
    run: ({ list }) => ({ state: { list: List.withFilter(list, list.filter.slice(0, -1)) } })
  },
  { id: "palette.back", keys: ["esc"], label: "Back", run: () => ({ close: true }) }
]

export const kind: ScreenKind<State> = {
  name: "Commands",
  isOverlay: true,
  title: () => "Commands",
  commands,
  lines: ({ list }, _, columns, rows) => {
    const room = rows - 1
    const from = Table.offsetOf(list.at, list.shown.length, room)
    return [
      [Lines.span(": ", "strong"), Lines.span(printable(list.filter)), Lines.span("▏", "busy")],
      ...(list.shown.length === 0 ? [Lines.line("  Nothing is called so.", "faint")] : []),
      ...list.shown.slice(from, from + room).map(({ label, side, whyNot }, index) => {
        const isChosen = from + index === list.at
        const right = shorten(printable(whyNot ?? side), 24)
        const text = pad(shorten(printable(label), columns - 28), columns - 28)
        const tone = isChosen ? "chosen" : whyNot === undefined ? "plain" : "faint"
        return Lines.fill([Lines.span(`${isChosen ? ">" : " "} ${text} ${right}`, tone)], columns, tone)
      })
    ]
  },
  choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows, line),
  choices: (state) => ListCommands.choices(lens, state, ({ label, side }) => `${label}, ${side}`),
  typing: ({ list }) => ({
    label: "Find",
    value: list.filter,
    isSecret: false,
    type: (state, text) => ({ state: { list: List.select(List.withFilter(state.list, state.list.filter + text), 0) } }),
    put: (state, text) => ({ state: { list: List.select(List.withFilter(state.list, text), 0) } })
  })
}

export const palette = (screen: Screen, everywhere: ReadonlyArray<BoundCommand>, world: World) => {
  const entryOf = (command: BoundCommand): Entry => ({
    label: command.label,
    side: command.keys.map(keyText).join(" "),
    whyNot: command.whyNot(world),
    outcome: (now) => command.run(now)
  })
  const acts = screen.commands.filter(({ isQuiet, whyNot }) => isQuiet !== true && whyNot(world) !== "")
  const tasks = world.tasks.slice(0, 200).map(
    (task): Entry => ({
      label: `Go to ${TaskTitle.of(task, world.home)}`,
      side: standing(task.state).word,
      whyNot: undefined,
      outcome: (now) => ({ open: openTask(task, now) })
    })
  )
  const entries = [...acts.map(entryOf), ...everywhere.filter(({ id }) => id !== "palette").map(entryOf), ...tasks]
  const list = List.make<Entry>(
    { keyOf: ({ label, side }) => `${label} ${side}`, textOf: ({ label }) => label },
    entries
  )
  return show(kind, { list })
}
