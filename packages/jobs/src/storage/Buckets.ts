/** The buckets of an account. */
import { Bucket } from "@ourclone/core/contract/Buckets"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import { open } from "../place/OpenPlace.ts"
import { bucketsOf } from "./BucketPlace.ts"
import { account } from "./StorageFields.ts"

export const Request = Schema.Struct(account)
export type Request = typeof Request.Type

const rows = Effect.fnUntraced(function* ({ remote }: Request, { tell }: Beside) {
  const buckets = yield* bucketsOf(yield* open(remote, tell))
  return yield* retrying(Stream.runCollect(buckets.list))
}, Effect.scoped)

export const kind: QueryKind<"buckets", Request, Bucket> = {
  type: "buckets",
  request: Request,
  row: Bucket,
  needs: () => [],
  run: (request, beside) => Stream.fromArrayEffect(rows(request, beside))
}
