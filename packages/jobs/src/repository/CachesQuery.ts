/** `caches`: the copies of repositories on this machine, the one used last first. */
import * as CacheFolders from "@ourclone/backup/repository/CacheFolders"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { access, count } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({ cacheDirectory: access.cacheDirectory })
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  /** The id of the repository. */
  id: Schema.String,
  /** In milliseconds since 1970 UTC. */
  usedAt: Schema.Finite,
  files: count,
  bytes: count
})
export type Row = typeof Row.Type

export const kind: QueryKind<"caches", Request, Row> = {
  type: "caches",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const folders = yield* CacheFolders.list(yield* OpenedRepository.cachesOf(request))
        return Stream.fromIterable(folders.map(({ repository, ...rest }): Row => ({ id: repository, ...rest })))
      })
    )
}
