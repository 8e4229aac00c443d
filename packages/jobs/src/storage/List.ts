/** Everything below a folder, or one file. What could not be read is a row too. */
import { Directory, type Entry, File, Skipped } from "@ourclone/core/contract/Entry"
import type { ListOptions, Provider } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import { datedListing } from "@ourclone/core/engine/FileTime"
import type { Filter } from "@ourclone/core/filter/Filter"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { filterFields, filterOf } from "../place/FilterFields.ts"
import { moment } from "../place/StateFields.ts"
import * as AllBuckets from "./AllBuckets.ts"
import { listing } from "./StorageFields.ts"

export const Request = Schema.Struct({
  ...listing,
  ...moment,
  ...filterFields
})
export type Request = typeof Request.Type

export const Row = Schema.Union([File, Directory, Skipped])

const depthOf = (path: string): number => path.split("/").length

const isWanted = (entry: Entry, { maxDepth }: Request, filter: Filter | undefined): boolean => {
  if (maxDepth !== undefined && maxDepth > 1 && depthOf(entry.path) > maxDepth) return false
  if (filter === undefined || entry._tag === "Skipped") return true
  return entry._tag === "Directory" ? filter.mayContain(entry.path) : filter.includes(entry)
}

interface Wants {
  /** Files are of no use without, and that may take a call for each. */
  readonly times?: boolean
  /** What is in all buckets, where an account is asked: else only which there are. */
  readonly allBuckets?: boolean
}

const rows = Effect.fnUntraced(function* (request: Request, { tell }: Beside, wants: Wants) {
  const filter = yield* filterOf(request)
  const found = yield* FileOrFolder.find(request.path, tell, { at: request.at })
  const wanted = (entry: Entry) => isWanted(entry, request, filter)
  const isAccount = found._tag === "Folder" && found.provider.buckets !== undefined && found.provider.location === ""
  if (found._tag === "File") return Stream.filter(Stream.succeed<Entry>(found.file), wanted)
  const list = (provider: Provider, options: ListOptions) => {
    const plain = provider.list(root, options)
    return wants.times === true || filter?.asksForTime === true ? datedListing(provider, plain) : plain
  }
  if (isAccount && wants.allBuckets === true) {
    const asked = { text: request.path, provider: found.provider, mayContain: filter?.mayContain, list }
    return Stream.filter(AllBuckets.entries(asked, tell), wanted)
  }
  const options: ListOptions = {
    ...(request.maxDepth === 1 || isAccount ? { depth: 1 as const } : {}),
    ...(filter === undefined ? {} : { mayContain: filter.mayContain })
  }
  let isEmpty = true
  const listed = list(found.provider, options).pipe(
    Stream.mapArray((entries) => {
      isEmpty = false
      return entries
    }),
    Stream.filter(wanted)
  )
  const last = Effect.suspend(() =>
    isEmpty ? FileOrFolder.exists(found, request.path, tell, { at: request.at }) : Effect.succeed(true)
  )
  const end = Stream.unwrap(
    Effect.map(last, (isThere) => (isThere ? Stream.empty : Stream.fail(FileOrFolder.missing(request.path))))
  )
  return Stream.concat(listed, end)
})

export const entries = (request: Request, beside: Beside, wants: Wants) => Stream.unwrap(rows(request, beside, wants))

export const kind: QueryKind<"list", Request, Entry> = {
  type: "list",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) => entries(request, beside, { times: true })
}
