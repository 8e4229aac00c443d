/** All tasks, the newest first, as they change. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable, shorten } from "@ourclone/core/events/PrintableText"
import type { Task } from "@ourclone/tasks/task/Task"
import { tookMillis } from "@ourclone/tasks/task/TaskFigures"
import * as ListCommands from "../../command/ListCommands.ts"
import type { Command, ScreenKind } from "../../command/Screen.ts"
import { show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import * as QueuedWords from "../../words/QueuedWords.ts"
import * as StateWords from "../../words/StateWords.ts"
import * as TaskTitle from "../../words/TaskTitle.ts"
import { open, overview } from "./Task.ts"
import * as TaskCommands from "./TaskCommands.ts"

const views = ["All", "Running", "Waiting", "Failed", "Done"] as const
type View = (typeof views)[number]

interface State {
  readonly list: List.List<Task>
  readonly view: View
}

/** Each task is in one of them, besides `All`. */
const belongs: { readonly [Name in View]: (task: Task) => boolean } = {
  All: () => true,
  Running: ({ state }) => state._tag === "Running",
  Waiting: ({ state }) => ["Queued", "Waiting", "Paused"].includes(state._tag),
  Failed: ({ state }) => state._tag === "Failed" || (state._tag === "Done" && state.failed > 0),
  Done: ({ state }) => (state._tag === "Done" && state.failed === 0) || state._tag === "Cancelled"
}

const lens: ListCommands.Lens<State, Task> = {
  get: ({ list }) => list,
  set: (state, list) => ({ ...state, list })
}

const taskOf = ({ list }: State): Task | undefined => List.chosen(list)

/** Tasks may be filtered by what they are called, which knows no home. */
const kindOfList: List.ListKind<Task> = {
  keyOf: ({ id }) => id,
  textOf: (task) => `${TaskTitle.of(task, "")} ${StateWords.standing(task.state).word}`
}

const failedText = ({ totals }: Task): string => (totals.failed > 0 ? Amount.count(totals.failed) : "–")

const inShort = (task: Task, world: World): string =>
  task.state._tag === "Queued" ? QueuedWords.of(task, world).short : StateWords.inShort(task, world.now)

const table: Table.Table<Task, World> = {
  columns: [
    {
      head: "State",
      width: 11,
      text: ({ state }, { marks }) => {
        const { sign, word } = StateWords.standing(state)
        return `${marks[sign]} ${word}`
      },
      tone: ({ state }) => StateWords.standing(state).tone
    },
    { head: "Task", text: (task, { home }) => TaskTitle.of(task, home) },
    { head: "Progress", width: 16, from: 60, isSentence: true, text: inShort },
    {
      head: "Rate",
      width: 11,
      from: 110,
      isRight: true,
      text: (task, { now, views }) => {
        const rate = StateWords.isWorking(task) ? StateWords.perSecond(views.get(task.id), now) : undefined
        return rate === undefined ? "–" : `${Amount.bytes(rate)}/s`
      }
    },
    {
      head: "Left/took",
      width: 12,
      from: 96,
      isRight: true,
      text: (task, { now, views }) => {
        if (!StateWords.isWorking(task)) {
          return task.startedAt === null ? "–" : Amount.duration(tookMillis(task, now) / 1000)
        }
        const left = StateWords.secondsLeft(task, views.get(task.id))
        return left === undefined ? "–" : StateWords.about(left)
      }
    },
    { head: "Started", width: 11, from: 120, text: (task, { now }) => StateWords.clock(task.createdAt, now) },
    { head: "By", width: 12, from: 140, text: ({ by, origin }) => by ?? origin },
    {
      head: "Failed",
      width: 7,
      from: 70,
      isRight: true,
      text: failedText,
      tone: ({ totals }) => (totals.failed > 0 ? "warn" : "plain")
    }
  ],
  empty: ["Nothing has run yet.", "", "2 Migrate begins a transfer, 4 Backup a backup; what commands run is here too."]
}

const without: { readonly [Name in View]: string } = {
  All: "",
  Running: "Nothing runs now.",
  Waiting: "Nothing waits or is paused.",
  Failed: "Nothing has failed.",
  Done: "Nothing has ended well or was cancelled."
}

/** Of a view in which there is nothing, though there are tasks. */
const tableOf = ({ view }: State, { tasks }: World): Table.Table<Task, World> =>
  tasks.length === 0 || view === "All" ? table : { ...table, empty: [without[view], "", "Tab shows other tasks."] }

const listed = (state: State, world: World): State => {
  const items = state.view === "All" ? world.tasks : world.tasks.filter(belongs[state.view])
  return items === state.list.items ? state : { ...state, list: List.withItems(state.list, items) }
}

const inView = (state: State, by: number, world: World): State => {
  const view = views[(views.indexOf(state.view) + by + views.length) % views.length]!
  return listed({ ...state, view }, world)
}

const commands: ReadonlyArray<Command<State>> = [
  ...ListCommands.commands(lens),
  {
    id: "tasks.open",
    keys: ["enter", "l", "right"],
    label: "Open",
    whyNot: (state) => (taskOf(state) === undefined && !state.list.isFiltering ? "There is no task here" : undefined),
    run: (state, world) =>
      ListCommands.enter(lens, () => {
        const task = taskOf(state)
        return task === undefined ? {} : { open: open(task, world) }
      })(state)
  },
  ...TaskCommands.commands(taskOf),
  {
    id: "tasks.view",
    keys: ["tab", "f"],
    label: "View",
    about: "All, those that run, wait, failed, or are done",
    run: (state, world) => ({ state: inView(state, 1, world) })
  },
  {
    id: "tasks.viewBefore",
    keys: ["shift-tab"],
    label: "View before",
    isQuiet: true,
    run: (state, world) => ({ state: inView(state, -1, world) })
  },
  {
    id: "tasks.back",
    keys: ["esc"],
    label: "Back",
    isQuiet: true,
    run: ListCommands.orDropFilter(lens, () => ({}))
  }
]

/** In wide windows what is known of the chosen task stands beside the list. */
const listColumns = (columns: number): number => (columns >= 160 ? Math.floor(columns * 0.6) : columns)

const heading = ({ view }: State, { tasks }: World): Lines.Line =>
  views.flatMap((name): Lines.Line => {
    const count = tasks.filter(belongs[name]).length
    return [Lines.span(`${name} ${Amount.count(count)}`, name === view ? "strong" : "faint"), Lines.span("  ")]
  })

export const kind: ScreenKind<State> = {
  name: "Tasks",
  title: () => "Tasks",
  commands,
  lines: (state, world, columns, rows) => {
    const listed = listColumns(columns)
    const list = [
      Lines.cut([Lines.span(" "), ...heading(state, world)], listed),
      ...Table.lines(tableOf(state, world), state.list, world, {
        columns: listed,
        rows: rows - 1,
        marks: world.marks
      })
    ]
    const task = taskOf(state)
    if (listed === columns || task === undefined) return list
    const beside = columns - listed - 1
    const title = Lines.line(` ${shorten(printable(TaskTitle.of(task, world.home)), beside - 2)}`, "strong")
    return Lines.beside(
      Lines.height(list, rows),
      listed,
      [title, Lines.blank, ...overview(task, world, beside, rows).map((line) => Lines.cut(line, beside))],
      beside,
      Lines.span(world.marks.wall, "faint")
    )
  },
  choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows - 1, line - 1),
  choices: (state, world) => ListCommands.choices(lens, state, (task) => Table.spoken(table, task, world)),
  words: (state, world) => [
    Lines.textOf(heading(state, world)).trim(),
    ...(state.view === "All" ? [] : [`Shown: ${state.view}`]),
    ...(state.list.items.length === 0 ? tableOf(state, world).empty.filter((text) => text !== "") : [])
  ],
  typing: (state) => ListCommands.typing(lens, state),
  changed: (state, world) => ({ state: listed(state, world) })
}

export const tasks = (world: World) => show(kind, listed({ list: List.make(kindOfList), view: "All" }, world))
