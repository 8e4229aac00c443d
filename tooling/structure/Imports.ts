/** What a file takes from elsewhere, however it says so. */
import { type ESTree, Visitor } from "rolldown/utils"
import type { ParsedFile } from "./ParsedFile.ts"
import type { Workspace } from "./Workspace.ts"

export interface Import {
  readonly from: ParsedFile
  readonly specifier: string
  /** `lazy` is `import()`, also of a type alone; `address` is `new URL("./Worker.ts", import.meta.url)`. */
  readonly kind: "static" | "lazy" | "address"
  readonly workspace: Workspace
  /** `other` is root-level configuration of a package, such as `vitest.config.ts`. */
  readonly area: "src" | "test" | "other"
}

const textOf = (node: ESTree.Node | null | undefined): string | undefined => {
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined
}

const isOwnAddress = (node: ESTree.Node | undefined): boolean =>
  node?.type === "MemberExpression" && node.object.type === "MetaProperty"

const specifiersOf = (program: ESTree.Program): ReadonlyArray<Pick<Import, "kind" | "specifier">> => {
  const found: Array<Pick<Import, "kind" | "specifier">> = []
  const add = (kind: Import["kind"], node: ESTree.Node | null | undefined) => {
    const specifier = textOf(node)
    if (specifier !== undefined) found.push({ kind, specifier })
  }
  new Visitor({
    ImportDeclaration: ({ source }) => add("static", source),
    ExportNamedDeclaration: ({ source }) => add("static", source),
    ExportAllDeclaration: ({ source }) => add("static", source),
    ImportExpression: ({ source }) => add("lazy", source),
    TSImportType: ({ source }) => add("lazy", source),
    NewExpression: ({ callee, arguments: [target, base] }) => {
      if (callee.type === "Identifier" && callee.name === "URL" && isOwnAddress(base)) add("address", target)
    }
  }).visit(program)
  return found
}

export const importsOf = (
  files: ReadonlyArray<ParsedFile>,
  workspaces: ReadonlyArray<Workspace>
): ReadonlyArray<Import> =>
  files.flatMap((from) => {
    const workspace = workspaces.find(({ folder }) => from.path.startsWith(`${folder}/`))
    if (!workspace) return []
    const inside = from.path.slice(workspace.folder.length + 1)
    const area = inside.startsWith("src/") ? "src" : inside.startsWith("test/") ? "test" : "other"
    return specifiersOf(from.program).map((one): Import => ({ ...one, from, workspace, area }))
  })
