/** `caches`: the copies of repositories on this machine, the one used last first. */
import * as CacheFolders from "@ourclone/backup/repository/CacheFolders"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { flag } from "../kind/RequestFields.ts"
import { access, count } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({
  cacheDirectory: access.cacheDirectory,
  noSize: flag("Do not look how large they are, which takes a while")
})
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  /** The id of the repository. */
  id: Schema.String,
  /** In milliseconds since 1970 UTC. */
  usedAt: Schema.Finite,
  /** Absent where it was not to be looked. */
  files: Schema.optionalKey(count),
  bytes: Schema.optionalKey(count)
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
        const measures = request.noSize !== true
        const folders = yield* CacheFolders.list(yield* OpenedRepository.cachesOf(request), { measures })
        return Stream.fromIterable(
          folders.map(
            ({ bytes, files, repository, usedAt }): Row => ({
              id: repository,
              usedAt,
              ...(measures ? { files, bytes } : {})
            })
          )
        )
      })
    )
}
