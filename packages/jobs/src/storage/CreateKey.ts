/**
 * Makes the least key for a purpose. A query, though it changes something: its one row holds the secret, which is told
 * once, and rows are never kept.
 */
import { Key, type NewKey } from "@ourclone/core/contract/Keys"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import { open } from "../place/OpenPlace.ts"
import { split } from "../place/PlaceText.ts"
import { about } from "./BucketPlace.ts"
import { keyMaking, keyPurpose } from "./KeyFields.ts"
import { keysOf } from "./KeysOf.ts"

export const Request = Schema.Struct({ ...keyMaking, ...keyPurpose })
export type Request = typeof Request.Type

export const Row = Schema.Struct({ ...Key.fields, secret: Schema.String })
export type Row = typeof Row.Type

const create = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const { path, prefix: remote } = split(request.path)
  const [bucket = "", ...folders] = path.replace(/^\/+|\/+$/g, "").split("/")
  if (remote === "" || bucket === "") {
    return yield* new InvalidJob({
      field: "path",
      message: `"${request.path}" does not name a bucket; write remote:bucket or remote:bucket/folder`
    })
  }
  const keys = yield* keysOf(yield* open(remote, tell))
  const options: NewKey = {
    name: request.name ?? `ourclone-${request.purpose}`,
    purpose: request.purpose,
    bucket,
    // With the slash, so that it does not reach a folder whose name goes on.
    prefix: folders.length === 0 ? "" : `${folders.join("/")}/`,
    validSeconds: request.validMillis === undefined ? undefined : Math.ceil(request.validMillis / 1000)
  }
  const { key, secret } = yield* about(request.path)(keys.create(options))
  const row: Row = { ...key, secret: Redacted.value(secret) }
  return row
}, Effect.scoped)

export const kind: QueryKind<"createKey", Request, Row> = {
  type: "createKey",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) => Stream.fromEffect(create(request, beside))
}
