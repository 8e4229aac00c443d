/** One task: how far it is, what is on its way, what failed and why, and its log. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Envelope } from "@ourclone/core/events/Envelope"
import { pad, printable, shorten } from "@ourclone/core/events/PrintableText"
import type { InFlight } from "@ourclone/core/events/RunEvent"
import type { Cause } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import * as TaskFigures from "@ourclone/tasks/task/TaskFigures"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import type { Ask } from "../../command/Ask.ts"
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, type Step, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Bar from "../../lines/Bar.ts"
import * as Lines from "../../lines/Line.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import * as FactWords from "../../words/FactWords.ts"
import * as QueuedWords from "../../words/QueuedWords.ts"
import { told } from "../../words/Remedies.ts"
import * as StateWords from "../../words/StateWords.ts"
import * as TaskTitle from "../../words/TaskTitle.ts"
import * as Outcomes from "./Outcomes.ts"
import * as TaskCommands from "./TaskCommands.ts"

interface State {
  readonly task: Task
  readonly causes: List.List<Cause>
  readonly facts: ReadonlyArray<Envelope>
  readonly part: "causes" | "log"
  /** The position that was asked for. */
  readonly asked: number
}

const factsKept = 500

const lens: ListCommands.Lens<State, Cause> = {
  get: ({ causes }) => causes,
  set: (state, causes) => ({ ...state, causes })
}

const details = ({ facts, task }: State): Ask => {
  const after = facts.at(-1)?.seq ?? Math.max(0, task.seq - factsKept)
  return { _tag: "Details", tag: "details", id: task.id, after }
}

/** What is said where there is no reason to be seen, which means something else as long as more may come. */
const withoutCauses = ({ state }: Task): string => {
  if (state._tag === "Failed") return "It failed as a whole; L shows the log."
  if (!hasEnded(state)) return "Nothing has failed and nothing was skipped so far."
  return state._tag === "Done"
    ? "Nothing failed and nothing was skipped."
    : "Nothing had failed and nothing was skipped until then."
}

const causeTable: Table.Table<Cause, World> = {
  columns: [
    {
      head: "Reason",
      text: ({ message, remedy }) => told({ message, ...(remedy === null ? {} : { remedy: JSON.parse(remedy) }) })
    },
    {
      head: "Kind",
      width: 8,
      from: 70,
      text: ({ kind }) => kind,
      tone: ({ kind }) => (kind === "failed" ? "bad" : "plain")
    },
    { head: "Files", width: 8, isRight: true, text: ({ files }) => Amount.count(files) }
  ],
  empty: []
}

const summary = (task: Task, { now, views }: World): string => {
  const rate = StateWords.isWorking(task) ? StateWords.perSecond(views.get(task.id), now) : undefined
  const left = StateWords.isWorking(task) ? StateWords.secondsLeft(task, views.get(task.id)) : undefined
  const parts = [
    rate === undefined ? undefined : `${Amount.bytes(rate)}/s`,
    left === undefined ? undefined : `${StateWords.about(left)} left`,
    task.startedAt === null
      ? `made ${StateWords.clock(task.createdAt, now)}`
      : `started ${StateWords.clock(task.startedAt, now)}`,
    task.endedAt === null ? undefined : `took ${Amount.duration(TaskFigures.tookMillis(task, now) / 1000)}`,
    `by ${task.by ?? task.origin}`,
    task.take > 1 ? `run ${task.take}` : undefined
  ]
  return parts.filter((part) => part !== undefined).join(" · ")
}

const hasCounts = ({ state, totals: { done, failed, files, skipped } }: Task): boolean =>
  done > 0 || skipped > 0 || failed > 0 || (files > 0 && state._tag !== "Done")

/** Of a task that has to do with files. */
const counts = (task: Task): string => (hasCounts(task) ? countsOf(task) : "")

const countsOf = ({ progress, totals }: Task): string =>
  [
    `Completed ${Amount.count(totals.done)}`,
    progress?.figures?.["same"] === undefined ? undefined : `Unchanged ${Amount.count(progress.figures["same"])}`,
    `Skipped ${Amount.count(totals.skipped)}`,
    `Failed ${Amount.count(totals.failed)}`
  ]
    .filter((part) => part !== undefined)
    .join("   ")

const headline = (task: Task, columns: number, world: World): Lines.Line => {
  const share = StateWords.percent(task)
  const phase = task.progress?.phase ?? StateWords.standing(task.state).word
  const amount =
    task.state._tag === "Done"
      ? StateWords.inShort(task, world.now).replace("–", "")
      : task.totals.bytes > 0
        ? `${Amount.bytes(TaskFigures.bytesDone(task))} of ${Amount.bytes(task.totals.bytes)}${task.totals.isFinal ? "" : "+"}`
        : task.totals.files > 0 || task.totals.done > 0
          ? Amount.files(TaskFigures.filesDone(task))
          : ""
  if (share === undefined) return Lines.line(` ${phase}  ${amount}`)
  const bar = Bar.of(share, Math.max(8, columns - phase.length - amount.length - 14), world.marks)
  return [Lines.span(` ${phase} `), Lines.span(bar, "busy"), Lines.span(` ${share} %  ${amount}`)]
}

const inFlight =
  (columns: number, world: World) =>
  ({ done, item, phase, size }: InFlight): Lines.Line => {
    const share = size > 0 ? Math.min(100, Math.floor((done / size) * 100)) : 0
    const figures = `${phase ?? ""} ${String(share).padStart(3)} %  ${Amount.bytes(size).padStart(8)}`
    const room = Math.max(8, columns - figures.length - 16)
    const name = pad(shorten(printable(item), room), room)
    return [Lines.span(`   ${name} `), Lines.span(Bar.of(share, 10, world.marks), "busy"), Lines.span(` ${figures}`)]
  }

const logLines = ({ facts }: State): ReadonlyArray<string> =>
  facts.flatMap(({ at, event }) => {
    const words = FactWords.of(event, at)
    return words === undefined ? [] : [`${StateWords.clock(at)} ${words}`]
  })

const mostFailureLines = 6
/** Of one fact. */
const mostLogLines = 4

/** Why it was put off, as its last run said. */
const putOff = ({ facts, task }: State): string | undefined => {
  const last =
    task.state._tag === "Queued" ? facts.findLast(({ event }) => event._tag === "Finished")?.event : undefined
  return last?._tag === "Finished" && last.failure !== undefined ? `Put off: ${told(last.failure)}` : undefined
}

const whyQueued = (task: Task, world: World): ReadonlyArray<string> =>
  task.state._tag === "Queued" ? [QueuedWords.of(task, world).whole] : []

/** How far it is; of one that failed why, and what to do about it, as whole as there is room. */
const head = (task: Task, columns: number, world: World, rows: number): ReadonlyArray<Lines.Line> => {
  const { state } = task
  const wrapped = (text: string, tone: Lines.Tone): ReadonlyArray<Lines.Line> =>
    Lines.wrap(printable(text), columns - 2)
      .slice(0, Math.max(1, Math.min(mostFailureLines, rows - 8)))
      .map((line) => Lines.line(` ${line}`, tone))
  return state._tag === "Failed"
    ? wrapped(told(state.failure), "bad")
    : [headline(task, columns, world), ...whyQueued(task, world).flatMap((text) => wrapped(text, "plain"))]
}

/** What is known of a task without asking: how far it is, its counts, and what is on its way. */
export const overview = (task: Task, world: World, columns: number, rows: number): ReadonlyArray<Lines.Line> => {
  const current = task.progress === null || !StateWords.isWorking(task) ? [] : task.progress.current
  return [
    ...head(task, columns, world, rows),
    Lines.line(` ${summary(task, world)}`),
    Lines.line(` ${counts(task)}`, task.totals.failed > 0 ? "warn" : "plain"),
    ...current.slice(0, Math.max(0, Math.min(6, rows - 10))).map(inFlight(columns, world))
  ]
}

const topOf = (state: State, world: World, columns: number, rows: number): ReadonlyArray<Lines.Line> => [
  ...overview(state.task, world, columns, rows),
  ...Lines.wrap(printable(putOff(state) ?? ""), columns - 2)
    .filter((text) => text !== "")
    .slice(0, mostFailureLines)
    .map((text) => Lines.line(` ${text}`, "warn")),
  Lines.line(world.marks.rule.repeat(columns), "faint")
]

const drawn = (state: State, world: World, columns: number, rows: number): ReadonlyArray<Lines.Line> => {
  const top = topOf(state, world, columns, rows)
  const room = rows - top.length
  const below =
    state.part === "log"
      ? logLines(state)
          .slice(-room)
          .flatMap((text) => Lines.wrap(text, columns - 2).slice(0, mostLogLines))
          .slice(-room)
          .map((text) => Lines.line(` ${text}`))
      : Table.lines({ ...causeTable, empty: [withoutCauses(state.task)] }, state.causes, world, {
          columns,
          rows: room,
          marks: world.marks
        })
  return [...top, ...below].map((one) => Lines.cut(one, columns))
}

const commands: ReadonlyArray<Command<State>> = [
  ...TaskCommands.commands(({ task }: State) => task),
  {
    id: "task.files",
    keys: ["enter", "f"],
    label: "Files",
    about: "The files of the chosen reason",
    whyNot: ({ causes, part }) =>
      part === "log"
        ? "The log is shown; L shows the reasons"
        : List.chosen(causes) === undefined
          ? "No file failed or was skipped"
          : undefined,
    run: ListCommands.enter(lens, ({ causes, task }) => {
      const cause = List.chosen(causes)
      return cause === undefined ? {} : Outcomes.open(task.id, cause)
    })
  },
  {
    id: "task.log",
    keys: ["L"],
    label: "Log",
    about: "What happened, the newest last; once more shows the reasons",
    run: (state) => ({ state: { ...state, part: state.part === "log" ? "causes" : "log" } })
  },
  {
    id: "task.copy",
    keys: ["y"],
    label: "Copy id",
    isQuiet: true,
    run: ({ task }) => ({ asks: [{ _tag: "Copy", text: task.id }], notice: `Copied ${task.id}` })
  },
  ...ListCommands.commands(lens),
  {
    id: "task.back",
    keys: ["esc", "q", "h", "left"],
    label: "Back",
    run: ListCommands.orDropFilter(lens, () => ({ close: true }))
  },
  {
    id: "task.wait",
    keys: ["w"],
    label: "Wait",
    about: "Say when it has ended",
    run: ({ task }) => ({ asks: [{ _tag: "Wait", tag: "wait", id: task.id }] })
  }
]

const hear = (state: State, answer: Parameters<NonNullable<ScreenKind<State>["hear"]>>[1]): Step<State> => {
  if (answer._tag === "Said") return { notice: answer.says }
  if (answer._tag !== "Details") return {}
  const seen = state.facts.at(-1)?.seq ?? 0
  const fresh = answer.facts.filter(({ seq = 0 }) => seq > seen)
  const facts = fresh.length === 0 ? state.facts : [...state.facts, ...fresh].slice(-factsKept)
  return { state: { ...state, task: answer.task, facts, causes: List.withItems(state.causes, answer.causes) } }
}

export const kind: ScreenKind<State> = {
  name: "Task",
  title: ({ task }, { home }) => `Tasks › ${TaskTitle.of(task, home)}`,
  status: ({ task }, { marks }) => {
    const { sign, word } = StateWords.standing(task.state)
    return `${marks[sign]} ${word}`
  },
  commands,
  lines: drawn,
  words: (state, world) => [
    state.task.state._tag === "Failed"
      ? told(state.task.state.failure)
      : Lines.textOf(headline(state.task, 40, world)).trim(),
    ...whyQueued(state.task, world),
    ...[putOff(state)].filter((text) => text !== undefined),
    summary(state.task, world),
    counts(state.task),
    ...(state.part === "log" ? logLines(state).slice(-20) : [])
  ],
  choiceAt: (state, world, columns, rows, line) => {
    const top = topOf(state, world, columns, rows).length
    return state.part === "log" ? undefined : Table.rowAt(state.causes, rows - top, line - top)
  },
  typing: (state) => ListCommands.typing(lens, state),
  choices: (state, world) => ListCommands.choices(lens, state, (cause) => Table.spoken(causeTable, cause, world)),
  changed: (state, { tasks }) => {
    const task = tasks.find(({ id }) => id === state.task.id) ?? state.task
    const now = { ...state, task, asked: task.seq }
    if (task.seq > state.asked) return { state: now, asks: [details(now)] }
    return task === state.task ? {} : { state: now }
  },
  hear
}

/** The screen of a task; what is not known of it yet is asked for. */
export const open = (task: Task, _: World) => {
  const causes = List.make<Cause>({
    keyOf: ({ code, kind }) => `${kind} ${code}`,
    textOf: ({ message }) => message
  })
  return show(kind, { task, causes, facts: [], part: "causes", asked: -1 })
}
