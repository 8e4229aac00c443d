/** Looking whether a few names are there. */
import { type StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { FileRow } from "./api/B2Replies.ts"
import type { B2Root } from "./B2Root.ts"

interface Asked {
  readonly bucketId: string
  readonly prefix: string
  readonly startFileName?: string
}

/** Pages that one look may take: a page may end before it is full, as where hidden names lie. */
const mostPages = 1000

/** The first rows, `count` at most, of names that begin with `prefix`. */
export const firstRows = (
  root: B2Root,
  at: string,
  asked: Asked,
  count: number
): Effect.Effect<ReadonlyArray<FileRow>, StorageError> =>
  Effect.gen(function* () {
    let rows: ReadonlyArray<FileRow> = []
    let query = asked
    for (let page = 0; page < mostPages; page++) {
      const { files, nextFileName } = yield* root.client.listFileNames(at, {
        ...query,
        maxFileCount: count - rows.length
      })
      rows = [...rows, ...files]
      if (rows.length >= count || nextFileName === null) return rows
      query = { ...query, startFileName: nextFileName }
    }
    const message = `the answers to b2_list_file_names go on for more than ${mostPages} pages without a name`
    return yield* root.fail("b2_list_file_names", at, new UnexpectedResponse({ message }))
  })
