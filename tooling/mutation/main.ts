/**
 * `npm run mutation -- [--count N] [--seed N] [--package NAME ...] [--tests N]`: makes N small wrong changes, one at a
 * time, in a copy of this checkout, and runs the tests that import the changed file, nearest first, at most `--tests`
 * files of them. A change that no test notices is printed: a test is missing there, or the change changes nothing.
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
    package: { type: "string", multiple: true, default: ["core", "provider-b2", "backup"] }
  }
})
const [count, seed, mostTests] = [Number(values.count), Number(values.seed), Number(values.tests)]

const sandbox = Sandbox.make(path.join(import.meta.dirname, "../.."))
const stop = () => {
  sandbox.remove()
  process.exit(130)
}
process.once("SIGINT", stop)
process.once("SIGTERM", stop)

const files = readTree(sandbox.root)
const parsed = files
  .filter((file) => isCode(file.path))
  .map(parse)
  .filter((one): one is ParsedFile => "program" in one)
const importers = importersOf(parsed, workspacesOf(files))
const isMutated = ({ path: file }: ParsedFile) =>
  values.package.some((name) => file.startsWith(`packages/${name}/src/`)) &&
  !file.endsWith(".d.ts") &&
  !file.includes("/src/testing/")
const mutants = draw(parsed.filter(isMutated).flatMap(mutantsOf), count, seed)
const testsOf = (mutant: Mutant) => relatedTests(importers, mutant.file.path).slice(0, mostTests)

/** Seconds that each test file takes as the code is; -1 for one that fails, which says nothing about a mutant. */
const usual = new Map<string, number>()

/** Those of `tests` that pass without a change, each tried once. */
const sound = async (tests: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const unknown = tests.filter((test) => !usual.has(test))
  const { files: results } =
    unknown.length === 0 ? { files: new Map() } : await TestRun.run(sandbox, unknown, { seconds: 1800, bail: false })
  for (const test of unknown) {
    const result = results.get(test)
    usual.set(test, result?.passed ? result.seconds : -1)
    if (!result?.passed) console.log(`left out, fails without a change: ${test}`)
  }
  sandbox.tidy()
  return tests.filter((test) => (usual.get(test) ?? -1) >= 0)
}

/** A few tests first: they notice most, and a start of vitest costs more than they do. */
const batchesOf = (tests: ReadonlyArray<string>) => [tests.slice(0, 4), tests.slice(4)]

type Verdict = "failed" | "hung" | "survived" | "untested"

const judge = async (mutant: Mutant): Promise<Verdict> => {
  let verdict: Verdict = "untested"
  for (const batch of batchesOf(testsOf(mutant))) {
    const tests = await sound(batch)
    if (tests.length === 0) continue
    const seconds = tests.reduce((sum, test) => sum + 4 * (usual.get(test) ?? 0), 60)
    sandbox.write(mutant.file.path, textWith(mutant))
    const { outcome } = await TestRun.run(sandbox, tests, { seconds, bail: true })
    sandbox.write(mutant.file.path, mutant.file.text)
    sandbox.tidy()
    if (outcome !== "passed") return outcome
    verdict = "survived"
  }
  return verdict
}

try {
  const verdicts: Record<Verdict, number> = { failed: 0, hung: 0, survived: 0, untested: 0 }
  for (const [index, mutant] of mutants.entries()) {
    const verdict = await judge(mutant)
    verdicts[verdict] += 1
    if (verdict !== "failed") console.log(`${verdict.padEnd(8)} ${describe(mutant)}`)
    if (process.stderr.isTTY || (index + 1) % 10 === 0) console.error(`${index + 1} of ${mutants.length}`)
  }
  const found = verdicts.failed + verdicts.hung
  const share = ((100 * found) / Math.max(mutants.length, 1)).toFixed(1)
  console.log(`found ${found} of ${mutants.length} (${share} %), ${verdicts.hung} of them by a hang; seed ${seed}`)
} finally {
  sandbox.remove()
}
