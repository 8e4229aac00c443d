/** What it takes to start: commands that do nothing else. */
import * as path from "node:path"
import type { Contender } from "./Contenders.ts"
import { limitName } from "./Limit.ts"
import { measure, measureAverage } from "./Measure.ts"
import { inTurn, type Row } from "./Row.ts"

/** Starts for one figure: the system counts CPU time in steps of 10 ms. */
const startsEach = 20

export const startRow = (contenders: ReadonlyArray<Contender>): Row => ({
  name: `start, each figure of ${startsEach} starts`,
  run: async (runs, folder, report) => {
    const environment = { NODE_COMPILE_CACHE: path.join(folder, "compiled") }
    const works = [...new Set(contenders.flatMap(({ starts }) => Object.keys(starts)))]
    // What only a first start does is not measured.
    for (const { starts } of contenders) {
      for (const command of Object.values(starts)) await measure(command, environment)
    }
    for (let run = 0; run < runs; run++) {
      for (const work of works) {
        for (const { name, starts } of inTurn(contenders, run)) {
          const command = starts[work]
          if (command === undefined) continue
          report(name, work, await measureAverage(command, environment, startsEach))
        }
        report(limitName, work, await measureAverage([process.execPath, "-e", "0"], environment, startsEach))
      }
    }
  }
})
