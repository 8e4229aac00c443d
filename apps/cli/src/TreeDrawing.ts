/** `tree`: files and folders, drawn. */
import type { Entry } from "@ourclone/core/contract/Entry"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Effect from "effect/Effect"
import type { FilterInput } from "./FilterFlags.ts"
import * as LineDrawing from "./LineDrawing.ts"
import * as Listing from "./Listing.ts"
import * as Output from "./Output.ts"
import { Streams } from "./Streams.ts"

/** Folders, whose names end with a slash, hold more of the same; files do not. */
type Branches = Map<string, Branches | undefined>

const grow = (branches: Branches, path: string, isFolder: boolean): void => {
  const segments = path.split("/")
  const file = isFolder ? undefined : segments.pop()
  let at = branches
  for (const segment of segments) {
    const name = `${segment}/`
    const folder = at.get(name) ?? new Map()
    at.set(name, folder)
    at = folder
  }
  if (file !== undefined) at.set(file, undefined)
}

interface Paper {
  readonly line: (text: string) => void
  /** Lines as the locale can show them. */
  readonly drawn: (text: string) => string
}

const draw = (branches: Branches, indent: string, paper: Paper): void => {
  const { drawn, line } = paper
  const last = branches.size - 1
  let index = 0
  for (const [name, below] of branches) {
    const isLast = index++ === last
    line(`${indent}${drawn(isLast ? "└── " : "├── ")}${printable(name)}`)
    if (below !== undefined) draw(below, `${indent}${drawn(isLast ? "    " : "│   ")}`, paper)
  }
}

const countFolders = (branches: Branches): number => {
  let folders = 0
  for (const below of branches.values()) if (below !== undefined) folders += 1 + countFolders(below)
  return folders
}

export const run = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly maxDepth: number | undefined
  readonly at: number | undefined
  readonly filters: FilterInput
}) {
  const output = yield* Output.make
  const drawn = LineDrawing.forLocale(yield* Streams)
  const branches: Branches = new Map()
  let files = 0
  let bytes = 0
  const collect = (entries: ReadonlyArray<Entry>): void => {
    for (const entry of entries) {
      grow(branches, entry.path, entry._tag === "Directory")
      if (entry._tag !== "File") continue
      files++
      bytes += entry.size
    }
  }
  const print = (): void => {
    const folders = countFolders(branches)
    if (output.isJson) {
      output.json({ _tag: "Tree", folders, files, bytes, tree: toObject(branches) })
      return
    }
    output.line(printable(flags.path))
    draw(branches, "", { line: output.line, drawn })
    output.line("")
    output.line(
      `${Amount.count(folders)} ${folders === 1 ? "folder" : "folders"}, ${Amount.files(files)}, ${Amount.bytes(bytes)}`
    )
  }
  yield* Listing.visit(output, flags, collect, print)
}, Effect.scoped)

/** A folder keeps its slash beside a file of its name. */
const toObject = (branches: Branches): object =>
  Object.fromEntries(
    Array.from(branches, ([name, below]) => {
      if (below === undefined) return [name, null]
      const bare = name.slice(0, -1)
      return [branches.has(bare) ? name : bare, toObject(below)]
    })
  )
