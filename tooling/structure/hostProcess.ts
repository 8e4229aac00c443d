/** The process belongs to the app: a package learns what it runs on, and leaves signals, exit, folder and environment alone. */
import { type ESTree, Visitor } from "rolldown/utils"
import type { Import } from "./Imports.ts"
import { lineAt, type ParsedFile } from "./ParsedFile.ts"
import type { Problem } from "./Problem.ts"

/**
 * What it runs on, who runs it, and how much of the machine it has used: `cpuUsage` measures as `hrtime` does, and the scrypt of a
 * key is made as dear as half a second of CPU, whatever else the machine does meanwhile. Nothing here is what a user said.
 */
const harmless = new Set([
  "platform",
  "arch",
  "versions",
  "pid",
  "getuid",
  "geteuid",
  "getgid",
  "memoryUsage",
  "cpuUsage",
  "hrtime"
])

const remedy = `a package reads only ${[...harmless].join(", ")} of it; the app hands in the rest`

/** The name after the dot or in the brackets; undefined when it is only known at run time. */
const memberOf = (node: ESTree.MemberExpression): string | undefined => {
  if (!node.computed) return node.property.type === "Identifier" ? node.property.name : undefined
  return node.property.type === "Literal" && typeof node.property.value === "string" ? node.property.value : undefined
}

/** What is used that is not harmless, by its offset. */
const usesOf = (program: ESTree.Program): ReadonlyMap<number, string> => {
  const uses = new Map<number, string>()
  /** Offsets at which the words `process`, `globalThis` and `global` are a harmless use, or the name of a property. */
  const passed = new Set<number>()
  const name = (node: { readonly key: ESTree.Node; readonly computed?: boolean; readonly shorthand?: boolean }) => {
    if (!node.computed && !node.shorthand) passed.add(node.key.start)
  }
  new Visitor({
    MemberExpression: (node) => {
      if (!node.computed) passed.add(node.property.start)
      const { object } = node
      if (object.type !== "Identifier") return
      const member = memberOf(node)
      const isGlobal = object.name === "globalThis" || object.name === "global"
      if (isGlobal && member !== undefined && member !== "process") passed.add(object.start)
      if (isGlobal && member === "process") uses.set(object.start, `${object.name}.process`)
      if (object.name === "process" && member !== undefined && harmless.has(member)) passed.add(object.start)
      else if (object.name === "process") uses.set(object.start, `process.${member ?? "[…]"}`)
    },
    Property: name,
    MethodDefinition: name,
    PropertyDefinition: name,
    TSPropertySignature: name,
    TSMethodSignature: name,
    Identifier: (node) => {
      const isHost = node.name === "process" || node.name === "globalThis" || node.name === "global"
      if (isHost && !passed.has(node.start) && !uses.has(node.start)) uses.set(node.start, node.name)
    }
  }).visit(program)
  return uses
}

export const checkHostProcess = (file: ParsedFile): ReadonlyArray<Problem> =>
  [...usesOf(file.program)].map(([offset, text]) => ({
    path: file.path,
    rule: "process",
    what: `line ${lineAt(file, offset)} uses ${text}: ${remedy}`
  }))

export const checkProcessImport = (one: Import): ReadonlyArray<Problem> =>
  /^(node:)?process$/.test(one.specifier)
    ? [{ path: one.from.path, rule: "process", what: `imports "${one.specifier}": ${remedy}` }]
    : []
