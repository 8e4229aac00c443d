/** Which package may import which: `apps → tasks → jobs → mount, backup, client → core`, providers beside them. */
import { builtinModules } from "node:module"
import * as path from "node:path"
import type { Import } from "./Imports.ts"
import type { Problem } from "./Problem.ts"
import { scope, type Workspace } from "./Workspace.ts"

/** From the top; each imports what stands in a later row. */
const floors: ReadonlyArray<ReadonlyArray<string>> = [
  ["tasks"],
  ["jobs"],
  ["mount", "backup", "client"],
  ["http", "system"],
  ["core"]
]

/** What `apps/cli` loads when it is asked to: their `src/main.ts`, by `import()`. */
const lazyEntries = new Set(["@ourclone/tui/main", "@ourclone/server/main"])

const belowProviders = new Set(["@ourclone/core", "@ourclone/http", "@ourclone/system"])

/** What core imports besides Node's own modules. */
const ofCore = new Set(["@ourclone/core", "effect", "re2js"])

const packageName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

const isBuiltin = (specifier: string): boolean =>
  specifier.startsWith("node:") || builtinModules.includes(packageName(specifier))

const isProvider = (workspace: Workspace): boolean => workspace.folder.startsWith("packages/provider-")

const floorOf = (workspace: Workspace): number =>
  floors.findIndex((floor) => floor.some((name) => workspace.folder === `packages/${name}`))

const betweenApps = (one: Import): string | undefined => {
  if (one.workspace.folder !== "apps/cli" || !lazyEntries.has(one.specifier)) return "apps never import each other"
  return one.kind === "lazy" ? undefined : "apps/cli loads another app's entry only by import()"
}

const fromProvider = (from: Workspace, target: Workspace): string | undefined => {
  if (!isProvider(target))
    return belowProviders.has(target.name) ? undefined : "providers need only core, http and system"
  const isException = from.name === "@ourclone/provider-b2" && target.name === "@ourclone/provider-s3"
  return isException ? undefined : "providers never import each other"
}

const betweenFloors = (one: Import, target: Workspace): string | undefined => {
  // Their tests may need a provider.
  if (isProvider(target)) return one.area === "test" ? undefined : "providers are named by apps alone"
  const from = floorOf(one.workspace)
  const to = floorOf(target)
  return from < 0 || to < 0 || from < to
    ? undefined
    : "packages import downwards only: tasks, jobs, mount and backup and client, core"
}

/** What the package of the importing file forbids to import, as a sentence; undefined when nothing. */
const forbidden = (one: Import, target: Workspace): string | undefined => {
  const { folder } = one.workspace
  if (target.name === one.workspace.name) return undefined
  if (folder.startsWith("apps/") && target.folder.startsWith("apps/")) return betweenApps(one)
  if (folder === "tooling/b2-emulator" && one.area === "src" && target.folder.startsWith("packages/")) {
    return "the B2 emulator imports nothing from packages/"
  }
  if (!folder.startsWith("packages/")) return undefined
  if (target.folder.startsWith("apps/")) return "packages never import apps"
  if (target.folder.startsWith("tooling")) {
    // Their tests may talk to the emulator.
    return one.area === "test" ? undefined : "packages never import tooling"
  }
  return isProvider(one.workspace) ? fromProvider(one.workspace, target) : betweenFloors(one, target)
}

const checkRelative = (one: Import): string | undefined => {
  if (one.area === "other") return undefined
  const target = path.posix.join(path.posix.dirname(one.from.path), one.specifier)
  return target.startsWith(`${one.workspace.folder}/`) ? undefined : "a relative import never leaves its package"
}

const check = (one: Import, workspaces: ReadonlyArray<Workspace>): string | undefined => {
  if (isBuiltin(one.specifier)) return undefined
  if (one.specifier.startsWith(".")) return checkRelative(one)
  const name = packageName(one.specifier)
  if (one.workspace.name === "@ourclone/core" && one.area === "src" && !ofCore.has(name)) {
    return "core imports effect, re2js, its own files and node: builtins only"
  }
  const target = workspaces.find((workspace) => workspace.name === name)
  const sentence = target && forbidden(one, target)
  if (sentence) return sentence
  if (!name.startsWith(scope) || name === one.workspace.name) return undefined
  const declared = one.area === "src" ? one.workspace.shipped : one.workspace.declared
  const list = one.area === "src" ? "dependencies" : "dependencies or devDependencies"
  return declared.has(name) ? undefined : `${one.workspace.folder}/package.json does not list ${name} in its ${list}`
}

export const checkDependencies = (
  imports: ReadonlyArray<Import>,
  workspaces: ReadonlyArray<Workspace>
): ReadonlyArray<Problem> =>
  imports
    .filter((one) => one.kind !== "address")
    .flatMap((one) => {
      const problem = check(one, workspaces)
      if (problem === undefined) return []
      return [{ path: one.from.path, rule: "imports", what: `imports "${one.specifier}": ${problem}` }]
    })
