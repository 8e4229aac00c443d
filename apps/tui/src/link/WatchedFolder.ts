/** The folder whose changes begin a schedule, looked at while somebody is there to name another. */
import * as OwnFolder from "@ourclone/jobs/place/OwnFolder"
import * as Effect from "effect/Effect"
import { LinkFailed } from "./Link.ts"

const because = { missing: "there is no such directory", other: "it is no directory" } as const

/** Fails at the field `watch` where this machine is sure to have no such folder. */
export const check = Effect.fnUntraced(function* (watch: string | null): Effect.fn.Return<void, LinkFailed> {
  if (watch === null) return
  const found = yield* OwnFolder.look(watch)
  if (found === "folder" || found === "unknown") return
  const message = `${watch} can not be watched: ${because[found]}`
  return yield* new LinkFailed({ failure: { code: "InvalidJob", message, item: "watch", isRetryable: false } })
})
