/** What is measured of transfers: each row prepares once, and every contender does the same work on a place of its own. */
import * as fs from "node:fs"
import * as path from "node:path"
import { b2Environment, type Contender } from "./Contenders.ts"
import { manyFiles, oneFile } from "./Dataset.ts"
import { withEmulator } from "./EmulatorProcess.ts"
import { limitName, measureLimit } from "./Limit.ts"
import type { Step } from "./limit/Step.ts"
import { measure } from "./Measure.ts"
import { countFiles, inTurn, type Row } from "./Row.ts"

/** Files in flight, for every contender alike. */
const transfers = 32
const transfersWithLatency = 64

const bucketOf = (contender: Contender, run: number) => `bench-${contender.name.replace(/[^a-z0-9]+/g, "-")}-${run}`

interface Files {
  readonly name: string
  readonly make: (folder: string) => void
  /** What has to be done with the bytes before they go. */
  readonly limit: (folder: string) => ReadonlyArray<Step>
}

const small: Files = {
  name: "10,000 files of 4 KiB",
  make: (folder) => manyFiles(folder, 10_000, 4096),
  limit: (folder) => [{ do: "sha1", folder }]
}

const large: Files = {
  name: "one file of 2 GiB",
  make: (folder) => oneFile(folder, 2 * 1024 ** 3),
  // Once for the whole and once for the parts.
  limit: (folder) => [
    { do: "sha1", folder },
    { do: "sha1", folder }
  ]
}

/** Uploads, then downloads what was uploaded; both are measured. */
const upAndDown = (contenders: ReadonlyArray<Contender>, files: Files, latency?: string): Row => ({
  name: latency === undefined ? files.name : `${files.name}, ${latency} latency`,
  run: async (runs, folder, report) => {
    const source = path.join(folder, "source")
    const copy = path.join(folder, "limit")
    files.make(source)
    const latencyFlags = latency === undefined ? [] : ["--latency", latency]
    const inFlight = latency === undefined ? transfers : transfersWithLatency
    await withEmulator(["--store", path.join(folder, "store"), ...latencyFlags], async (emulator) => {
      for (let run = 0; run < runs; run++) {
        for (const contender of inTurn(contenders, run)) {
          const bucket = bucketOf(contender, run)
          const target = path.join(folder, bucket)
          const environment = contender.environment(emulator)
          report(contender.name, "up", await measure(contender.upload(source, bucket, inFlight), environment))
          report(contender.name, "down", await measure(contender.download(bucket, target, inFlight), environment))
          if (countFiles(target) !== countFiles(source))
            throw new Error(`${contender.name} did not bring every file back`)
          fs.rmSync(target, { recursive: true })
        }
        report(limitName, "up", await measureLimit(files.limit(source)))
        report(limitName, "down", await measureLimit([{ do: "sha1", folder: source, target: copy }]))
        fs.rmSync(copy, { recursive: true })
      }
    })
  }
})

/** What `work` costs once `count` files are in a bucket, where the last contender has put them. */
const withStored = (
  contenders: ReadonlyArray<Contender>,
  name: string,
  make: (folder: string) => void,
  work: (contender: Contender, source: string, bucket: string) => ReadonlyArray<string>,
  limit: (source: string, bucket: string) => ReadonlyArray<Step>
): Row => ({
  name,
  run: async (runs, folder, report) => {
    const source = path.join(folder, "source")
    const bucket = "bench-stored"
    make(source)
    await withEmulator(["--store", "memory"], async (emulator) => {
      const first = contenders.at(-1)
      if (first === undefined) return
      await measure(first.upload(source, bucket, transfers), first.environment(emulator))
      for (let run = 0; run < runs; run++) {
        for (const contender of inTurn(contenders, run)) {
          const command = work(contender, source, bucket)
          report(contender.name, "", await measure(command, contender.environment(emulator)))
        }
        report(limitName, "", await measureLimit(limit(source, bucket), b2Environment(emulator)))
      }
    })
  }
})

export const syncRows = (contenders: ReadonlyArray<Contender>): Readonly<Record<string, Row>> => ({
  small: upAndDown(contenders, small),
  large: upAndDown(contenders, large),
  unchanged: withStored(
    contenders,
    "second sync of 50,000 unchanged files",
    (folder) => manyFiles(folder, 50_000, 100),
    (contender, source, bucket) => contender.upload(source, bucket, transfers),
    (folder, bucket) => [
      { do: "walk", folder },
      { do: "list", bucket }
    ]
  ),
  list: withStored(
    contenders,
    "listing 200,000 names",
    (folder) => manyFiles(folder, 200_000, 1),
    (contender, _source, bucket) => contender.list(bucket),
    (_folder, bucket) => [{ do: "list", bucket }]
  ),
  "small-40ms": upAndDown(contenders, small, "40ms"),
  "large-40ms": upAndDown(contenders, large, "40ms")
})
