/** `stat`, `size` and `cat`: facts about one place, and the bytes of one file. */
import type { File } from "@ourclone/core/contract/Entry"
import * as Amount from "@ourclone/core/events/Amount"
import * as FarTime from "@ourclone/core/events/FarTime"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Cat from "@ourclone/jobs/storage/Cat"
import * as Size from "@ourclone/jobs/storage/Size"
import * as Stat from "@ourclone/jobs/storage/Stat"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { absolute } from "./AbsolutePlace.ts"
import { usage } from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterRequest } from "./FilterRequest.ts"
import { server } from "./far/Server.ts"
import { given } from "./Given.ts"
import * as Listing from "./Listing.ts"
import * as Output from "./Output.ts"
import * as QueryRun from "./QueryRun.ts"

const factsOf = (file: File): ReadonlyArray<readonly [string, string]> => [
  ["path", printable(file.path)],
  ["size", Amount.exactBytes(file.size)],
  ...(file.modifiedAt === undefined ? [] : [["modified", FarTime.iso(file.modifiedAt)] as const]),
  ...(file.contentType === undefined ? [] : [["type", printable(file.contentType)] as const]),
  ...Object.entries(file.checksums).map(([algorithm, digest]) => [algorithm, String(digest)] as const),
  ...(file.versionId === undefined ? [] : [["version", file.versionId] as const])
]

/** Of which state of the storage. */
interface WhichInput {
  readonly at: number | undefined
  readonly versionId: string | undefined
}

export const stat = Effect.fnUntraced(function* (flags: WhichInput & { readonly path: string }) {
  const output = yield* Output.make
  const { at, versionId } = flags
  const request = { path: absolute(flags.path), ...given({ at, versionId }) }
  yield* QueryRun.each(Stat.kind, request, output, ([found]) => {
    if (found === undefined) return
    if (found._tag === "Directory") {
      if (output.isJson) output.json({ ...found, path: flags.path })
      else output.line(`${printable(flags.path)} is a folder; for what it holds: ourclone size`)
    } else if (output.isJson) output.json(found)
    else for (const [name, value] of factsOf(found)) output.line(`${`${name}:`.padEnd(10)}${value}`)
  })
}, Effect.scoped)

export const size = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly at: number | undefined
  readonly filters: FilterInput
}) {
  const output = yield* Output.make
  const request = {
    path: absolute(flags.path),
    ...given({ at: flags.at }),
    ...(yield* filterRequest(flags.filters))
  }
  const skips = Listing.makeSkips(output)
  const take = (row: Size.Row): void => {
    if (row._tag === "Skipped") skips.take(row)
    else if (output.isJson) output.json(row)
    else output.line(`${Amount.files(row.files)}, ${Amount.exactBytes(row.bytes)}`)
  }
  yield* QueryRun.each(Size.kind, request, output, (rows) => rows.forEach(take))
  yield* skips.end
}, Effect.scoped)

interface CatInput extends WhichInput {
  readonly paths: ReadonlyArray<string>
  readonly bwlimit: string | undefined
}

export const cat = Effect.fnUntraced(function* (flags: CatInput) {
  const output = yield* Output.make
  const beside = QueryRun.beside(output)
  const { at, bwlimit, versionId } = flags
  const which = given({ at, bwlimit, versionId })
  const service = yield* server
  if (service !== undefined && at !== undefined)
    return yield* usage("--at: a service gives files as they are; leave it out")
  for (const path of flags.paths) {
    const hand = (piece: Uint8Array) => {
      output.raw(piece)
      return output.flush
    }
    if (service !== undefined) yield* Stream.runForEach(service.file(absolute(path), versionId), hand)
    else yield* QueryRun.inWords(Stream.runForEach(Cat.kind.run({ path: absolute(path), ...which }, beside), hand))
  }
}, Effect.scoped)
