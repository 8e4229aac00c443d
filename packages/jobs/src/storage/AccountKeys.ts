/** The keys of an account. */
import { Key } from "@ourclone/core/contract/Keys"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import { open } from "../place/OpenPlace.ts"
import { keysOf } from "./KeysOf.ts"
import { account } from "./StorageFields.ts"

export const Request = Schema.Struct(account)
export type Request = typeof Request.Type

const rows = Effect.fnUntraced(function* ({ remote }: Request, { tell }: Beside) {
  const keys = yield* keysOf(yield* open(remote, tell))
  return yield* retrying(Stream.runCollect(keys.list))
}, Effect.scoped)

export const kind: QueryKind<"accountKeys", Request, Key> = {
  type: "accountKeys",
  request: Request,
  row: Key,
  needs: () => [],
  run: (request, beside) => Stream.fromArrayEffect(rows(request, beside))
}
