/** What a row of the benchmarks is, and how its contenders take turns. */
import { filesBelow } from "../filesBelow.ts"
import type { Measurement } from "./Measure.ts"

/** Takes one measurement: of whom, and at which work of the row ("" where it has only one). */
export type Report = (contender: string, work: string, measurement: Measurement) => void

export interface Row {
  readonly name: string
  /** Runs every contender `runs` times, in turn, with `folder` for its files. */
  readonly run: (runs: number, folder: string, report: Report) => Promise<void>
}

/** Who is first changes with each run, so that nobody always finds the disk and the caches as the other left them. */
export const inTurn = <A>(contenders: ReadonlyArray<A>, run: number): ReadonlyArray<A> =>
  run % 2 === 0 ? contenders : contenders.toReversed()

export const countFiles = (folder: string): number => filesBelow(folder).length
