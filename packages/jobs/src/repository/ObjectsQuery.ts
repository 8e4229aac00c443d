/** `objects`: the ids of what a repository is made of. */
import * as ObjectList from "@ourclone/backup/look/ObjectList"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { QueryKind } from "../kind/JobKind.ts"
import { count, reading } from "./Fields.ts"
import * as LockedQuery from "./LockedQuery.ts"
import { listable } from "./LookFields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({
  ...reading,
  objects: Schema.Literals(listable).annotate({ description: "Of what kind" })
})
export type Request = typeof Request.Type

export const Row = Schema.Struct({
  id: Schema.String,
  bytes: count,
  blob: Schema.optionalKey(Schema.Literals(["data", "tree"]))
})
export type Row = typeof Row.Type

export const kind: QueryKind<"objects", Request, Row> = {
  type: "objects",
  request: Request,
  row: Row,
  needs: OpenedRepository.needs,
  run: (request, beside) => {
    const { objects } = request
    // A lock of its own would be in the list of them.
    const reading = objects === "locks" ? { ...request, lock: false } : request
    return LockedQuery.stream(reading, beside, (repository) => {
      if (objects === "blobs") return Effect.succeed(ObjectList.blobs(repository))
      return Effect.succeed(ObjectList.files(repository, objects === "packs" ? "data" : objects))
    })
  }
}
