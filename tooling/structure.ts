/**
 * The rules of the tree that a machine can check: who may import whom, what a file may be called, how long it may be.
 * `checkStructure` is pure; run as a program this module reads the checkout and prints what is wrong.
 */
import * as fs from "node:fs"
import { builtinModules } from "node:module"
import * as path from "node:path"

export interface SourceFile {
  /** Relative to the root of the checkout, with `/`. */
  readonly path: string
  readonly text: string
}

interface Workspace {
  readonly folder: string
  readonly name: string
  readonly declared: ReadonlySet<string>
  readonly shipped: ReadonlySet<string>
}

interface Import {
  readonly from: SourceFile
  readonly specifier: string
  readonly workspace: Workspace
  /** Root-level configuration of a package, such as `vitest.config.ts`. */
  readonly area: "src" | "test" | "other"
}

const scope = "@ourclone/"
const maximumLines = 500
const vagueNames = new Set(["util", "utils", "helper", "helpers", "common", "misc"])
const isCode = (file: string): boolean => /\.(ts|tsx|mts|mjs|js)$/.test(file)

const workspacesOf = (files: ReadonlyArray<SourceFile>): ReadonlyArray<Workspace> =>
  files
    .filter((file) => /(^|\/)package\.json$/.test(file.path) && JSON.parse(file.text).name?.startsWith(scope))
    .map((file) => {
      const manifest = JSON.parse(file.text)
      const shipped = Object.keys(manifest.dependencies ?? {})
      return {
        folder: path.posix.dirname(file.path),
        name: manifest.name,
        shipped: new Set(shipped),
        declared: new Set([...shipped, ...Object.keys(manifest.devDependencies ?? {})])
      }
    })
    .sort((left, right) => right.folder.length - left.folder.length) // tooling/b2-emulator before tooling

const withoutComments = (text: string): string =>
  text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*(\/\/|\*).*$/gm, "")

const specifiersOf = (text: string): ReadonlyArray<string> => {
  const patterns = [
    /^\s*(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\bimport\(\s*["']([^"']+)["']\s*\)/g
  ]
  const code = withoutComments(text)
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ""))
}

const packageName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

const isBuiltin = (specifier: string): boolean =>
  specifier.startsWith("node:") || builtinModules.includes(packageName(specifier))

const isRelative = (specifier: string): boolean => specifier.startsWith(".")

const importsOf = (files: ReadonlyArray<SourceFile>, workspaces: ReadonlyArray<Workspace>): ReadonlyArray<Import> =>
  files
    .filter((file) => isCode(file.path))
    .flatMap((from) => {
      const workspace = workspaces.find(({ folder }) => from.path.startsWith(`${folder}/`))
      if (!workspace) return []
      const inside = from.path.slice(workspace.folder.length + 1)
      const area = inside.startsWith("src/") ? "src" : inside.startsWith("test/") ? "test" : "other"
      return specifiersOf(from.text).map((specifier): Import => ({ from, specifier, workspace, area }))
    })

/** What the room of the importing file forbids to import, as a sentence; undefined when nothing. */
const forbidden = (one: Import, target: Workspace): string | undefined => {
  const { folder } = one.workspace
  const isPackage = folder.startsWith("packages/")
  const isProvider = folder.startsWith("packages/provider-")
  if (target.name === one.workspace.name) return undefined
  if (folder.startsWith("apps/") && target.folder.startsWith("apps/")) return "apps never import each other"
  if (folder === "tooling/b2-emulator" && one.area === "src" && target.folder.startsWith("packages/")) {
    return "the B2 emulator imports nothing from packages/"
  }
  if (folder === "packages/backup" && target.name === "@ourclone/provider-b2") return "backup never imports provider-b2"
  if (isProvider && target.folder.startsWith("packages/provider-")) {
    const isException = one.workspace.name === "@ourclone/provider-b2" && target.name === "@ourclone/provider-s3"
    return isException ? undefined : "providers never import each other"
  }
  if (isPackage && target.folder.startsWith("apps/")) return "packages never import apps"
  // Their tests may talk to the emulator.
  if (isPackage && target.folder.startsWith("tooling") && one.area !== "test") return "packages never import tooling"
  const isLower = isProvider || ["packages/backup", "packages/mount"].includes(folder)
  if (isLower && target.folder === "packages/tasks") return "tasks stand above backup, mount and the providers"
  return undefined
}

const checkRelative = (one: Import): string | undefined => {
  if (one.area === "other") return undefined
  const target = path.posix.join(path.posix.dirname(one.from.path), one.specifier)
  return target.startsWith(`${one.workspace.folder}/`) ? undefined : "a relative import never leaves its package"
}

const checkImport = (one: Import, workspaces: ReadonlyArray<Workspace>): string | undefined => {
  if (isBuiltin(one.specifier)) return undefined
  if (isRelative(one.specifier)) return checkRelative(one)
  const name = packageName(one.specifier)
  if (one.workspace.name === "@ourclone/core" && one.area === "src" && name !== "effect" && name !== "@ourclone/core") {
    return "core imports effect, its own files and node: builtins only"
  }
  const target = workspaces.find((workspace) => workspace.name === name)
  const sentence = target && forbidden(one, target)
  if (sentence) return sentence
  if (!name.startsWith(scope) || name === one.workspace.name) return undefined
  const declared = one.area === "src" ? one.workspace.shipped : one.workspace.declared
  const list = one.area === "src" ? "dependencies" : "dependencies or devDependencies"
  return declared.has(name) ? undefined : `${one.workspace.folder}/package.json does not list ${name} in its ${list}`
}

const checkFile = (file: SourceFile): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const parts = file.path.split("/")
  const stem = (part: string): string => part.replace(/\..*$/, "").toLowerCase()
  if (isCode(file.path) && stem(parts.at(-1) ?? "") === "index")
    problems.push("no index files: import the module itself")
  const vague = parts.find((part) => vagueNames.has(stem(part)))
  if (vague !== undefined) problems.push(`"${vague}" says nothing: name it after what it holds`)
  const lines = file.text.split("\n").length - (file.text.endsWith("\n") ? 1 : 0)
  if (isCode(file.path) && lines > maximumLines) problems.push(`${lines} lines, more than ${maximumLines}: split it`)
  return problems
}

/** One line for each broken rule, `path: what`, in the order of the paths. `files` holds sources and `package.json`s. */
export const checkStructure = (files: ReadonlyArray<SourceFile>): ReadonlyArray<string> => {
  const workspaces = workspacesOf(files)
  const ofFiles = files.flatMap((file) => checkFile(file).map((problem) => `${file.path}: ${problem}`))
  const ofImports = importsOf(files, workspaces).flatMap((one) => {
    const problem = checkImport(one, workspaces)
    return problem === undefined ? [] : [`${one.from.path}: imports "${one.specifier}": ${problem}`]
  })
  return [...ofFiles, ...ofImports].sort()
}

/** Every source file and `package.json` of packages, apps and tooling, without what tools made. */
export const readTree = (root: string): ReadonlyArray<SourceFile> =>
  ["packages", "apps", "tooling"].flatMap((top) =>
    fs
      .globSync(`${top}/**/*`, {
        cwd: root,
        exclude: (name) => /(^|[/\\])(node_modules|dist|fixtures|\.turbo)$/.test(name)
      })
      .filter((file) => isCode(file) || path.basename(file) === "package.json")
      .map((file) => ({ path: file, text: fs.readFileSync(path.join(root, file), "utf8") }))
  )

if (import.meta.main) {
  const problems = checkStructure(readTree(path.join(import.meta.dirname, "..")))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}
