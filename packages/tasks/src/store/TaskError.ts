/** What the store of tasks may fail with. */
import * as Schema from "effect/Schema"

const message = Schema.String

/** No task has that id. */
export class NoTask extends Schema.TaggedError<NoTask>()("NoTask", { message }) {}
/** The task is not in a state in which that means anything. */
export class NotNow extends Schema.TaggedError<NotNow>()("NotNow", { message, state: Schema.String }) {}
/** Another runner has the task now, or had it since: this one must stop and write nothing more. */
export class LeaseLost extends Schema.TaggedError<LeaseLost>()("LeaseLost", { message }) {}
/**
 * The journal can not be written: there is no room left (`isFull`) or its server is away (`isAway`), which may pass, or it is not
 * to be written to.
 */
export class JournalUnavailable extends Schema.TaggedError<JournalUnavailable>()("JournalUnavailable", {
  message,
  isFull: Schema.Boolean,
  /** Nothing was written, and it may be back at any moment. */
  isAway: Schema.optionalKey(Schema.Boolean)
}) {}
/** A newer version of the program has written the journal. */
export class JournalTooNew extends Schema.TaggedError<JournalTooNew>()("JournalTooNew", { message }) {}

/** No schedule has that id or name. */
export class NoSchedule extends Schema.TaggedError<NoSchedule>()("NoSchedule", { message }) {}
/** Another schedule has the name. */
export class ScheduleExists extends Schema.TaggedError<ScheduleExists>()("ScheduleExists", { message }) {}

export class TaskError extends Schema.TaggedError<TaskError>()("TaskError", {
  reason: Schema.Union([NoTask, NotNow, LeaseLost, JournalUnavailable, JournalTooNew, NoSchedule, ScheduleExists])
}) {
  override get message(): string {
    return this.reason.message
  }
}

export const fail = (reason: TaskError["reason"]): TaskError => new TaskError({ reason })

export const noTask = (id: string): TaskError =>
  fail(new NoTask({ message: `there is no task ${id}: the list of tasks has those there are` }))
export const ambiguous = (id: string): TaskError =>
  fail(new NoTask({ message: `"${id}" means more than one task; write more of it` }))
/** What people ask for, as what does not become of the task. */
const asked: { readonly [input: string]: string } = {
  Pause: "paused",
  Resume: "resumed",
  Cancel: "cancelled",
  Again: "retried",
  Limit: "given other limits",
  Prioritize: "given another priority"
}

const ended: ReadonlySet<string> = new Set(["Done", "Failed", "Cancelled"])

/** What can be asked for instead. */
const instead = (state: string, input: string): string => {
  if (ended.has(state)) {
    return input === "Cancel"
      ? "what it did can be taken back where versions are kept"
      : "retry it for it to run once more"
  }
  if (input === "Again") return state === "Paused" ? "resume it" : "let it end, or cancel it first"
  if (input === "Pause") return "it is held up already: resume it for it to go on"
  return "it goes on already, there is nothing to do"
}

export const notNow = (id: string, state: string, input: string): TaskError =>
  fail(
    new NotNow({
      message: `task ${id} is ${state.toLowerCase()} and can not be ${asked[input] ?? input} now; ${instead(state, input)}`,
      state
    })
  )

/** What is asked of a command's own run, which ends with its process. */
export const onlyCancelled = (id: string, state: string, input: string): TaskError =>
  fail(
    new NotNow({
      message: `task ${id} ends with the process of its command, so it can be cancelled but not ${asked[input] ?? input}; one that is started in the background can be`,
      state
    })
  )

export const isNotNow = ({ reason }: TaskError): boolean => reason._tag === "NotNow"

/** What is asked of a schedule while a run of it goes on. */
export const goesOn = (id: string, state: string, schedule: string): TaskError =>
  fail(
    new NotNow({
      message: `task ${id}, the run of "${schedule}" before, has not ended: it is ${state.toLowerCase()}; let it end, or cancel it first`,
      state
    })
  )

/** What is told to who gives secrets for a task that another process starts, with its own. */
export const startedElsewhere = (id: string, state: string): TaskError =>
  fail(
    new NotNow({
      message: `task ${id} is started by another program that still runs and was given its secrets; give them there, or end that one first`,
      state
    })
  )

/** What a runner hears that does not hold the task with that id any more. */
export const lost = (id: string): TaskError =>
  fail(new LeaseLost({ message: `another runner has task ${id} now, so this one stops` }))
