/** `stat`, `size` and `cat`: facts about one place, and the bytes of one file. */
import type { DatedFile, Entry } from "@ourclone/core/contract/Entry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Amount from "./Amount.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterOf } from "./FilterRules.ts"
import * as Listing from "./Listing.ts"
import * as Output from "./Output.ts"
import * as Place from "./Place.ts"
import { printable } from "./PrintableText.ts"

const factsOf = (file: DatedFile): ReadonlyArray<readonly [string, string]> => [
  ["path", printable(file.path)],
  ["size", `${Amount.count(file.size)} bytes (${Amount.bytes(file.size)})`],
  ["modified", new Date(file.modifiedAt).toISOString()],
  ...(file.contentType === undefined ? [] : [["type", printable(file.contentType)] as const]),
  ...Object.entries(file.checksums).map(([algorithm, digest]) => [algorithm, String(digest)] as const),
  ...(file.versionId === undefined ? [] : [["version", file.versionId] as const])
]

export const stat = Effect.fnUntraced(function* (flags: { readonly path: string }) {
  const output = yield* Output.make
  const found = yield* Place.findFile(flags.path)
  if (found === undefined) {
    if (!(yield* Place.isFolder(flags.path))) return yield* Place.missing(flags.path)
    return output.isJson
      ? output.json({ _tag: "Directory", path: flags.path })
      : output.line(`${printable(flags.path)} is a folder; for what it holds: ourclone size`)
  }
  if (output.isJson) return output.json(found.file)
  for (const [name, value] of factsOf(found.file)) output.line(`${`${name}:`.padEnd(10)}${value}`)
}, Effect.scoped)

export const size = Effect.fnUntraced(function* (flags: { readonly path: string; readonly filter: FilterInput }) {
  const output = yield* Output.make
  const filter = yield* filterOf(flags.filter)
  let files = 0
  let bytes = 0
  const count = (entries: ReadonlyArray<Entry>): void => {
    for (const entry of entries) {
      if (entry._tag !== "File") continue
      files++
      bytes += entry.size
    }
  }
  const print = (): void => {
    if (output.isJson) output.json({ _tag: "Size", files, bytes })
    else output.line(`${Amount.files(files)}, ${Amount.bytes(bytes)} (${Amount.count(bytes)} bytes)`)
  }
  yield* Listing.visit(output, { path: flags.path, filter }, count, print)
}, Effect.scoped)

export const cat = Effect.fnUntraced(function* (flags: { readonly paths: ReadonlyArray<string> }) {
  const output = yield* Output.make
  for (const path of flags.paths) {
    const { file, provider } = yield* Place.openFile(path, { copyLinks: true })
    yield* Stream.runForEach(provider.read(file), (piece) => {
      output.raw(piece)
      return output.flush
    })
  }
}, Effect.scoped)
