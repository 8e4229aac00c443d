/** What a package runs belongs to the run that asked for it: tracer, logger, clock and the turns of its account go along. */
import { type ESTree, Visitor } from "rolldown/utils"
import { lineAt, type ParsedFile } from "./ParsedFile.ts"
import type { Problem } from "./Problem.ts"

/** Each begins with an empty context, and has a sister of that name that is given one. */
const bare: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["Effect", new Set(["runPromise", "runPromiseExit", "runFork", "runCallback", "runSync", "runSyncExit"])],
  ["Stream", new Set(["toAsyncIterable", "toReadableStream"])]
])

/** By what a file calls `effect/Effect` and `effect/Stream`: as a module, or by the names it takes out of it. */
interface Known {
  readonly modules: Map<string, ReadonlySet<string>>
  readonly names: Map<string, string>
}

const nameOf = (node: ESTree.Node): string | undefined =>
  node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : undefined

const knownIn = (program: ESTree.Program): Known => {
  const known: Known = { modules: new Map(), names: new Map() }
  new Visitor({
    ImportDeclaration: ({ source, specifiers }) => {
      const [root, module = ""] = source.value.split("/")
      if (root !== "effect") return
      for (const each of specifiers) {
        const taken = each.type === "ImportSpecifier" ? nameOf(each.imported) : undefined
        const runners = bare.get(taken !== undefined && module === "" ? taken : module)
        if (runners === undefined) continue
        if (taken === undefined || module === "") known.modules.set(each.local.name, runners)
        else if (runners.has(taken)) known.names.set(each.local.name, taken)
      }
    }
  }).visit(program)
  return known
}

export const checkRunners = (file: ParsedFile): ReadonlyArray<Problem> => {
  const { modules, names } = knownIn(file.program)
  const problems: Array<Problem> = []
  const refuse = (offset: number, runner: string) =>
    problems.push({
      path: file.path,
      rule: "runners",
      what: `line ${lineAt(file, offset)} uses ${runner}, which loses the context of the run: take it once with Effect.context and use ${runner}With`
    })
  new Visitor({
    MemberExpression: ({ object, property, start }) => {
      const member = nameOf(property)
      if (object.type !== "Identifier" || member === undefined) return
      if (modules.get(object.name)?.has(member) === true) refuse(start, member)
    },
    ImportSpecifier: ({ local, start }) => {
      const runner = names.get(local.name)
      if (runner !== undefined) refuse(start, runner)
    }
  }).visit(file.program)
  return problems
}
