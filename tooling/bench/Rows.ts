/** What is measured: each row prepares once and then lets every contender do the same work on a place of its own. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Contender } from "./Contenders.ts"
import { manyFiles, oneFile } from "./Dataset.ts"
import { type EmulatorProcess, startEmulator } from "./EmulatorProcess.ts"
import { type Measurement, measure } from "./Measure.ts"

/** Takes one measurement of what `name` says: the contender, and the work where a row has several. */
export type Report = (name: string, measurement: Measurement) => void

export interface Row {
  readonly name: string
  /** Runs every contender `runs` times, in turn, with `folder` for its files. */
  readonly run: (runs: number, folder: string, report: Report) => Promise<void>
}

/** Files in flight, for every contender alike. */
const transfers = 32
const transfersWithLatency = 64

const bucketOf = (contender: Contender, run: number) => `bench-${contender.name.replace(/[^a-z0-9]+/g, "-")}-${run}`

const withEmulator = async (flags: ReadonlyArray<string>, use: (emulator: EmulatorProcess) => Promise<void>) => {
  const emulator = await startEmulator(flags)
  try {
    await use(emulator)
  } finally {
    await emulator.stop()
  }
}

const countFiles = (folder: string) =>
  fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length

/** Uploads, then downloads what was uploaded; both are measured. */
const upAndDown = (
  contenders: ReadonlyArray<Contender>,
  name: string,
  latency: string | undefined,
  make: (folder: string) => void
): Row => ({
  name,
  run: async (runs, folder, report) => {
    const source = path.join(folder, "source")
    make(source)
    const latencyFlags = latency === undefined ? [] : ["--latency", latency]
    const inFlight = latency === undefined ? transfers : transfersWithLatency
    await withEmulator(["--store", path.join(folder, "store"), ...latencyFlags], async (emulator) => {
      for (let run = 0; run < runs; run++) {
        for (const contender of contenders) {
          const bucket = bucketOf(contender, run)
          const target = path.join(folder, bucket)
          const environment = contender.environment(emulator)
          const up = await measure(contender.upload(source, bucket, inFlight), environment)
          report(`${contender.name} up`, up)
          const down = await measure(contender.download(bucket, target, inFlight), environment)
          report(`${contender.name} down`, down)
          if (countFiles(target) !== countFiles(source))
            throw new Error(`${contender.name} did not bring every file back`)
          fs.rmSync(target, { recursive: true })
        }
      }
    })
  }
})

const unchanged = (contenders: ReadonlyArray<Contender>, count: number): Row => ({
  name: `second sync of ${count} unchanged files`,
  run: async (runs, folder, report) => {
    const source = path.join(folder, "source")
    manyFiles(source, count, 100)
    await withEmulator(["--store", "memory"], async (emulator) => {
      const sync = (contender: Contender) =>
        measure(contender.upload(source, "bench-unchanged", transfers), contender.environment(emulator))
      const [first] = contenders
      if (first === undefined) return
      await sync(first)
      for (let run = 0; run < runs; run++) {
        for (const contender of contenders) report(contender.name, await sync(contender))
      }
    })
  }
})

const listing = (contenders: ReadonlyArray<Contender>, count: number): Row => ({
  name: `listing ${count} names`,
  run: async (runs, folder, report) => {
    const source = path.join(folder, "source")
    manyFiles(source, count, 1)
    await withEmulator(["--store", "memory"], async (emulator) => {
      const [first] = contenders
      if (first === undefined) return
      await measure(first.upload(source, "bench-listing", transfers), first.environment(emulator))
      for (let run = 0; run < runs; run++) {
        for (const contender of contenders) {
          report(contender.name, await measure(contender.list("bench-listing"), contender.environment(emulator)))
        }
      }
    })
  }
})

const small = (folder: string) => manyFiles(folder, 10_000, 4096)
const large = (folder: string) => oneFile(folder, 2 * 1024 ** 3)

export const syncRows = (contenders: ReadonlyArray<Contender>): Readonly<Record<string, Row>> => ({
  small: upAndDown(contenders, "10,000 files of 4 KiB", undefined, small),
  large: upAndDown(contenders, "one file of 2 GiB", undefined, large),
  unchanged: unchanged(contenders, 50_000),
  list: listing(contenders, 200_000),
  "small-40ms": upAndDown(contenders, "10,000 files of 4 KiB, 40 ms latency", "40ms", small),
  "large-40ms": upAndDown(contenders, "one file of 2 GiB, 40 ms latency", "40ms", large)
})
