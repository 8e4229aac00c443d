/** What can be done with a task: one table of arrows says when, and this says by which key. */
import type { Task } from "@ourclone/tasks/task/Task"
import { can, hasEnded, type InputTag } from "@ourclone/tasks/task/TaskState"
import * as Undoable from "@ourclone/tasks/undo/Undoable"
import type { Wanted } from "../../command/Ask.ts"
import type { Command, Step } from "../../command/Screen.ts"
import type { World } from "../../command/World.ts"
import { standing } from "../../words/StateWords.ts"
import * as TaskTitle from "../../words/TaskTitle.ts"
import { question } from "../asked/Question.ts"
import { plan } from "../migrate/Plan.ts"
import { newSchedule } from "../schedules/NewSchedule.ts"

type TaskOf<State> = (state: State) => Task | undefined

const reason = (task: Task | undefined, input: InputTag): string | undefined => {
  if (task === undefined) return "There is no task here"
  if (task.isRecord) return "It runs in the process of a command; end it there"
  if (!can(input)(task.state)) return `Not while it is ${standing(task.state).word}`
  if (task.wish !== null && input !== "Resume") return `It was asked to ${task.wish._tag.toLowerCase()} already`
  return undefined
}

const wish = (task: Task, wanted: Wanted) => ({ _tag: "Wish", id: task.id, wish: wanted }) as const

const ask =
  <State>(taskOf: TaskOf<State>, wanted: Wanted) =>
  (state: State): Step<State> => {
    const task = taskOf(state)
    return task === undefined ? {} : { asks: [wish(task, wanted)] }
  }

const askToCancel =
  <State>(taskOf: TaskOf<State>) =>
  (state: State, { home }: World): Step<State> => {
    const task = taskOf(state)
    if (task === undefined) return {}
    const title = TaskTitle.of(task, home)
    const done = task.totals.done
    const kept = done > 0 ? `The ${done} that are done stay done.` : "Nothing has been done yet."
    return { open: question("Cancel?", [title, kept], [{ label: `Cancel “${title}”`, asks: [wish(task, "Cancel")] }]) }
  }

/** What it did is done: once more there is nothing to do, or something else than was meant. */
const onceOnly = new Set([
  ...["createBucket", "removeBucket", "mkdir", "init", "remove", "undelete", "undo", "rcat"],
  ...["unmount", "forget", "keyAdd", "keyRemove", "keyPassword", "removeKey"]
])

/** Ended, and nothing of it is left to be done. */
const isWhole = (task: Task | undefined): boolean =>
  task?.state._tag === "Cancelled" || (task?.state._tag === "Done" && task.state.failed === 0)

const whyNotAgain = (task: Task | undefined): string | undefined =>
  task?.state._tag === "Done" && onceOnly.has(task.kind)
    ? "It is done; there is nothing of it to run again"
    : reason(task, "Again")

const whyNoSchedule = (task: Task | undefined): string | undefined => {
  if (task === undefined) return "There is no task here"
  return onceOnly.has(task.kind) ? "It is done once, and not by the clock" : undefined
}

const isPaused = (task: Task | undefined): boolean => task?.state._tag === "Paused"

const whyNoUndo = (task: Task | undefined): string | undefined => {
  if (task === undefined) return "There is no task here"
  if (!hasEnded(task.state)) return `Not while it is ${standing(task.state).word}; cancel it first`
  return Undoable.whyNot(task)
}

export const commands = <State>(taskOf: TaskOf<State>): ReadonlyArray<Command<State>> => [
  {
    id: "task.pause",
    keys: ["p"],
    label: "Pause",
    about: "Files on their way are finished or kept by parts",
    whyNot: (state) => (isPaused(taskOf(state)) ? "" : reason(taskOf(state), "Pause")),
    run: ask(taskOf, "Pause")
  },
  {
    id: "task.resume",
    keys: ["p"],
    label: "Resume",
    whyNot: (state) => (isPaused(taskOf(state)) ? reason(taskOf(state), "Resume") : ""),
    run: ask(taskOf, "Resume")
  },
  {
    id: "task.cancel",
    keys: ["x"],
    label: "Cancel",
    about: "End the task; asks first",
    whyNot: (state) => reason(taskOf(state), "Cancel"),
    run: askToCancel(taskOf)
  },
  {
    id: "task.retry",
    keys: ["r"],
    label: "Retry",
    about: "What is done already is left alone, so only what failed is tried",
    whyNot: (state) => (isWhole(taskOf(state)) ? "" : reason(taskOf(state), "Again")),
    run: ask(taskOf, "Again")
  },
  {
    id: "task.again",
    keys: ["r"],
    label: "Run again",
    whyNot: (state) => (isWhole(taskOf(state)) ? whyNotAgain(taskOf(state)) : ""),
    run: ask(taskOf, "Again")
  },
  {
    id: "task.schedule",
    keys: ["W"],
    label: "Save as schedule",
    about: "Has the same begin by itself, by the clock or when a folder changes",
    isQuiet: true,
    whyNot: (state) => whyNoSchedule(taskOf(state)),
    run: (state, { home }) => {
      const task = taskOf(state)
      return task === undefined ? {} : { open: newSchedule(task.kind, task.request, home) }
    }
  },
  {
    id: "task.undo",
    keys: ["U"],
    label: "Undo",
    about: "Take a copy, sync, move or removal back where the storage keeps versions; the plan comes first",
    whyNot: (state) => whyNoUndo(taskOf(state)),
    run: (state) => plan("undo", { task: taskOf(state)?.id ?? "" })
  }
]
