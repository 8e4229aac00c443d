/** The repositories that are known here. */
import * as Amount from "@ourclone/core/events/Amount"
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { keptPlaces, newRepository, openOther } from "./BackupForms.ts"
import { openRepository } from "./Repository.ts"

interface Row {
  /** As requests name it; none for what makes a new one. */
  readonly repository: string
  readonly location: string
}

interface State {
  readonly list: List.List<Row>
}

const lens: ListCommands.Lens<State, Row> = { get: ({ list }) => list, set: (_, list) => ({ list }) }

const add: Row = { repository: "", location: "" }

const rowsOf = (world: World): ReadonlyArray<Row> => {
  const named = world.repositories.map(({ location, name }) => ({ repository: name, location }))
  const places = keptPlaces(world).filter((place) => !named.some(({ location }) => location === place))
  return [...named, ...places.map((place) => ({ repository: place, location: place })), add]
}

const lastBackup = ({ repository }: Row, { tasks }: World): string => {
  const task = tasks.find(
    ({ kind, request, state }) =>
      kind === "backup" &&
      state._tag === "Done" &&
      (request as { readonly repository?: string }).repository === repository
  )
  if (task?.endedAt === null || task?.endedAt === undefined) return "–"
  return Amount.time(task.endedAt).slice(0, 16)
}

const table: Table.Table<Row, World> = {
  columns: [
    {
      head: "Repository",
      width: 24,
      text: ({ repository }, { home }) => (repository === "" ? "+ New repository" : Places.short(repository, home)),
      tone: ({ repository }) => (repository === "" ? "busy" : "plain")
    },
    { head: "Place", from: 60, text: ({ location }, { home }) => Places.short(location, home) },
    {
      head: "Last from here",
      width: 16,
      from: 80,
      text: (row, world) => (row.repository === "" ? "" : lastBackup(row, world))
    }
  ],
  empty: []
}

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "backup.open",
    keys: ["enter", "l", "right"],
    label: "Open",
    run: (state, world) =>
      ListCommands.enter(lens, ({ list }: State): Step<State> => {
        const row = List.chosen(list)
        const isNew = row === undefined || row.repository === ""
        return isNew ? { open: newRepository(world) } : openRepository(row.repository)
      })(state)
  },
  { id: "backup.new", keys: ["n"], label: "New repository", run: (_, world) => ({ open: newRepository(world) }) },
  {
    id: "backup.other",
    keys: ["e"],
    label: "Open other",
    about: "A repository by its place",
    run: (_, world) => ({ open: openOther(world) })
  },
  ...ListCommands.commands(lens),
  { id: "backup.back", keys: ["esc"], label: "Back", isQuiet: true, run: ListCommands.orDropFilter(lens, () => ({})) }
]

export const kind: ScreenKind<State> = {
  name: "Backup",
  title: () => "Backup",
  commands,
  lines: ({ list }, world, columns, rows) => Table.lines(table, list, world, { columns, rows, marks: world.marks }),
  choices: (state, world) => ListCommands.choices(lens, state, (row) => Table.spoken(table, row, world)),
  choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows, line),
  typing: (state) => ListCommands.typing(lens, state),
  changed: ({ list }, world) => {
    const rows = rowsOf(world)
    return JSON.stringify(rows) === JSON.stringify(list.items) ? {} : { state: { list: List.withItems(list, rows) } }
  }
}

export const backup = (world: World) =>
  show(kind, {
    list: List.make<Row>(
      { keyOf: ({ repository }) => repository, textOf: ({ location, repository }) => `${repository} ${location}` },
      rowsOf(world)
    )
  })
