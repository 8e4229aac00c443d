/** Every storage there is: opened, tried, added, removed. */
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { Remote, World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import { told } from "../../words/Remedies.ts"
import * as StateWords from "../../words/StateWords.ts"
import * as TaskTitle from "../../words/TaskTitle.ts"
import { question } from "../asked/Question.ts"
import { browser } from "../browse/Browser.ts"
import { addStorage, nameOf } from "./AddStorage.ts"

type Row =
  | { readonly _tag: "Remote"; readonly remote: Remote }
  /** The folders of a computer: this one, or that of the service. */
  | { readonly _tag: "Here"; readonly machine: string }
  | { readonly _tag: "Add" }

interface State {
  readonly list: List.List<Row>
  readonly remotes: ReadonlyArray<Remote>
  /** What a look at a storage came to, by its name. */
  readonly seen: { readonly [name: string]: { readonly says: string; readonly isBad: boolean } }
}

const lens: ListCommands.Lens<State, Row> = { get: ({ list }) => list, set: (state, list) => ({ ...state, list }) }

/** No name of a storage. */
const removeTag = " remove"

const nameIn = (row: Row): string =>
  row._tag === "Remote" ? row.remote.name : row._tag === "Here" ? row.machine : "+ Add Storage"

const rowsOf = ({ machine, remotes }: Pick<World, "machine" | "remotes">): ReadonlyArray<Row> => [
  ...remotes.map((remote): Row => ({ _tag: "Remote", remote })),
  { _tag: "Here", machine },
  { _tag: "Add" }
]

const table: Table.Table<Row, State["seen"]> = {
  columns: [
    { head: "Storage", width: 20, text: nameIn, tone: ({ _tag }) => (_tag === "Add" ? "busy" : "plain") },
    {
      head: "Provider",
      width: 20,
      from: 60,
      text: (row) =>
        row._tag === "Remote" ? nameOf(row.remote.type).split(" and ")[0]! : row._tag === "Here" ? "local" : ""
    },
    {
      head: "Last look",
      isSentence: true,
      text: (row, seen) => (row._tag === "Add" ? "" : row._tag === "Here" ? "–" : (seen[row.remote.name]?.says ?? "–")),
      tone: (row, seen) => (row._tag === "Remote" && seen[row.remote.name]?.isBad === true ? "bad" : "plain")
    }
  ],
  empty: []
}

const chosenRemote = ({ list }: State): Remote | undefined => {
  const row = List.chosen(list)
  return row?._tag === "Remote" ? row.remote : undefined
}

const needsRemote = (state: State): string | undefined =>
  chosenRemote(state) === undefined ? "Choose a storage that was added" : undefined

const open = (state: State, world: World): Step<State> => {
  const row = List.chosen(state.list)
  if (row === undefined) return {}
  if (row._tag === "Add") return addStorage()
  return browser(row._tag === "Here" ? world.directory : `${row.remote.name}:`, world)
}

const commands: ReadonlyArray<Command<State>> = [
  ...ListCommands.commands(lens),
  {
    id: "storage.open",
    keys: ["enter", "l", "right"],
    label: "Open",
    run: (state, world) => ListCommands.enter(lens, (now) => open(now, world))(state)
  },
  { id: "storage.add", keys: ["n"], label: "Add Storage", run: () => addStorage() },
  {
    id: "storage.test",
    keys: ["t"],
    label: "Test",
    about: "Sign in and look; changes nothing",
    whyNot: needsRemote,
    run: (state) => {
      const { name } = chosenRemote(state)!
      return {
        state: { ...state, seen: { ...state.seen, [name]: { says: "Looking…", isBad: false } } },
        asks: [{ _tag: "TestStorage", tag: name, name }]
      }
    }
  },
  {
    id: "storage.remove",
    keys: ["d"],
    label: "Remove",
    about: "Forget a storage and its key; asks first. What is stored there stays",
    whyNot: needsRemote,
    run: (state) => {
      const { name } = chosenRemote(state)!
      return {
        open: question(
          "Remove?",
          [`${name} is forgotten here, with its key. What is stored there stays.`],
          [
            {
              label: `Remove ${name}`,
              asks: [{ _tag: "RemoveStorage", tag: removeTag, name }]
            }
          ]
        )
      }
    }
  },
  {
    id: "storage.refresh",
    keys: ["u"],
    label: "Refresh",
    about: "Also what was added or removed elsewhere",
    isQuiet: true,
    run: () => ({ asks: [{ _tag: "LookAgain" }] })
  },
  { id: "storage.back", keys: ["esc"], label: "Back", isQuiet: true, run: ListCommands.orDropFilter(lens, () => ({})) }
]

const below = (world: World, columns: number): ReadonlyArray<Lines.Line> => {
  const going = world.tasks.filter(StateWords.isWorking).slice(0, 4)
  if (world.remotes.length === 0 && world.tasks.length === 0) {
    return [
      "To begin: Add Storage. B2 needs a key id and an application key, from its console.",
      "Then 2 Migrate copies, moves or syncs folders, 4 Backup keeps encrypted snapshots."
    ]
      .flatMap((text) => Lines.wrap(text, columns - 4))
      .map((text) => Lines.line(`   ${text}`, "faint"))
  }
  if (going.length === 0) return []
  return [
    Lines.line(" Running", "faint"),
    ...going.map((task): Lines.Line => {
      const { sign, tone } = StateWords.standing(task.state)
      return [
        Lines.span(` ${world.marks[sign]} `, tone),
        Lines.span(`${TaskTitle.of(task, world.home)}  ${StateWords.inShort(task, world.now)}`)
      ]
    })
  ]
}

/** The first one is chosen when the list has just come. */
const listed = ({ list, remotes: before }: State, world: World): List.List<Row> => {
  const next = List.withItems(list, rowsOf(world))
  return before.length === 0 ? List.select(next, 0) : next
}

export const kind: ScreenKind<State> = {
  name: "Storage",
  title: () => "Storage",
  commands,
  lines: ({ list, seen }, world, columns, rows) => {
    const under = below(world, columns)
    const room = Math.max(3, rows - under.length - 1)
    const listed = Table.lines(table, list, seen, { columns, rows: room, marks: world.marks })
    return [...listed, Lines.blank, ...under].map((line) => Lines.cut(line, columns))
  },
  choices: (state) => ListCommands.choices(lens, state, (row) => Table.spoken(table, row, state.seen)),
  choiceAt: ({ list }, world, columns, rows, line) =>
    Table.rowAt(list, Math.max(3, rows - below(world, columns).length - 1), line),
  typing: (state) => ListCommands.typing(lens, state),
  changed: (state, world) => {
    const { remotes } = world
    return remotes === state.remotes ? {} : { state: { ...state, remotes, list: listed(state, world) } }
  },
  hear: (state, answer) => {
    const seen = (name: string, says: string, isBad: boolean): Step<State> => ({
      state: { ...state, seen: { ...state.seen, [name]: { says, isBad } } },
      notice: `${name}: ${says}`
    })
    if (answer.tag === removeTag) {
      return answer._tag === "Said"
        ? { notice: answer.says }
        : answer._tag === "Failed"
          ? { notice: told(answer.failure) }
          : {}
    }
    if (answer._tag === "Said") return seen(answer.tag, answer.says, false)
    if (answer._tag === "Failed") return seen(answer.tag, told(answer.failure), true)
    return {}
  }
}

export const storage = (world: World) =>
  show(kind, {
    list: List.make<Row>({ keyOf: nameIn, textOf: nameIn }, rowsOf(world)),
    remotes: world.remotes,
    seen: {}
  })
