/** Progress of a backup or a restore, by files and bytes. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable, shorten } from "@ourclone/core/events/PrintableText"
import * as Rate from "@ourclone/core/events/Rate"
import * as Effect from "effect/Effect"
import * as LiveLines from "../LiveLines.ts"
import type { Output } from "../Output.ts"
import { flow, percent } from "../ProgressView.ts"

export interface Counts {
  readonly files: number
  readonly bytes: number
  readonly filesDone: number
  readonly bytesDone: number
  readonly failed: number
  /** Whether `files` and `bytes` will grow no more. */
  readonly isComplete: boolean
  /** What is being worked on. */
  readonly items: ReadonlyArray<string>
  /** What to say instead, as long as there is nothing to count. */
  readonly step?: string | undefined
  /** By `performance.now`, when the repository was open; not yet when absent. */
  readonly began?: number | undefined
}

const statusMillis = 100
const shownItems = 4

/** Whole seconds until everything is done; `undefined` where nobody can tell. */
export const secondsLeft = ({ bytes, bytesDone, isComplete }: Counts, seconds: number): number | undefined =>
  isComplete && bytesDone > 0 ? Math.max(0, Math.round((seconds * (bytes - bytesDone)) / bytesDone)) : undefined

const heading = (counts: Counts, speed: number | undefined): Array<string> => {
  if (counts.step !== undefined && counts.files + counts.filesDone + counts.bytesDone === 0) return [counts.step]
  const more = counts.isComplete ? "" : "+"
  const left = counts.bytes - counts.bytesDone
  return [
    Amount.someFiles(counts.filesDone, Math.max(counts.files, counts.filesDone), more),
    `${Amount.bytes(counts.bytesDone)} of ${Amount.bytes(Math.max(counts.bytes, counts.bytesDone))}${more}`,
    counts.isComplete ? percent(counts.bytesDone, counts.bytes) : undefined,
    speed === undefined ? undefined : `${Amount.bytes(speed)}/s`,
    counts.isComplete && speed !== undefined && speed >= 1 && left > 0
      ? `${Amount.duration(left / speed)} left`
      : undefined,
    counts.failed > 0 ? `${Amount.count(counts.failed)} failed` : undefined
  ].filter((part) => part !== undefined)
}

const showStatus = (output: Output, status: () => object | undefined) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      setInterval(() => {
        const line = status()
        if (line === undefined) return
        output.json(line)
        output.hand()
      }, statusMillis)
    ),
    (timer) => Effect.sync(() => clearInterval(timer))
  )

/**
 * Shows `counts` until the scope closes: drawn on a terminal, and with `--json`
 * as the lines that `status` makes, ten a second. Elsewhere nothing is shown.
 */
export const show = Effect.fnUntraced(function* (
  output: Output,
  counts: () => Counts,
  status: (counts: Counts, seconds: number) => object
) {
  if (output.isQuiet) return
  if (output.isJson) {
    const line = () => {
      const now = counts()
      return now.began === undefined ? undefined : status(now, (performance.now() - now.began) / 1000)
    }
    return yield* Effect.asVoid(showStatus(output, line))
  }
  if (!output.isErrorTerminal) return
  let samples: Rate.Samples = []
  const lines = (columns: number, rows: number): Array<string> => {
    const now = counts()
    samples = Rate.withSample(samples, Date.now(), now.bytesDone)
    const top = flow(heading(now, Rate.perSecond(samples)), columns)
    const room = Math.max(0, Math.min(shownItems, rows - top.length - 2))
    return [
      ...top,
      ...now.items.slice(-room || now.items.length).map((item) => `  ${shorten(printable(item), columns - 2)}`)
    ]
  }
  yield* LiveLines.show(output, { lines, oneLine: () => undefined })
})
