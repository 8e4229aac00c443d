/** How far a task is, from what the service tells of it: no guess is shown as a fact. */
import * as Amount from "@ourclone/core/events/Amount"
import * as Rate from "@ourclone/core/events/Rate"
import { bytesThrough } from "@ourclone/tasks/task/CameTo"
import { bytesDone, filesDone, tookMillis } from "@ourclone/tasks/task/TaskFigures"
import type { TaskAnswer } from "../../../src/api/tasks/TaskAnswer.ts"

/** From 0 to 1; nothing while it is not known how much there is. Never all of it before it has ended. */
export const shareOf = (task: TaskAnswer): number | undefined => {
  const { state, totals } = task
  if (state._tag === "Done") return 1
  if (!totals.isFinal) return undefined
  const [part, whole] = totals.bytes > 0 ? [bytesDone(task), totals.bytes] : [filesDone(task), totals.files]
  const share = whole > 0 ? part / whole : undefined
  return share === undefined ? undefined : Math.min(0.99, share)
}

export const percent = (share: number): string => `${Math.floor(share * 100)} %`

/** Without a sample for so long, the rate of before says nothing. */
const staleMillis = 10_000

export const rateOf = (samples: Rate.Samples, now: number): number | undefined => {
  const last = samples.at(-1)
  return last === undefined || now - last[0] >= staleMillis ? undefined : Rate.perSecond(samples)
}

/** `about 25 min`: nobody knows it better. */
export const about = (seconds: number): string => {
  if (seconds < 60) return `about ${Math.max(1, Math.round(seconds))} s`
  const minutes = seconds / 60
  if (minutes < 120) return `about ${Math.round(minutes)} min`
  return minutes < 48 * 60 ? `about ${Math.round(minutes / 60)} hours` : `about ${Math.round(minutes / 1440)} days`
}

/** As far as the rate of now can tell. */
export const leftOf = (task: TaskAnswer, samples: Rate.Samples, now: number): string | undefined => {
  if (!task.totals.isFinal || rateOf(samples, now) === undefined) return undefined
  const seconds = Rate.secondsLeft(samples, task.totals.bytes - (task.totals.earlier?.doneBytes ?? 0))
  return seconds === undefined ? undefined : about(seconds)
}

/** How long nothing has come, in milliseconds; nothing while something does. */
export const silentFor = (samples: Rate.Samples, now: number): number | undefined => {
  const last = samples.at(-1)
  return last === undefined || now - last[0] < staleMillis ? undefined : now - last[0]
}

/** Of less than that, most of the time went into beginning and ending. */
const tellingBytes = 10 * 1024 * 1024

/** Bytes a second of a task that has ended, over all of its time; nothing of one too small to tell. */
export const paceOf = ({ totals: { doneBytes, ranMillis = 0 } }: TaskAnswer): number | undefined =>
  doneBytes < tellingBytes || ranMillis <= 0 ? undefined : (doneBytes * 1000) / ranMillis

/** `6.9 GiB of 18.6 GiB`, `at least 12.3 GiB` while it counts; nothing where no byte is known of. */
export const bytesText = (task: TaskAnswer): string => {
  const { state, totals } = task
  if (state._tag === "Done" && bytesThrough(task) > bytesDone(task)) return Amount.bytes(bytesThrough(task))
  const bytes = bytesDone(task)
  // A mount, or what failed before it looked.
  if (bytes === 0 && totals.bytes === 0 && !totals.isFinal) return ""
  const done = Amount.bytes(bytes)
  if (totals.bytes === 0 && totals.isFinal) return done
  return totals.isFinal
    ? `${done} of ${Amount.bytes(totals.bytes)}`
    : `${done} of at least ${Amount.bytes(totals.bytes)}`
}

export const tookOf = (task: TaskAnswer, now: number): string =>
  task.startedAt === null ? "–" : Amount.duration(tookMillis(task, now) / 1000)
