/** `key list`: the passwords of a repository, by their keys, oldest first. */
import * as KeyFiles from "@ourclone/backup/repository/KeyFiles"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { reading } from "./Fields.ts"
import * as LockedQuery from "./LockedQuery.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct(reading)
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  /** It opened the repository for this query. */
  current: Schema.Boolean,
  id: Schema.String,
  userName: Schema.String,
  hostName: Schema.String,
  /** RFC 3339; "" where the key does not say. */
  created: Schema.String
})
export type Row = typeof Row.Type

export const kind: QueryKind<"keyList", Request, Row> = {
  type: "keyList",
  request: Request,
  row: Row,
  needs: OpenedRepository.needs,
  run: (request, beside) =>
    LockedQuery.stream(request, beside, (repository) =>
      Effect.map(KeyFiles.list(repository), (keys) => Stream.fromIterable(keys))
    )
}
