/** What a transfer would do, counted while it is found out; nothing is written before somebody says so. */
import * as Cost from "@ourclone/core/engine/Cost"
import * as Amount from "@ourclone/core/events/Amount"
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Failure } from "@ourclone/core/events/Failure"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import * as Places from "../../words/Places.ts"
import { told } from "../../words/Remedies.ts"
import * as TaskTitle from "../../words/TaskTitle.ts"
import { question } from "../asked/Question.ts"
import { newSchedule } from "../schedules/NewSchedule.ts"

const groups = [
  "Copy new",
  "Overwrite",
  "Bring back",
  "Set time",
  "Delete",
  "Remove at the source",
  "Folders",
  "Others",
  "Pass over",
  "Fail"
] as const
type Group = (typeof groups)[number]

interface Row {
  readonly group: Group
  readonly item: string
  readonly bytes: number | undefined
  readonly because: string
  /** Whether the file goes at the source, once it is at the destination. */
  readonly leaves: boolean
}

interface Count {
  readonly items: number
  readonly bytes: number
}

interface State {
  readonly kind: string
  readonly request: Schema.Json
  readonly counts: { readonly [Name in Group]?: Count }
  readonly same: number
  /** What becomes of what is replaced or deleted, once that is told. */
  readonly kept: KeptVersions.KeptVersions | undefined
  readonly list: List.List<Row>
  readonly only: Group | undefined
  readonly rows: ReadonlyArray<Row>
  readonly isDone: boolean
  /** What it costs, where a side of it charges something that is known. */
  readonly cost: Cost.Cost | undefined
  /** It could not be planned, or a guard would stop it. */
  readonly failure: Failure | undefined
  /** What to think of before it is started: another run at the same place, a repository that would go. */
  readonly warnings: ReadonlyArray<string>
  /** Whether a failure is one of a field of the form that asked for the plan, and so is said there. */
  readonly isOfForm: (failure: Failure) => boolean
  /** Whether it is to start as soon as the plan is complete. */
  readonly isWanted: boolean
}

/** More are counted, and not shown one by one. */
const rowsKept = 10_000
const warningsKept = 20

const rowOf = (fact: Fact, kind: string): Row | undefined => {
  switch (fact._tag) {
    case "Would": {
      const { because = "", bytes, deed, item } = fact
      const leaves = deed === "moved" || (kind === "move" && deed === "touched")
      const row = (group: Group): Row => ({
        group,
        item,
        bytes: group === "Folders" ? undefined : bytes,
        because,
        leaves
      })
      if (fact.what !== undefined && deed !== "same") return row(fact.what === "folder" ? "Folders" : "Others")
      switch (deed) {
        case "stored":
        case "copied":
        case "moved":
        case "updated":
        case "restored":
          if (kind === "undo") return row("Bring back")
          if (because === "same at the destination") return row("Remove at the source")
          return row(because === "" || because === "missing" ? "Copy new" : "Overwrite")
        case "touched":
          return row("Set time")
        case "removed":
          return row("Delete")
        case "directoryMade":
        case "directoryRemoved":
          return row("Folders")
        case "same":
        case "verified":
          return undefined
      }
      return undefined
    }
    case "Skipped":
      return { group: "Pass over", item: fact.item, bytes: undefined, because: fact.because, leaves: false }
    case "Failed":
      return {
        group: "Fail",
        item: fact.failure.item ?? "",
        bytes: undefined,
        because: told(fact.failure),
        leaves: false
      }
    default:
      return undefined
  }
}

const lens: ListCommands.Lens<State, Row> = { get: ({ list }) => list, set: (state, list) => ({ ...state, list }) }

const table: Table.Table<Row, World> = {
  columns: [
    { head: "Path", text: ({ item }) => item },
    { head: "Size", width: 10, isRight: true, text: ({ bytes }) => (bytes === undefined ? "–" : Amount.bytes(bytes)) },
    {
      head: "What",
      width: 10,
      text: ({ group }) => (group === "Remove at the source" ? "Remove" : group),
      tone: ({ group }) => (group === "Delete" ? "warn" : group === "Fail" ? "bad" : "plain")
    },
    { head: "Because", width: 30, from: 100, isSentence: true, text: ({ because }) => because }
  ],
  empty: ["Nothing to do, as far as is known"]
}

/** What is copied and goes at the source belongs to two. */
const groupsOf = ({ group, leaves }: Row): ReadonlyArray<Group> =>
  leaves && group !== "Remove at the source" ? [group, "Remove at the source"] : [group]

const shownRows = (rows: ReadonlyArray<Row>, only: Group | undefined): ReadonlyArray<Row> =>
  only === undefined ? rows : rows.filter((row) => groupsOf(row).includes(only))

const decodeSummary = Schema.decodeUnknownOption(Schema.Struct({ cost: Cost.Cost }))

const costOf = (summary: unknown): Cost.Cost | undefined =>
  Option.getOrUndefined(Option.map(decodeSummary(summary), ({ cost }) => cost))

const take = (state: State, events: ReadonlyArray<Envelope>): State => {
  const counts: { [Name in Group]?: Count } = { ...state.counts }
  const rows = [...state.rows]
  const warnings = [...state.warnings]
  let { cost, failure, kept, same } = state
  for (const { event } of events) {
    if (event._tag === "Progress") continue
    kept = KeptVersions.of(event) ?? kept
    if (event._tag === "Planned") same = event.same ?? same
    if (event._tag === "Note" && warnings.length < warningsKept) warnings.push(told(event))
    if (event._tag === "Finished") {
      failure = event.failure
      cost = costOf(event.summary)
    }
    const row = rowOf(event, state.kind)
    if (row === undefined) continue
    for (const group of groupsOf(row)) {
      const { bytes = 0, items = 0 } = counts[group] ?? {}
      counts[group] = { items: items + 1, bytes: bytes + (row.bytes ?? 0) }
    }
    if (rows.length < rowsKept) rows.push(row)
  }
  const list = List.withItems(state.list, shownRows(rows, state.only))
  return { ...state, counts, same, kept, cost, failure, warnings, rows, list }
}

const deletes = ({ counts }: State): number => counts.Delete?.items ?? 0
const removesAtSource = ({ counts }: State): number => counts["Remove at the source"]?.items ?? 0

/** Files that could not be taken back: an undo leaves them, and says so before. */
const left = ({ counts, kind }: State): number => (kind === "undo" ? (counts["Pass over"]?.items ?? 0) : 0)

const waits = ({ isWanted }: State): string =>
  isWanted ? "It does not start by itself" : "It starts when the plan is complete; S once more takes that back"

const startLabel = (state: State): string =>
  left(state) > 0
    ? `Start, and leave ${Amount.files(left(state))} as they are`
    : deletes(state) > 0
      ? `Start and delete ${Amount.files(deletes(state))}`
      : removesAtSource(state) > 0
        ? `Start and remove ${Amount.files(removesAtSource(state))} at the source`
        : "Start"

/** What the plan was about, and no more: where more would be deleted by then, nothing is. */
const requestOf = (state: State): Schema.Json => ({
  ...(state.request as { readonly [field: string]: Schema.Json }),
  ...(left(state) > 0 ? { partly: true } : {}),
  ...(state.kind === "sync" ? { maxDelete: deletes(state) } : {})
})

const startTag = "start"
const previewTag = "preview"

const startOf = (state: State) =>
  ({ _tag: "Start", tag: startTag, kind: state.kind, request: requestOf(state), isShown: true }) as const

const titleOf = ({ kind, request }: State, { home, tasks }: World): string => {
  const undone = kind === "undo" ? (request as { readonly task?: unknown }).task : undefined
  const task = undone === undefined ? undefined : tasks.find(({ id }) => id === undone)
  return task === undefined ? TaskTitle.of({ kind, request }, home) : `Undo: ${TaskTitle.of(task, home)}`
}

/** How much is deleted, and where. */
const deletion = (state: State, { home }: World): ReadonlyArray<string> => {
  if (deletes(state) === 0) return []
  const { destination, target } = state.request as { readonly [field: string]: unknown }
  const place = destination ?? target
  const where = typeof place === "string" ? ` in ${Places.short(place, home)}` : ""
  return [`Deletes ${Amount.files(deletes(state))}${where}.`]
}

/** What deletes is asked about, and what has to be thought of; so is what leaves files, of who said that it is to start before the plan was there. */
const start = (state: State, world: World): Step<State> => {
  const unseen = state.isWanted ? left(state) + removesAtSource(state) : 0
  if (state.warnings.length + deletes(state) + unseen === 0) return { close: true, asks: [startOf(state)] }
  return {
    state: { ...state, isWanted: false },
    open: question(
      "Start?",
      [titleOf(state, world), ...deletion(state, world), ...state.warnings],
      [{ label: startLabel(state), asks: [startOf(state)] }]
    )
  }
}

/** Nothing was found out. */
const isWithout = ({ failure, rows }: State): boolean => failure !== undefined && rows.length === 0

const ended = (state: State, failure: Failure | undefined, world: World): Step<State> => {
  const now = { ...state, isDone: true, failure }
  if (failure !== undefined && isWithout(now) && state.isOfForm(failure)) {
    return { close: true, hand: { _tag: "Failed", tag: previewTag, failure } }
  }
  return now.isWanted && failure === undefined ? start(now, world) : { state: { ...now, isWanted: false } }
}

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "plan.start",
    keys: ["S"],
    label: "Start",
    about: "Does it, as a task; asks with the count and the place where it deletes",
    whyNot: ({ failure }) => (failure === undefined ? undefined : told(failure)),
    run: (state, world) =>
      state.isDone ? start(state, world) : { state: { ...state, isWanted: !state.isWanted }, notice: waits(state) }
  },
  {
    id: "plan.schedule",
    keys: ["W"],
    label: "Save as schedule",
    about: "Has it begin by itself, by the clock or when a folder changes",
    whyNot: ({ kind }) => (kind === "undo" ? "A task is taken back once" : undefined),
    run: ({ kind, request }, { home }) => ({ open: newSchedule(kind, request, home) })
  },
  ...ListCommands.commands(lens),
  {
    id: "plan.only",
    keys: ["tab"],
    label: "Only",
    about: "Only what is copied, overwritten, deleted …",
    run: (state) => {
      const some = groups.filter((group) => state.counts[group] !== undefined)
      const next = [undefined, ...some][([undefined, ...some].indexOf(state.only) + 1) % (some.length + 1)]
      return { state: { ...state, only: next, list: List.withItems(state.list, shownRows(state.rows, next)) } }
    }
  },
  {
    id: "plan.back",
    keys: ["esc", "q", "h", "left"],
    label: "Back",
    run: ListCommands.orDropFilter(lens, () => ({ close: true }))
  },
  {
    id: "plan.keep",
    keys: ["enter"],
    label: "Keep filter",
    isQuiet: true,
    run: ListCommands.enter(lens, () => ({}))
  }
]

const noteOf = (group: Group, kept: KeptVersions.KeptVersions | undefined): string => {
  if (kept === undefined) return ""
  if (group === "Overwrite") return KeptVersions.ofReplaced(kept)
  return group === "Delete" ? KeptVersions.ofRemoved(kept) : ""
}

const counted = (state: State): ReadonlyArray<readonly [Group, Count]> =>
  groups.flatMap((group) => {
    const count = state.counts[group]
    return count === undefined ? [] : [[group, count] as const]
  })

const groupColumns = (state: State): number => (removesAtSource(state) > 0 ? 22 : 12)

const countLine = ([group, { bytes, items }]: readonly [Group, Count], columns: number, note: string): Lines.Line => [
  Lines.span(`   ${group.padEnd(columns)}`, group === "Delete" ? "warn" : group === "Fail" ? "bad" : "plain"),
  Lines.span(`${Amount.count(items).padStart(9)}  `),
  Lines.span(bytes > 0 ? Amount.bytes(bytes).padStart(9) : " ".repeat(9)),
  Lines.span(note === "" ? "" : `   ${note}`, "faint")
]

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

const mostFailureLines = 6
const mostWarnings = 3
/** For who hears it, a message is one piece. */
const spokenColumns = 1_000

const head = (state: State, columns: number): ReadonlyArray<Lines.Line> => {
  const same = isWithout(state)
    ? []
    : [Lines.line(`   ${"Leave alone".padEnd(groupColumns(state))}${Amount.count(state.same).padStart(9)}`)]
  const cost = state.cost === undefined ? "" : capital(Cost.words(state.cost))
  const costs = Lines.wrap(cost, columns - 2).map((text) => Lines.line(` ${text}`, "faint"))
  const warnings = state.warnings
    .slice(0, mostWarnings)
    .flatMap((text) => Lines.wrap(printable(text), columns - 2).slice(0, mostFailureLines))
    .map((text) => Lines.line(` ${text}`, "warn"))
  const failed = (state.failure === undefined ? [] : Lines.wrap(printable(told(state.failure)), columns - 2))
    .slice(0, mostFailureLines)
    .map((text) => Lines.line(` ${text}`, "bad"))
  const end: Lines.Line = !state.isDone
    ? Lines.line(` Still looking; ${state.isWanted ? "it starts then" : "nothing is written"}`, "busy")
    : Lines.line(
        state.failure === undefined ? ` ${startLabel(state)}: S` : " It would not run",
        deletes(state) > 0 ? "warn" : "good"
      )
  return [
    ...counted(state).map((count) => countLine(count, groupColumns(state), printable(noteOf(count[0], state.kept)))),
    ...same,
    ...(cost === "" ? [] : costs),
    ...warnings,
    ...failed,
    end
  ]
}

export const kind: ScreenKind<State> = {
  name: "Plan",
  title: (state, world) => `Plan › ${titleOf(state, world)}`,
  status: ({ isDone }) => (isDone ? "nothing written yet" : "planning"),
  commands,
  lines: (state, world, columns, rows) => {
    const top = head(state, columns)
    const room = rows - top.length - 1
    return [
      ...top,
      Lines.line(world.marks.rule.repeat(columns), "faint"),
      ...(isWithout(state) ? [] : Table.lines(table, state.list, world, { columns, rows: room, marks: world.marks }))
    ].map((line) => Lines.cut(line, columns))
  },
  words: (state) => head(state, spokenColumns).map((line) => Lines.textOf(line).trim()),
  choices: (state, world) => ListCommands.choices(lens, state, (row) => Table.spoken(table, row, world)),
  choiceAt: (state, _, columns, rows, line) => {
    const top = head(state, columns).length + 1
    return Table.rowAt(state.list, rows - top, line - top)
  },
  typing: (state) => ListCommands.typing(lens, state),
  hear: (state, answer, world) => {
    if (answer._tag === "Events") return { state: take(state, answer.events) }
    if (answer._tag === "End") return ended(state, state.failure, world)
    if (answer._tag === "Started") return { close: true }
    if (answer._tag !== "Failed") return {}
    return answer.tag === startTag ? { close: true, hand: answer } : ended(state, answer.failure, world)
  }
}

/** Shows the plan; starting is up to whoever sees it. */
export const plan = <S>(
  jobKind: string,
  request: Schema.Json,
  isOfForm: (failure: Failure) => boolean = () => false
): Step<S> => {
  const list = List.make<Row>({ keyOf: ({ group, item }) => `${group} ${item}`, textOf: ({ item }) => item })
  const state: State = {
    kind: jobKind,
    request,
    counts: {},
    same: 0,
    kept: undefined,
    list,
    only: undefined,
    rows: [],
    isDone: false,
    cost: undefined,
    failure: undefined,
    warnings: [],
    isOfForm,
    isWanted: false
  }
  return { open: show(kind, state), asks: [{ _tag: "Preview", tag: previewTag, kind: jobKind, request }] }
}
