/**
 * `node tooling/mutation/contract.ts [--count N] [--seed N] [--least N]`: makes N small wrong changes of the provider in
 * memory, one at a time, and holds each to the checks that every provider is held to. A change that no check notices is
 * printed: a check is missing, or the change belongs to `contractHarmless.ts`. Ends with 1 when fewer than `--least` were noticed.
 */
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { Worker } from "node:worker_threads"
import { type ParsedFile, parse } from "../structure/ParsedFile.ts"
import { readTree } from "../structure/SourceFile.ts"
import { harmless } from "./contractHarmless.ts"
import type { Change } from "./contractWorker.ts"
import { draw } from "./draw.ts"
import { describe, type Mutant, textWith } from "./Mutant.ts"
import { mutantsOf } from "./mutantsOf.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    least: { type: "string", default: "95" }
  }
})
const [count, seed, least] = [Number(values.count), Number(values.seed), Number(values.least)]

const root = path.join(import.meta.dirname, "../..")
/** Seconds after which a change is taken to hang; all the checks take a fraction of it. */
const patience = 45

const mutants = draw(
  readTree(root)
    .filter((file) => /^packages\/core\/src\/testing\/Memory\w+\.ts$/.test(file.path))
    .map(parse)
    .filter((one): one is ParsedFile => "program" in one)
    .flatMap(mutantsOf)
    .filter((mutant) => !harmless.some(({ line }) => line.test(describe(mutant)))),
  count,
  seed
)

let worker: Worker | undefined

/** The name of the check that noticed, or what else became of it; undefined where nobody noticed. */
const judge = (mutant: Mutant) =>
  new Promise<string | undefined>((resolve, reject) => {
    const running = worker ?? new Worker(new URL("./contractWorker.ts", import.meta.url))
    worker = running
    const end = (check: string | undefined) => {
      clearTimeout(timer)
      running.off("message", end).off("error", fail)
      resolve(check)
    }
    const endWith = (what: string) => {
      worker = undefined
      void running.terminate()
      end(what)
    }
    const fail = (error: unknown) => (isSound ? endWith(`it throws outside of a check: ${error}`) : reject(error))
    const timer = setTimeout(() => endWith("it hangs"), patience * 1000)
    running.on("message", end).on("error", fail)
    const change: Change = { address: pathToFileURL(path.join(root, mutant.file.path)).href, text: textWith(mutant) }
    running.postMessage(change)
  })

/** Whether one was judged: before that an error is one of the provider as it is. */
let isSound = false
let found = 0
const byCheck = new Map<string, number>()
for (const mutant of mutants) {
  const check = await judge(mutant)
  isSound = true
  if (check === undefined) console.log(`survived ${describe(mutant)}`)
  else {
    found += 1
    byCheck.set(check, (byCheck.get(check) ?? 0) + 1)
  }
}
await worker?.terminate()
for (const [check, times] of [...byCheck].sort((a, b) => b[1] - a[1]))
  console.log(`${String(times).padStart(4)} ${check}`)
console.log(`the contract found ${found} of ${mutants.length} changes; seed ${seed}`)
process.exitCode = found >= least ? 0 : 1
