/** Ways to the environment of the process that do not name it: a child that inherits it, and the home folder, which it tells. */
import { type ESTree, Visitor } from "rolldown/utils"
import { lineAt, type ParsedFile } from "./ParsedFile.ts"
import type { Problem } from "./Problem.ts"

const starters = new Set(["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"])
const readers = new Set(["homedir"])

const sources: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["child_process", starters],
  ["os", readers]
])

/** What a file calls them: the functions by their names here, and the modules that have them. */
const namesIn = (program: ESTree.Program) => {
  const functions = new Map<string, string>()
  const modules = new Map<string, ReadonlySet<string>>()
  new Visitor({
    ImportDeclaration: ({ importKind, source, specifiers }) => {
      const members = sources.get(source.value.replace(/^node:/, ""))
      if (members === undefined || importKind === "type") return
      for (const each of specifiers) {
        if (each.type !== "ImportSpecifier") modules.set(each.local.name, members)
        else if (each.imported.type === "Identifier" && members.has(each.imported.name))
          functions.set(each.local.name, each.imported.name)
      }
    }
  }).visit(program)
  return { functions, modules }
}

const hasEnvironment = (argument: ESTree.Argument): boolean =>
  argument.type === "ObjectExpression" &&
  argument.properties.some(
    (one) => one.type === "Property" && !one.computed && one.key.type === "Identifier" && one.key.name === "env"
  )

export const checkEnvironment = (file: ParsedFile): ReadonlyArray<Problem> => {
  const { functions, modules } = namesIn(file.program)
  /** Where a child is started with an environment that is said, and where a name only stands. */
  const passed = new Set<number>()
  const problems: Array<Problem> = []
  const refuse = (offset: number, name: string) => {
    if (passed.has(offset)) return
    const what = starters.has(name)
      ? `starts a process that inherits the environment (${name}): say its "env", which the app hands in`
      : `uses ${name}, which reads the environment: the app hands in what it says`
    problems.push({ path: file.path, rule: "environment", what: `line ${lineAt(file, offset)} ${what}` })
  }
  new Visitor({
    ImportSpecifier: ({ imported, local }) => {
      passed.add(imported.start)
      passed.add(local.start)
    },
    CallExpression: ({ arguments: given, callee }) => {
      if (given.some(hasEnvironment)) passed.add(callee.start)
    },
    MemberExpression: ({ computed, object, property, start }) => {
      if (!computed) passed.add(property.start)
      if (object.type !== "Identifier" || property.type !== "Identifier") return
      if (modules.get(object.name)?.has(property.name) === true) refuse(start, property.name)
    },
    Property: ({ computed, key, shorthand }) => {
      if (!computed && !shorthand) passed.add(key.start)
    },
    Identifier: ({ name, start }) => {
      const known = functions.get(name)
      if (known !== undefined) refuse(start, known)
    }
  }).visit(file.program)
  return problems
}
