/**
 * `npm run mutation -- [--count N] [--seed N] [--package NAME ...] [--tests N] [--from N]`: makes N small wrong changes, one
 * at a time, in a copy of this checkout, and runs the tests that import the changed file, nearest first, at most `--tests`
 * files of them. A change that no test notices is printed: a test is missing there, or the change changes nothing. A run
 * that was stopped goes on with `--from`: the same seed draws the same changes of the same code.
 */
import * as path from "node:path"
import { parseArgs } from "node:util"
import { type ParsedFile, parse } from "../structure/ParsedFile.ts"
import { isCode, readTree } from "../structure/SourceFile.ts"
import { workspacesOf } from "../structure/Workspace.ts"
import { draw } from "./draw.ts"
import { describe, type Mutant, textWith } from "./Mutant.ts"
import { mutantsOf } from "./mutantsOf.ts"
import { importersOf, relatedTests } from "./RelatedTests.ts"
import * as Sandbox from "./Sandbox.ts"
import * as TestRun from "./TestRun.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    tests: { type: "string", default: "24" },
    from: { type: "string", default: "0" },
    package: { type: "string", multiple: true, default: ["core", "provider-b2", "backup"] }
  }
})
const [count, seed, mostTests, from] = [values.count, values.seed, values.tests, values.from].map(Number) as [
  number,
  number,
  number,
  number
]

/** Each has a sandbox, and looks at one mutant at a time. */
const lanes = Array.from({ length: 2 }, () => {
  const sandbox = Sandbox.make(path.join(import.meta.dirname, "../.."))
  return { sandbox, tests: TestRun.open(sandbox) }
})
type Lane = (typeof lanes)[number]
const remove = () => {
  for (const { sandbox, tests } of lanes) {
    tests.close()
    sandbox.remove()
  }
}
const stop = () => {
  remove()
  process.exit(130)
}
process.once("SIGINT", stop)
process.once("SIGTERM", stop)

const files = readTree(path.join(import.meta.dirname, "../.."))
const parsed = files
  .filter((file) => isCode(file.path))
  .map(parse)
  .filter((one): one is ParsedFile => "program" in one)
const importers = importersOf(parsed, workspacesOf(files))
const isMutated = ({ path: file }: ParsedFile) =>
  values.package.some((name) => file.startsWith(`packages/${name}/src/`)) &&
  !file.endsWith(".d.ts") &&
  !file.includes("/src/testing/")
const mutants = draw(parsed.filter(isMutated).flatMap(mutantsOf), count, seed).slice(from)
const testsOf = (mutant: Mutant) => relatedTests(importers, mutant.file.path).slice(0, mostTests)

/** Seconds that each test file takes as the code is; -1 for one that fails, which says nothing about a mutant. */
const usual = new Map<string, number>()

/** Those of `tests` that pass without a change, each tried once. */
const sound = async ({ sandbox, tests }: Lane, files: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const unknown = files.filter((file) => !usual.has(file))
  for (const file of unknown) {
    const { files: results, outcome } = await tests.run({ files: [file], bail: false }, 600)
    const result = results.get(file)
    usual.set(file, outcome === "passed" && result !== undefined ? result.seconds : -1)
    if (outcome !== "passed") console.log(`left out, fails without a change: ${file}`)
    sandbox.tidy()
  }
  return files.filter((file) => (usual.get(file) ?? -1) >= 0)
}

/** A few tests first: they notice most. */
const batchesOf = (tests: ReadonlyArray<string>) => [tests.slice(0, 3), tests.slice(3, 8), tests.slice(8)]

type Verdict = "failed" | "hung" | "survived" | "untested"

const judge = async (lane: Lane, mutant: Mutant): Promise<Verdict> => {
  const { sandbox, tests } = lane
  let verdict: Verdict = "untested"
  for (const batch of batchesOf(testsOf(mutant))) {
    const files = await sound(lane, batch)
    if (files.length === 0) continue
    const seconds = files.reduce((sum, file) => sum + 4 * (usual.get(file) ?? 0), 40)
    sandbox.write(mutant.file.path, textWith(mutant))
    const { outcome } = await tests.run({ files, bail: true }, seconds)
    sandbox.write(mutant.file.path, mutant.file.text)
    sandbox.tidy()
    if (outcome !== "passed") return outcome
    verdict = "survived"
  }
  return verdict
}

const verdicts: Record<Verdict, number> = { failed: 0, hung: 0, survived: 0, untested: 0 }
let judged = 0
const waiting = mutants.values()

const work = async (lane: Lane): Promise<void> => {
  for (const mutant of waiting) {
    const verdict = await judge(lane, mutant)
    verdicts[verdict] += 1
    judged += 1
    if (verdict !== "failed") console.log(`${verdict.padEnd(8)} ${describe(mutant)}`)
    if (process.stderr.isTTY || judged % 10 === 0) console.error(`${judged} of ${mutants.length}`)
  }
}

try {
  await Promise.all(lanes.map(work))
  const found = verdicts.failed + verdicts.hung
  const share = ((100 * found) / Math.max(mutants.length, 1)).toFixed(1)
  console.log(`found ${found} of ${mutants.length} (${share} %), ${verdicts.hung} of them by a hang; seed ${seed}`)
} finally {
  remove()
}
