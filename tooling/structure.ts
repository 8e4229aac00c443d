/**
 * The rules of the tree that a machine can check. Run as a program this module reads the checkout and prints what is
 * wrong; `structure/` has the rules, one file each.
 */
import * as path from "node:path"
import { checkDependencies } from "./structure/dependencies.ts"
import { checkEnvironment } from "./structure/environment.ts"
import { checkFaceWords } from "./structure/faceWords.ts"
import { checkHostProcess, checkProcessImport } from "./structure/hostProcess.ts"
import { importsOf } from "./structure/Imports.ts"
import { checkNames } from "./structure/names.ts"
import { type ParsedFile, parse } from "./structure/ParsedFile.ts"
import type { Problem } from "./structure/Problem.ts"
import { roomOrder } from "./structure/roomOrder.ts"
import { checkArrow, checkRoom } from "./structure/rooms.ts"
import { checkRunners } from "./structure/runners.ts"
import { isCode, readTree, type SourceFile } from "./structure/SourceFile.ts"
import { stillAllowed } from "./structure/stillAllowed.ts"
import { workspacesOf } from "./structure/Workspace.ts"

/** The rules for what a package ships; its `src/testing` is for tests, of strangers too. */
const shipped = /^packages\/[^/]+\/src\/(?!testing\/)/

const problemsOf = (files: ReadonlyArray<SourceFile>): ReadonlyArray<Problem> => {
  const workspaces = workspacesOf(files)
  const outcomes = files.filter(({ path }) => isCode(path)).map(parse)
  const parsed = outcomes.filter((one): one is ParsedFile => "program" in one)
  const imports = importsOf(parsed, workspaces)
  const inShipped = parsed
    .filter(({ path }) => shipped.test(path))
    .flatMap((file) =>
      [checkHostProcess, checkEnvironment, checkFaceWords, checkRunners].flatMap((check) => check(file))
    )
  const inRooms = Object.keys(roomOrder).flatMap((folder) =>
    parsed.filter(({ path }) => path.startsWith(`${folder}/src/`)).flatMap(({ path }) => checkRoom(path, folder))
  )
  return [
    ...outcomes.filter((one): one is Problem => "rule" in one),
    ...files.flatMap(checkNames),
    ...checkDependencies(imports, workspaces),
    ...inShipped,
    ...inRooms,
    ...imports.filter(({ from }) => shipped.test(from.path)).flatMap(checkProcessImport),
    ...imports.filter(({ area }) => area === "src").flatMap(checkArrow)
  ]
}

/**
 * One line for each broken rule, `path: what`, in the order of the paths, and one for each entry of `allowed` that allows
 * nothing. `files` holds sources and `package.json`s.
 */
export const checkStructure = (
  files: ReadonlyArray<SourceFile>,
  allowed: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const problems = problemsOf(files)
  const entries = allowed.map((entry) => ({ entry, pattern: entry.split(": ")[0] ?? "", rule: entry.split(": ")[1] }))
  const allows = ({ pattern, rule }: (typeof entries)[number], problem: Problem) =>
    rule === problem.rule && path.posix.matchesGlob(problem.path, pattern)
  const broken = problems.filter((problem) => !entries.some((entry) => allows(entry, problem)))
  const needless = entries.filter((entry) => !problems.some((problem) => allows(entry, problem)))
  return [
    ...broken.map((problem) => `${problem.path}: ${problem.what}`),
    ...needless.map(({ entry }) => `tooling/structure/stillAllowed.ts: "${entry}" is no longer needed: remove it`)
  ].sort()
}

if (import.meta.main) {
  const problems = checkStructure(readTree(path.join(import.meta.dirname, "..")), stillAllowed)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}
