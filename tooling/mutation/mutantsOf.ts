/** Every mutant of a file. Types, imports and text for people are left alone: no run would differ. */
import { type ESTree, Visitor } from "rolldown/utils"
import type { ParsedFile } from "../structure/ParsedFile.ts"
import type { Kind, Mutant } from "./Mutant.ts"
import * as swaps from "./swaps.ts"

/** Text without a space is a word of the code: a tag, a name, a separator. */
const longestWord = 40

const isText = (node: ESTree.Node): boolean =>
  node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string")

const isLeaving = (node: ESTree.Statement): boolean =>
  ["ReturnStatement", "ThrowStatement", "ContinueStatement", "BreakStatement"].includes(node.type) ||
  (node.type === "BlockStatement" && node.body.some(isLeaving)) ||
  (node.type === "ExpressionStatement" && node.expression.type === "YieldExpression")

const isPipe = (callee: ESTree.Expression): boolean =>
  callee.type === "Identifier"
    ? callee.name === "pipe"
    : callee.type === "MemberExpression" && !callee.computed && callee.property.name === "pipe"

/** The name of a service, a span or an error class in a call such as `Effect.fn("open")`: nothing depends on it. */
const isLabelled = (callee: ESTree.Expression): boolean =>
  callee.type === "CallExpression" ||
  (callee.type === "MemberExpression" && !callee.computed && ["fn", "withSpan"].includes(callee.property.name))

export const mutantsOf = (file: ParsedFile): ReadonlyArray<Mutant> => {
  const { text } = file
  const mutants: Array<Mutant> = []
  /** Offsets of literals that are no constants of the code. */
  const passed = new Set<number>()
  let types = 0

  const replace = (kind: Kind, start: number, end: number, replacement: string) =>
    mutants.push({ file: { path: file.path, text }, kind, start, end, replacement })
  const sourceOf = (node: ESTree.Node): string => text.slice(node.start, node.end)
  const swap = (before: ESTree.Node, after: ESTree.Node, operator: string, by: string | undefined) => {
    const at = text.indexOf(operator, before.end)
    if (by !== undefined && at >= 0 && at < after.start) replace("operator", at, at + operator.length, by)
  }
  const negate = (node: ESTree.Node | null) => {
    if (node !== null) replace("condition", node.start, node.end, `!(${sourceOf(node)})`)
  }
  const returnEarly = ({ body }: { readonly body: ESTree.Node | null }) => {
    if (body?.type !== "BlockStatement") {
      if (body !== null) replace("early return", body.start, body.end, "undefined")
    } else if (body.body.length > 0) replace("early return", body.start + 1, body.start + 1, " return;")
  }
  const pass = (node: ESTree.Node | null | undefined) => {
    if (node) passed.add(node.start)
  }
  const passKey = (node: { readonly key: ESTree.Node; readonly computed?: boolean }) => {
    if (!node.computed) pass(node.key)
  }
  const enterType = () => {
    types += 1
  }
  const leaveType = () => {
    types -= 1
  }

  new Visitor({
    ImportDeclaration: ({ source }) => pass(source),
    ExportNamedDeclaration: ({ source }) => pass(source),
    ExportAllDeclaration: ({ source }) => pass(source),
    ImportExpression: ({ source }) => pass(source),
    TSLiteralType: enterType,
    "TSLiteralType:exit": leaveType,
    TSImportType: enterType,
    "TSImportType:exit": leaveType,
    Property: passKey,
    PropertyDefinition: passKey,
    MethodDefinition: passKey,
    TSPropertySignature: passKey,

    BinaryExpression: ({ left, operator, right }) => {
      if (operator === "+" && (isText(left) || isText(right))) return
      swap(left, right, operator, swaps.binary[operator])
    },
    LogicalExpression: ({ left, operator, right }) => swap(left, right, operator, swaps.logical[operator]),
    AssignmentExpression: ({ left, operator, right }) => {
      if (operator === "+=" && isText(right)) return
      swap(left, right, operator, swaps.assignment[operator])
    },
    UpdateExpression: (node) => {
      const at = node.prefix ? node.start : node.end - 2
      replace("operator", at, at + 2, node.operator === "++" ? "--" : "++")
    },
    UnaryExpression: (node) => {
      if (types === 0 && ["!", "-", "~"].includes(node.operator)) {
        replace("operator", node.start, node.end, sourceOf(node.argument))
      }
    },

    Literal: (node) => {
      if (types > 0 || passed.has(node.start)) return
      const { value } = node
      const constant = (replacement: string) => replace("constant", node.start, node.end, replacement)
      if (typeof value === "boolean") constant(String(!value))
      else if (typeof value === "number") constant(`(${sourceOf(node)} + 1)`)
      else if (typeof value === "bigint") constant(`(${sourceOf(node)} + 1n)`)
      else if (typeof value === "string" && value === "") constant('"mutant"')
      else if (typeof value === "string" && value.length <= longestWord && !/[a-z] |: /i.test(value)) constant('""')
    },

    IfStatement: (node) => {
      negate(node.test)
      if (node.alternate === null && isLeaving(node.consequent)) replace("guard", node.start, node.end, ";")
      else if (node.alternate === null) replace("statement", node.start, node.end, ";")
    },
    ConditionalExpression: ({ test }) => negate(test),
    WhileStatement: ({ test }) => negate(test),
    DoWhileStatement: ({ test }) => negate(test),
    ForStatement: ({ test }) => negate(test),
    ExpressionStatement: (node) => {
      if (!("directive" in node) || !node.directive) replace("statement", node.start, node.end, ";")
    },
    ContinueStatement: (node) => replace("statement", node.start, node.end, ";"),
    BreakStatement: (node) => replace("statement", node.start, node.end, ";"),
    TryStatement: ({ finalizer }) => {
      if (finalizer && finalizer.body.length > 0) replace("statement", finalizer.start, finalizer.end, "{}")
    },

    CallExpression: (node) => {
      const { arguments: given, callee } = node
      if (isLabelled(callee)) given.forEach(pass)
      if (callee.type === "MemberExpression" && !callee.computed) {
        const { end, name, start } = callee.property
        const by = Object.hasOwn(swaps.methods, name) ? swaps.methods[name] : undefined
        if (by !== undefined) replace("operator", start, end, by)
      }
      if (!isPipe(callee)) return
      const first = callee.type === "Identifier" ? 1 : 0
      given.slice(first).forEach((step, index) => {
        const before = given[first + index - 1]
        const after = given[first + index + 1]
        if (before !== undefined) replace("step", before.end, step.end, "")
        else replace("step", step.start, after === undefined ? step.end : after.start, "")
      })
    },

    FunctionDeclaration: returnEarly,
    FunctionExpression: returnEarly,
    ArrowFunctionExpression: returnEarly
  }).visit(file.program)
  return mutants
}
