/** What begins by itself, and when. */
import { parse } from "@ourclone/tasks/schedule/When"
import type { Schedule } from "@ourclone/tasks/task/Schedule"
import * as Result from "effect/Result"
import * as ListCommands from "../../command/ListCommands.ts"
import { type Command, type ScreenKind, show } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import * as Table from "../../lines/Table.ts"
import * as List from "../../lists/List.ts"
import { clock } from "../../words/StateWords.ts"
import * as TaskTitle from "../../words/TaskTitle.ts"
import { question } from "../asked/Question.ts"

interface State {
  readonly list: List.List<Schedule>
}

const lens: ListCommands.Lens<State, Schedule> = { get: ({ list }) => list, set: (_, list) => ({ list }) }

const nextText = (schedule: Schedule, now: number): string => {
  if (!schedule.isOn) return "off"
  const when = parse(schedule)
  return Result.isFailure(when) ? "never" : clock(when.success.next(now), now)
}

const table: Table.Table<Schedule, World> = {
  columns: [
    { head: "Name", width: 18, text: ({ name }) => name },
    { head: "What", text: (schedule, { home }) => TaskTitle.of(schedule, home) },
    { head: "Next", width: 11, text: (schedule, { now }) => nextText(schedule, now) },
    { head: "When", width: 14, from: 90, text: ({ cron }) => cron },
    {
      head: "Succeeded",
      width: 11,
      from: 76,
      text: ({ lastSuccessAt }, { now }) => (lastSuccessAt === null ? "–" : clock(lastSuccessAt, now))
    },
    {
      head: "Missed",
      width: 24,
      from: 120,
      isSentence: true,
      text: ({ lastMissed }, { now }) =>
        lastMissed === null ? "–" : `${clock(lastMissed.at, now)} ${lastMissed.because}`,
      tone: ({ lastMissed }) => (lastMissed === null ? "plain" : "warn")
    }
  ],
  empty: ["Nothing begins by itself yet.", "", "W saves one: in the plan of a transfer, or on a task such as a backup."]
}

const none = ({ list }: State): string | undefined =>
  List.chosen(list) === undefined ? "There is no schedule here" : undefined

const commands: ReadonlyArray<Command<State>> = [
  {
    id: "schedules.run",
    keys: ["r"],
    label: "Run now",
    whyNot: none,
    run: ({ list }) => ({ asks: [{ _tag: "RunSchedule", id: List.chosen(list)!.id }] })
  },
  {
    id: "schedules.switch",
    keys: ["space"],
    label: "On or off",
    whyNot: none,
    run: ({ list }) => {
      const { id, isOn } = List.chosen(list)!
      return { asks: [{ _tag: "ChangeSchedule", tag: id, id, isOn: !isOn }] }
    }
  },
  {
    id: "schedules.remove",
    keys: ["d"],
    label: "Remove",
    whyNot: none,
    run: ({ list }) => {
      const { id, name } = List.chosen(list)!
      return {
        open: question(
          "Remove?",
          [`${name} begins no more by itself. Its tasks stay.`],
          [{ label: `Remove ${name}`, asks: [{ _tag: "RemoveSchedule", tag: "remove", id }] }]
        )
      }
    }
  },
  ...ListCommands.commands(lens),
  {
    id: "schedules.back",
    keys: ["esc", "enter"],
    label: "Back",
    isQuiet: true,
    run: (state) =>
      state.list.isFiltering
        ? ListCommands.enter(lens, () => ({}))(state)
        : ListCommands.orDropFilter(lens, () => ({}))(state)
  }
]

export const kind: ScreenKind<State> = {
  name: "Schedules",
  title: () => "Schedules",
  commands,
  lines: ({ list }, world, columns, rows) => Table.lines(table, list, world, { columns, rows, marks: world.marks }),
  choices: (state, world) => ListCommands.choices(lens, state, (schedule) => Table.spoken(table, schedule, world)),
  choiceAt: ({ list }, _, __, rows, line) => Table.rowAt(list, rows, line),
  typing: (state) => ListCommands.typing(lens, state),
  changed: ({ list }, { schedules }) =>
    schedules === list.items ? {} : { state: { list: List.withItems(list, schedules) } }
}

export const schedules = (world: World) =>
  show(kind, { list: List.make<Schedule>({ keyOf: ({ id }) => id, textOf: ({ name }) => name }, world.schedules) })
