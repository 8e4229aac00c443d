/** What a run looks like so far as lines of text, none wider than asked for. */

import * as Amount from "@ourclone/core/events/Amount"
import { pad, printable, shorten, widthOf } from "@ourclone/core/events/PrintableText"
import * as Rate from "@ourclone/core/events/Rate"
import type { InFlight } from "@ourclone/core/events/RunEvent"
import type { RunView } from "@ourclone/core/events/RunView"
import { ofWaiting } from "@ourclone/core/events/WaitingText"

const shownInFlight = 6
const nameWidth = 12
/** Without a sample for so long, the rate of before says nothing. */
const staleMillis = 10_000

export const percent = (part: number, whole: number): string =>
  whole <= 0 ? "100 %" : `${Math.max(0, Math.min(100, Math.floor((part / whole) * 100)))} %`

/** The parts, joined by a dot, on as few lines as hold them. */
export const flow = (parts: ReadonlyArray<string>, width: number): Array<string> => {
  const lines: Array<string> = []
  for (const part of parts) {
    const last = lines.at(-1)
    const joined = last === undefined ? part : `${last} · ${part}`
    if (last !== undefined && widthOf(joined) <= width) lines[lines.length - 1] = joined
    else lines.push(shorten(part, width))
  }
  return lines
}

const speed = ({ samples }: RunView, now: number): number | undefined =>
  now - (samples.at(-1)?.[0] ?? now) >= staleMillis ? 0 : Rate.perSecond(samples)

/** What is on its way before any byte is sent. */
const hashing = ({ current }: RunView): string => {
  const done = current.reduce((sum, item) => sum + item.done, 0)
  const size = current.reduce((sum, item) => sum + item.size, 0)
  return `hashing, ${percent(done, size)}`
}

const deleting = ({ deeds, planned }: RunView): string =>
  `removing${planned.removals === 0 ? "" : `, ${percent(deeds.removed ?? 0, planned.removals)}`}`

/** What the run is busy with, where the counts do not say so themselves. */
const phaseText = (view: RunView): string | undefined => {
  switch (view.phase) {
    case "hashing":
      return hashing(view)
    case "deleting":
      return deleting(view)
    case "listing":
    case "verifying":
    case "finishing":
      return view.phase
    case "comparing":
    case "transferring":
    case undefined:
      return undefined
  }
}

const heading = (view: RunView, now: number): Array<string> => {
  const { done, planned } = view
  const more = planned.isFinal ? "" : "+"
  const share = planned.isFinal ? ` (${percent(done.bytes, planned.bytes)})` : ""
  const rate = speed(view, now)
  const left = planned.isFinal && rate !== 0 ? Rate.secondsLeft(view.samples, planned.bytes) : undefined
  return [
    view.waiting === undefined ? phaseText(view) : ofWaiting(view.waiting, now),
    Amount.someFiles(done.files, planned.files, more),
    `${Amount.bytes(done.bytes)} of ${Amount.bytes(planned.bytes)}${more}${share}`,
    rate === undefined || view.phase === "hashing" ? undefined : `${Amount.bytes(rate)}/s`,
    left === undefined ? undefined : `${Amount.duration(left)} left`,
    planned.isFinal ? undefined : `${Amount.count(planned.files + planned.same)} compared`
  ].filter((part) => part !== undefined)
}

const tally = ({ deeds, failed, skipped }: RunView): Array<string> =>
  [
    (deeds.removed ?? 0) > 0 ? `${Amount.count(deeds.removed ?? 0)} removed` : undefined,
    skipped > 0 ? `${Amount.count(skipped)} skipped` : undefined,
    failed > 0 ? `${Amount.count(failed)} failed` : undefined
  ].filter((part) => part !== undefined)

const fileLine = ({ done, item, phase, size }: InFlight, width: number): string => {
  const share = percent(done, size)
  const figures = `${(phase === undefined ? share : `${phase} ${share}`).padStart(5)}  ${Amount.bytes(size).padStart(8)}`
  const room = width - widthOf(figures) - 4
  if (room < nameWidth) return `  ${shorten(printable(item), width - 2)}`
  return `  ${pad(shorten(printable(item), room), room)}  ${figures}`
}

/** The newest state in full; for a terminal of `width` columns and `height` lines. */
export const lines = (view: RunView, now: number, width: number, height: number): Array<string> => {
  const top = [...flow(heading(view, now), width), ...flow(tally(view), width)]
  const room = Math.max(0, Math.min(shownInFlight, height - top.length - 2))
  const shown = view.current.slice(0, room)
  const hidden = view.current.length + view.more - shown.length
  const rest = hidden > 0 && room > 0 ? [shorten(`  and ${Amount.count(hidden)} more`, width)] : []
  return [...top, ...shown.map((file) => fileLine(file, width)), ...rest].slice(0, Math.max(1, height - 1))
}

/** Everything on one line, however long. */
export const oneLine = (view: RunView, now: number): string => [...heading(view, now), ...tally(view)].join(" · ")
