/**
 * Runs test files when its parent asks for them, with one vitest that keeps what it has read: only what was changed is read
 * and transformed again. The tests themselves run in a process that is new for each order.
 */
import * as path from "node:path"
import { createVitest } from "vitest/node"

export interface Order {
  /** Paths in the checkout. */
  readonly files: ReadonlyArray<string>
  /** What is not as it was at the last order. */
  readonly changed: ReadonlyArray<string>
  /** Whether one failure is enough. */
  readonly bail: boolean
}

export interface FileResult {
  readonly passed: boolean
  readonly seconds: number
}

export interface Answer {
  readonly passed: boolean
  /** What was finished, by the path in the checkout. */
  readonly files: ReadonlyArray<readonly [file: string, result: FileResult]>
}

const root = path.resolve(import.meta.dirname, "..", "..")
const { MUTATION_HOME: HOME, MUTATION_TMPDIR: TMPDIR } = process.env
const vitest = await createVitest("test", {
  root,
  watch: false,
  reporters: [],
  maxWorkers: 1,
  fsModuleCache: false,
  cache: false,
  env: { HOME, TMPDIR }
})
await vitest.standalone()

const specificationOf = (file: string) => {
  const id = path.join(root, file)
  const project = vitest.projects.find((one) => one.matchesTestGlob(id))
  if (project === undefined) throw new Error(`${file} is no test of any project`)
  return project.createSpecification(id)
}

const follow = async ({ bail, changed, files }: Order): Promise<Answer> => {
  for (const file of changed) vitest.invalidateFile(path.join(root, file))
  for (const { config } of [vitest, ...vitest.projects]) config.bail = bail ? 1 : 0
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(files.map(specificationOf))
  // What earlier orders came to is among them.
  const asked = testModules.filter(({ moduleId }) => files.includes(path.relative(root, moduleId)))
  const finished = asked.filter((module) => ["passed", "failed"].includes(module.state()))
  return {
    passed: unhandledErrors.length === 0 && asked.every((module) => module.state() === "passed"),
    files: finished.map((module) => [
      path.relative(root, module.moduleId),
      { passed: module.state() === "passed", seconds: module.diagnostic().duration / 1000 }
    ])
  }
}

process.on("message", async (order: Order) => process.send?.(await follow(order)))
process.on("disconnect", () => process.exit())
