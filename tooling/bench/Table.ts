/** What a row has measured, as lines for people. */
import { limitName } from "./Limit.ts"
import type { Measurement } from "./Measure.ts"

/** The measurements of one contender at one work. */
export interface Measured {
  readonly contender: string
  readonly work: string
  readonly all: ReadonlyArray<Measurement>
}

const median = (figures: ReadonlyArray<number>): number => {
  const sorted = figures.toSorted((left, right) => left - right)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2
}

interface Figures {
  readonly wall: number
  readonly cpu: number
  readonly leastCpu: number
  readonly peak: number
}

const figuresOf = (all: ReadonlyArray<Measurement>): Figures => {
  const cpu = all.map((one) => one.cpuSeconds)
  return {
    wall: median(all.map((one) => one.wallSeconds)),
    cpu: median(cpu),
    leastCpu: Math.min(...cpu),
    peak: median(all.map((one) => one.peakBytes))
  }
}

const line = (cells: ReadonlyArray<string>): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(40) : cell.padStart(9)))
    .join(" ")
    .trimEnd()

const seconds = (value: number) => value.toFixed(value < 1 ? 3 : 2)
const ratio = (left: number, right: number) => (right === 0 ? "-" : `x${(left / right).toFixed(2)}`)

const figureLine = (label: string, { cpu, leastCpu, peak, wall }: Figures) =>
  line([label, seconds(wall), seconds(cpu), seconds(leastCpu), `${Math.round(peak / 1024 ** 2)} MiB`])

const ratioLine = (label: string, left: Figures, right: Figures) =>
  line([
    label,
    ratio(left.wall, right.wall),
    ratio(left.cpu, right.cpu),
    ratio(left.leastCpu, right.leastCpu),
    ratio(left.peak, right.peak)
  ])

/**
 * For each work the medians of every contender and the least CPU time, then the
 * ratios of the first contender to each other one. The limit runs in one thread
 * and keeps nothing, so only its CPU time is compared.
 */
export const table = (measured: ReadonlyArray<Measured>): ReadonlyArray<string> => {
  const lines = [line(["", "wall s", "CPU s", "CPU least", "peak"])]
  for (const work of new Set(measured.map((one) => one.work))) {
    const label = (text: string) => (work === "" ? text : `${work}: ${text}`)
    const figures = measured
      .filter((one) => one.work === work)
      .map(({ all, contender }) => ({ contender, ...figuresOf(all) }))
    for (const one of figures) lines.push(figureLine(label(one.contender), one))
    const [first, ...others] = figures
    if (first === undefined) continue
    for (const other of others) {
      const against = label(`${first.contender} / ${other.contender}`)
      if (other.contender !== limitName) lines.push(ratioLine(against, first, other))
      else lines.push(line([against, "", ratio(first.cpu, other.cpu), ratio(first.leastCpu, other.leastCpu)]))
    }
  }
  return lines
}
