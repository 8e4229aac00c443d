/** The digests of the files below a folder, or of one. What the storage does not know is read. */
import { createHash } from "node:crypto"
import { type Entry, type File, Skipped } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { filterFields, filterOf } from "../place/FilterFields.ts"
import { moment } from "../place/StateFields.ts"
import { hashing, listing } from "./StorageFields.ts"

export const Request = Schema.Struct({ path: listing.path, ...hashing, ...moment, ...filterFields })
export type Request = typeof Request.Type

export const Sum = Schema.TaggedStruct("Sum", { path: Schema.String, digest: Schema.String })
export const Row = Schema.Union([Sum, Skipped])
export type Row = typeof Row.Type

const atOnce = 4

/** A digest that somebody noted, and nobody has compared with the bytes, is none. */
const digestOf = (
  provider: Provider,
  file: File,
  { algorithm, download = false }: Request
): Effect.Effect<string, StorageError> => {
  const known = download || file.hasNotedChecksums === true ? undefined : file.checksums[algorithm]
  if (known !== undefined) return Effect.succeed(known)
  return Effect.suspend(() => {
    const hash = createHash(algorithm)
    const read = Stream.runForEach(provider.read(file), (piece) => Effect.sync(() => void hash.update(piece)))
    return Effect.map(read, () => hash.digest("hex"))
  })
}

const rows = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const filter = yield* filterOf(request)
  const { at, path } = request
  const found = yield* FileOrFolder.find(path, tell, { at })
  if (found._tag === "Folder" && !(yield* FileOrFolder.exists(found, path, tell, { at }))) {
    return yield* FileOrFolder.missing(path)
  }
  const { provider } = found
  const entries: Stream.Stream<Entry, StorageError> =
    found._tag === "File" ? Stream.succeed<Entry>(found.file) : provider.list(root)
  const rowOf = (entry: Entry): Effect.Effect<Row | undefined, StorageError> => {
    if (entry._tag === "Skipped") return Effect.succeed(entry)
    if (entry._tag === "Directory" || filter?.includes(entry) === false) return Effect.succeed(undefined)
    const sum = Effect.map(digestOf(provider, entry, request), (digest): Row => {
      return { _tag: "Sum", path: entry.path, digest }
    })
    return Effect.catch(sum, (error) =>
      error.stopsJob
        ? Effect.fail(error)
        : Effect.succeed<Row>({ _tag: "Skipped", path: entry.path, because: error.reason.message, isFailure: true })
    )
  }
  const all = Stream.mapEffect(entries, rowOf, { concurrency: atOnce })
  return Stream.filter(all, (row): row is Row => row !== undefined)
})

export const kind: QueryKind<"hashsum", Request, Row> = {
  type: "hashsum",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) => Stream.unwrap(rows(request, beside))
}
