/** A progress state as lines of text, none wider than asked for. */
import type { Totals } from "@ourclone/core/engine/Plan"
import * as Amount from "./Amount.ts"
import { pad, printable, shorten, widthOf } from "./PrintableText.ts"
import { bytesDone, type InFlight, type ProgressState, rate } from "./ProgressState.ts"

export interface Planned {
  readonly totals: Totals
  /** Whether the totals will grow no more. */
  readonly isComplete: boolean
}

const shownInFlight = 6
const nameWidth = 12

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

const remaining = (state: ProgressState, planned: Planned): string | undefined => {
  const speed = rate(state)
  const left = planned.totals.putBytes - bytesDone(state)
  if (!planned.isComplete || speed === undefined || speed < 1 || left <= 0) return undefined
  return `${Amount.duration(left / speed)} left`
}

const heading = (state: ProgressState, planned: Planned): Array<string> => {
  const { totals } = planned
  const more = planned.isComplete ? "" : "+"
  const done = bytesDone(state)
  const speed = rate(state)
  const share = planned.isComplete ? ` (${percent(done, totals.putBytes)})` : ""
  return [
    `${Amount.count(state.finishedFiles)} of ${Amount.count(totals.putFiles)}${more} files`,
    `${Amount.bytes(done)} of ${Amount.bytes(totals.putBytes)}${more}${share}`,
    speed === undefined ? undefined : `${Amount.bytes(speed)}/s`,
    remaining(state, planned),
    planned.isComplete ? undefined : `${Amount.count(totals.sourceFiles)} compared`
  ].filter((part) => part !== undefined)
}

const tally = (state: ProgressState): Array<string> =>
  [
    state.removed > 0 ? `${Amount.count(state.removed)} removed` : undefined,
    state.skipped > 0 ? `${Amount.count(state.skipped)} skipped` : undefined,
    state.failed > 0 ? `${Amount.count(state.failed)} failed` : undefined,
    state.retries > 0 ? `${Amount.count(state.retries)} retries` : undefined
  ].filter((part) => part !== undefined)

const fileLine = (file: InFlight, width: number): string => {
  const figures = `${percent(file.bytes, file.size).padStart(5)}  ${Amount.bytes(file.size).padStart(8)}`
  const room = width - widthOf(figures) - 4
  if (room < nameWidth) return `  ${shorten(printable(file.path), width - 2)}`
  return `  ${pad(shorten(printable(file.path), room), room)}  ${figures}`
}

/** The newest state in full; for a terminal of `width` columns and `height` lines. */
export const lines = (state: ProgressState, planned: Planned, width: number, height: number): Array<string> => {
  const top = [...flow(heading(state, planned), width), ...flow(tally(state), width)]
  const room = Math.max(0, Math.min(shownInFlight, height - top.length - 2))
  const shown: Array<InFlight> = []
  for (const file of state.inFlight.values()) {
    if (shown.length >= room) break
    shown.push(file)
  }
  const hidden = state.inFlight.size - shown.length
  const rest = hidden > 0 && room > 0 ? [shorten(`  and ${Amount.count(hidden)} more`, width)] : []
  return [...top, ...shown.map((file) => fileLine(file, width)), ...rest].slice(0, Math.max(1, height - 1))
}

/** Everything on one line, however long. */
export const oneLine = (state: ProgressState, planned: Planned): string =>
  [...heading(state, planned), ...tally(state)].join(" · ")
