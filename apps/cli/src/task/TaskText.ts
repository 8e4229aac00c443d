/** Tasks in words. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import { ofWaiting } from "@ourclone/core/events/WaitingText"
import { cameTo } from "@ourclone/tasks/task/CameTo"
import type { Task } from "@ourclone/tasks/task/Task"
import { bytesDone, filesDone, tookMillis } from "@ourclone/tasks/task/TaskFigures"
import { hasEnded } from "@ourclone/tasks/task/TaskState"

export const state = ({ state }: Task, now: number): string => {
  switch (state._tag) {
    case "Queued":
      return (state.notBefore ?? 0) > now ? `queued until ${Amount.time(state.notBefore ?? 0)}` : "queued"
    case "Running":
      return "running"
    case "Waiting":
      return ofWaiting({ for: state.for, since: now, until: state.until ?? undefined, failure: undefined }, now)
    case "Paused":
      return `paused by ${printable(state.by)}`
    case "Done":
      return state.failed === 0 ? "done" : `done, ${Amount.count(state.failed)} failed`
    case "Failed":
      return "failed"
    case "Cancelled":
      return `cancelled by ${printable(state.by)}`
  }
}

/** What a request is about, as far as its common fields say it. */
export const subject = ({ request }: Pick<Task, "request">): string => {
  const fields: Readonly<Record<string, unknown>> =
    typeof request === "object" && request !== null && !Array.isArray(request) ? { ...request } : {}
  const text = (name: string): string | undefined => {
    const value = fields[name]
    return typeof value === "string" ? printable(value) : undefined
  }
  const [first, second] = [text("first"), text("second")]
  if (first !== undefined && second !== undefined) return `${first} and ${second}`
  const [source, destination] = [text("source"), text("destination")]
  if (source !== undefined && destination !== undefined) return `${source} to ${destination}`
  const paths = Array.isArray(fields.paths) ? fields.paths.map((path) => printable(String(path))).join(", ") : undefined
  const [repository, target] = [text("repository"), text("target")]
  if (repository !== undefined) {
    if (paths !== undefined && paths !== "") return `${paths} to ${repository}`
    return target === undefined ? repository : `${repository} to ${target}`
  }
  return text("path") ?? text("bucket") ?? text("remote") ?? ""
}

/** What is on its way counts while it runs; that more files may be found is said only then. */
export const counts = (task: Task): string => {
  const { kind, state, totals } = task
  const { doneBytes, failed, files, isFinal, skipped } = totals
  const done = hasEnded({ ...state }) ? totals.done : filesDone(task)
  if (files === 0 && done === 0 && failed === 0 && skipped === 0) return ""
  const bytes = hasEnded({ ...state }) ? doneBytes : bytesDone(task)
  const more = isFinal || hasEnded({ ...state }) ? "" : "+"
  // It tells of its files one by one only when it is asked to.
  const isCountedInTheEnd = kind === "backup" && state._tag === "Done" && done === 0
  const parts = [
    isCountedInTheEnd ? cameTo(task) : `${Amount.someFiles(done, Math.max(files, done), more)}, ${Amount.bytes(bytes)}`,
    skipped === 0 ? undefined : `${Amount.count(skipped)} skipped`,
    failed === 0 ? undefined : `${Amount.count(failed)} failed`
  ]
  return parts.filter((part) => part !== undefined).join(", ")
}

/** How long it has been at it, without its pauses. */
export const duration = (task: Task, now: number): string =>
  task.startedAt === null ? "" : Amount.duration(tookMillis(task, now) / 1000)
