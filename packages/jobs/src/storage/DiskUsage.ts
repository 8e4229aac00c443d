/** How much lies below a folder, or in all buckets of an account, and in each folder of it, from one listing. What could not be read is a row of its own. */
import { Skipped } from "@ourclone/core/contract/Entry"
import { compare } from "@ourclone/core/contract/RemotePath"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { filterFields } from "../place/FilterFields.ts"
import { moment } from "../place/StateFields.ts"
import * as List from "./List.ts"
import { listing, measuring } from "./StorageFields.ts"

export const Request = Schema.Struct({ path: listing.path, ...measuring, ...moment, ...filterFields })
export type Request = typeof Request.Type

/** `path` is "" for all of it. */
export const Usage = Schema.TaggedStruct("Usage", { path: Schema.String, files: Schema.Int, bytes: Schema.Int })
export const Row = Schema.Union([Usage, Skipped])
export type Row = typeof Row.Type

const makeSums = (maxDepth: number) => {
  const sums = new Map([["", { files: 0, bytes: 0 }]])
  const add = (folder: string, bytes: number, files: number): void => {
    const sum = sums.get(folder) ?? { files: 0, bytes: 0 }
    sums.set(folder, { files: sum.files + files, bytes: sum.bytes + bytes })
  }
  return {
    /** To every folder around `path`. */
    add: (path: string, bytes: number, files: number): void => {
      add("", bytes, files)
      let depth = 0
      for (let at = path.indexOf("/"); at >= 0 && ++depth <= maxDepth; at = path.indexOf("/", at + 1)) {
        add(path.slice(0, at), bytes, files)
      }
    },
    rows: (): ReadonlyArray<Row> =>
      [...sums]
        .sort(([left], [right]) => compare(left === "" ? "" : `${left}/`, right === "" ? "" : `${right}/`))
        .map(([path, sum]): Row => ({ _tag: "Usage", path, ...sum }))
  }
}

export const kind: QueryKind<"du", Request, Row> = {
  type: "du",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) =>
    Stream.suspend(() => {
      const { maxDepth = Number.POSITIVE_INFINITY, ...rest } = request
      const sums = makeSums(maxDepth)
      const skipped = List.entries(rest, beside, { allBuckets: true }).pipe(
        Stream.filter((entry) => {
          if (entry._tag === "File") sums.add(entry.path, entry.size, 1)
          else if (entry._tag === "Directory") sums.add(`${entry.path}/`, 0, 0)
          return entry._tag === "Skipped"
        }),
        Stream.map((entry) => entry as typeof Skipped.Type)
      )
      return Stream.concat(skipped, Stream.fromArrayEffect(Effect.sync(sums.rows)))
    })
}
