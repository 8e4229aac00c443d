/** An address by which whoever has it may read a file for a while. Never kept: its one row is as good as the file. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, QueryKind } from "../kind/JobKind.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { file, sharing } from "./StorageFields.ts"

export const Request = Schema.Struct({ ...file, ...sharing })
export type Request = typeof Request.Type

export const Row = Schema.Struct({ url: Schema.String, expiresAt: Schema.Int })
export type Row = typeof Row.Type

const day = 86_400_000
/** No service signs an address for longer. */
const most = 7 * day

const rows = Effect.fnUntraced(function* ({ path, expireMillis = day }: Request, { tell }: Beside) {
  if (expireMillis > most) {
    return yield* new InvalidJob({ message: "an address is good for 7 days at most", field: "expireMillis" })
  }
  const { file, provider } = yield* FileOrFolder.findOnlyFile(path, tell)
  if (provider.link === undefined) {
    return yield* new InvalidJob({
      message: `${path} can not be given away by an address: ${provider.name || "this machine"} has none`
    })
  }
  const now = yield* Clock.currentTimeMillis
  const row: Row = { url: yield* provider.link(file.path, expireMillis), expiresAt: Math.round(now + expireMillis) }
  return row
}, Effect.scoped)

export const kind: QueryKind<"link", Request, Row> = {
  type: "link",
  request: Request,
  row: Row,
  needs: () => [],
  run: (request, beside) => Stream.fromEffect(rows(request, beside))
}
