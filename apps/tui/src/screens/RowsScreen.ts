/** A screen of the rows that a query gives. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Ask } from "../command/Ask.ts"
import * as ListCommands from "../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../command/Screen.ts"
import { endedMark, type World } from "../command/World.ts"
import * as Lines from "../lines/Line.ts"
import * as Table from "../lines/Table.ts"
import * as List from "../lists/List.ts"
import { told } from "../words/Remedies.ts"

export interface RowsState<Row, About> {
  /** What the rows are of. */
  readonly about: About
  readonly list: List.List<Row>
  readonly problem: string
  readonly isLoading: boolean
  readonly hasRows: boolean
  /** What was known when it was asked for; "" before it was seen. */
  readonly mark: string
}

export interface RowsOptions<Row, About> {
  readonly name: string
  readonly title: (about: About, world: World) => string
  readonly table: Table.Table<Row, World>
  readonly list: List.ListKind<Row>
  readonly hasMarks?: boolean
  readonly query: (about: About) => {
    readonly type: string
    readonly request: Extract<Ask, { readonly _tag: "Rows" }>["request"]
  }
  /** Nothing for what is no row of these. */
  readonly parse: (row: unknown) => Row | undefined
  readonly arrange?: (rows: ReadonlyArray<Row>) => ReadonlyArray<Row>
  readonly one: string
  /** Where it is not `one` with an s. */
  readonly several?: string
  /** The first screen of its tab: it asks by itself, and does not close. */
  readonly isRoot?: true
  /** Asked for again when a task has ended, as it may have changed them. */
  readonly isLive?: true
  /** And when what this says is another text. */
  readonly mark?: (world: World) => string
  readonly commands: ReadonlyArray<Command<RowsState<Row, About>>>
  readonly back?: (state: RowsState<Row, About>) => Step<RowsState<Row, About>>
}

const tag = "rows"

/** What is chosen, for commands that are about one row. */
export const chosen = <Row, About>({ list }: RowsState<Row, About>): Row | undefined => List.chosen(list)

export const lensOf = <Row, About>(): ListCommands.Lens<RowsState<Row, About>, Row> => ({
  get: ({ list }) => list,
  set: (state, list) => ({ ...state, list })
})

export const kindOf = <Row, About>(options: RowsOptions<Row, About>): ScreenKind<RowsState<Row, About>> => {
  const {
    arrange = (rows) => rows,
    back = () => (options.isRoot === true ? {} : { close: true }),
    list,
    name,
    one,
    parse,
    query,
    table,
    title
  } = options
  const lens = lensOf<Row, About>()
  const hasMarks = options.hasMarks === true
  const asking = ({ about }: RowsState<Row, About>): Ask => ({ _tag: "Rows", tag, ...query(about) })
  const again = (state: RowsState<Row, About>): Step<RowsState<Row, About>> => {
    const next = { ...state, isLoading: true, hasRows: false, problem: "" }
    return { state: next, asks: [asking(next)] }
  }
  return {
    name,
    title: ({ about }, world) => title(about, world),
    status: ({ isLoading, list, problem }) =>
      problem !== "" ? "" : isLoading ? "looking" : Amount.counted(list.items.length, one, options.several),
    commands: [
      ...options.commands,
      ...ListCommands.commands(lens, { marks: hasMarks }),
      { id: "rows.refresh", keys: ["u"], label: "Refresh", isQuiet: true, run: again },
      {
        id: "rows.back",
        keys: ["esc", "q", "h", "left"],
        label: "Back",
        // The first screen of its tab is not gone back from: there it drops a filter alone.
        ...(options.isRoot === true ? { isQuiet: true } : {}),
        run: ListCommands.orDropFilter(lens, back)
      }
    ],
    lines: ({ isLoading, list, problem }, world, columns, rows) => {
      if (problem !== "") {
        return [
          Lines.blank,
          ...Lines.wrap(printable(problem), columns - 4).map((text) => Lines.line(`   ${text}`, "bad"))
        ]
      }
      if (isLoading && list.items.length === 0) return [Lines.blank, Lines.line("   Looking", "faint")]
      const isMarked = (row: Row) => List.isMarked(list, row)
      return Table.lines(table, list, world, { columns, rows, marks: world.marks, isMarked })
    },
    changed: (state, world) => {
      const mark = `${endedMark(world)} ${options.mark?.(world) ?? ""}`
      if (mark === state.mark) return {}
      const now = { ...state, mark }
      const isAsked = state.mark === "" && options.isRoot !== true
      return isAsked || options.isLive !== true ? { state: now } : again(now)
    },
    words: ({ problem }) => (problem === "" ? [] : [problem]),
    choices: (state, world) => ListCommands.choices(lens, state, (row) => Table.spoken(table, row, world)),
    choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows, line),
    typing: (state) => ListCommands.typing(lens, state),
    hear: (state, answer) => {
      if (!("tag" in answer) || answer.tag !== tag) return {}
      if (answer._tag === "Rows") {
        const found = answer.rows.flatMap((row) => parse(row) ?? [])
        const items = arrange(state.hasRows ? [...state.list.items, ...found] : found)
        return { state: { ...state, problem: "", hasRows: true, list: List.withItems(state.list, items) } }
      }
      if (answer._tag === "Failed") {
        return { state: { ...state, isLoading: false, hasRows: false, problem: told(answer.failure) } }
      }
      if (answer._tag !== "End") return {}
      const ended = state.hasRows ? state.list : List.make(list)
      return { state: { ...state, problem: "", isLoading: false, list: ended } }
    }
  }
}

const begun = <Row, About>(options: RowsOptions<Row, About>, about: About): RowsState<Row, About> => ({
  about,
  list: List.make(options.list),
  problem: "",
  isLoading: true,
  hasRows: false,
  mark: ""
})

/** For one that asks by itself. */
export const root = <Row, About>(
  kind: ScreenKind<RowsState<Row, About>>,
  options: RowsOptions<Row, About>,
  about: About
) => show(kind, begun(options, about))

export const open = <S, Row, About>(
  kind: ScreenKind<RowsState<Row, About>>,
  options: RowsOptions<Row, About>,
  about: About
): Step<S> => ({
  open: show(kind, begun(options, about)),
  asks: [{ _tag: "Rows", tag, ...options.query(about) }]
})
