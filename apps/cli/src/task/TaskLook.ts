/** `task list`, `task show` and `task why`. */

import { Remedy } from "@ourclone/core/contract/Remedy"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import { current } from "@ourclone/core/machine/ProcessIdentity"
import type { Outcome } from "@ourclone/tasks/store/TaskStore"
import type { Hook } from "@ourclone/tasks/task/Hooks"
import type { Task } from "@ourclone/tasks/task/Task"
import { goingOn, hasEnded } from "@ourclone/tasks/task/TaskState"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as ExitCode from "../ExitCode.ts"
import * as Output from "../Output.ts"
import * as Table from "../repository/Table.ts"
import * as TransferText from "../TransferText.ts"
import { told } from "../words/remedies.ts"
import * as Tasks from "./Tasks.ts"
import * as TaskText from "./TaskText.ts"

const header = ["ID", "TASK", "ABOUT", "STATE", "BEGAN", "TOOK", "SO FAR"]

const row = (task: Task, now: number): Table.Row => [
  task.id,
  printable(task.kind),
  TaskText.subject(task),
  TaskText.state(task, now),
  Amount.time(task.startedAt ?? task.createdAt).trimEnd(),
  TaskText.duration(task, now),
  TaskText.counts(task)
]

export const list = Effect.fnUntraced(function* (flags: { readonly all: boolean; readonly limit: number }) {
  const output = yield* Output.make
  const known = yield* Tasks.open
  const now = yield* Clock.currentTimeMillis
  const tasks = yield* known.list({ states: flags.all ? undefined : goingOn, limit: flags.limit })
  const recent = flags.all ? [] : (yield* known.list({ limit: flags.limit })).filter(({ state }) => hasEnded(state))
  const shown = [...tasks, ...recent].slice(0, flags.limit)
  if (output.isJson) for (const task of shown) output.json(task)
  else if (shown.length > 0)
    for (const line of Table.lines(
      header,
      shown.map((task) => row(task, now))
    ))
      output.line(line)
  if (shown.length === 0) output.note("no task is known")
  const isLeft = ({ isRecord, state }: Task): boolean =>
    !isRecord && state._tag === "Queued" && (state.notBefore ?? 0) <= now
  if (!output.isJson && shown.some(isLeft)) yield* known.noteQueued(output)
}, Effect.scoped)

const shownFailures = 20

const remedyOf = Schema.decodeUnknownOption(Schema.fromJsonString(Remedy))

const reason = ({ message, remedy }: Outcome): string =>
  told({ message, remedy: remedy === null ? undefined : Option.getOrUndefined(remedyOf(remedy)) })

const outcomesOf = Effect.fnUntraced(function* (known: Tasks.Tasks, task: Task, kind: Outcome["kind"]) {
  const all = kind === "failed" ? task.totals.failed : task.totals.skipped
  const some = yield* known.outcomes(task.id, kind, shownFailures)
  const lines = some.map((outcome) => `  ${printable(outcome.path)}: ${printable(reason(outcome))}`)
  const more = all - some.length
  if (all === 0) return []
  return [`${Amount.count(all)} ${kind}:`, ...lines, ...(more > 0 ? [`  and ${Amount.files(more)} more`] : [])]
})

const hookText = (hook: Hook | null): string => (hook === null ? "" : printable(hook.command.join(" ")))

/** The other machine that has it, or that it waits for. */
const elsewhere = ({ machine, owner }: Task): string => {
  const name = owner?.host ?? machine ?? ""
  return name === current().host ? "" : printable(name)
}

/** Where the ranges are that a run is cut into, as long as there are some. */
const rangesText = (parts: ReadonlyArray<Tasks.Part>): string => {
  const places = new Map<string, number>()
  for (const { host, state } of parts) {
    const place = host !== null ? `on ${printable(host)}` : state === "Done" ? "done" : "waiting"
    places.set(place, (places.get(place) ?? 0) + 1)
  }
  const each = [...places].sort().map(([place, count]) => `${Amount.count(count)} ${place}`)
  return parts.length === 0 ? "" : `${Amount.count(parts.length)} under way: ${each.join(", ")}`
}

export const show = Effect.fnUntraced(function* (flags: { readonly id: string }) {
  const output = yield* Output.make
  const known = yield* Tasks.open
  const task = yield* known.load(flags.id)
  if (output.isJson) return output.json(task)
  const now = yield* Clock.currentTimeMillis
  const { createdAt, endedAt, startedAt, state } = task
  const facts: ReadonlyArray<readonly [string, string]> = [
    ["task", task.id],
    ["kind", `${printable(task.kind)}${task.by === null ? "" : `, asked for by ${printable(task.by)}`}`],
    ["about", TaskText.subject(task)],
    ["state", TaskText.state(task, now)],
    ["why", "failure" in state ? printable(told(state.failure)) : ""],
    ["asked", Amount.time(createdAt)],
    ["began", startedAt === null ? "" : Amount.time(startedAt)],
    ["ended", endedAt === null ? "" : Amount.time(endedAt)],
    ["took", TaskText.duration(task, now)],
    ["so far", TaskText.counts(task)],
    ["runs", task.take > 1 ? Amount.count(task.take) : ""],
    ["machine", elsewhere(task)],
    ["ranges", rangesText(hasEnded(state) ? [] : yield* known.parts(task.id))],
    ["before", hookText(task.hooks.before)],
    ["after", hookText(task.hooks.after)]
  ]
  for (const [name, value] of facts) if (value.trim() !== "") output.line(`${name.padEnd(7)} ${value}`)
  for (const kind of ["failed", "skipped"] as const) {
    for (const line of yield* outcomesOf(known, task, kind)) output.line(line)
  }
}, Effect.scoped)

const factText = (fact: Fact): string => {
  switch (fact._tag) {
    case "Failed":
      return `failed: ${printable(told(fact.failure))}`
    case "Skipped":
      return `skipped: ${printable(told({ ...fact, message: fact.because }))}`
    case "Note":
      return printable(told(fact))
    default:
      return (TransferText.ofFact(fact) ?? fact._tag).split("\n", 1)[0] ?? ""
  }
}

const mostWhy = 100

export const why = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  const { found, onlySums: sums } = yield* (yield* Tasks.open).why(flags.path, mostWhy)
  for (const { at, fact, task } of found) {
    if (output.isJson) output.json({ task: task.id, kind: task.kind, at, event: fact })
    else output.line(`${Amount.time(at)}  ${task.id}  ${printable(task.kind)}  ${factText(fact)}`)
  }
  if (sums > 0) output.note(`of ${Amount.count(sums)} older ${sums === 1 ? "task" : "tasks"} only sums are kept`)
  if (found.length > 0) return
  const message = `no kept task says anything of "${flags.path}"; write the path as the task did, from the folder on that was transferred`
  return yield* new ExitCode.CommandStopped({ code: ExitCode.notFound, message })
}, Effect.scoped)
