/** Gives a file another time, and makes an empty one where there is none. */
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { open } from "../place/OpenPlace.ts"
import { parentOf } from "../place/PlaceText.ts"
import { touching } from "./StorageFields.ts"

export const Request = Schema.Struct(touching)
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ made: Schema.Boolean })
export type Summary = typeof Summary.Type

const run = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const parent = parentOf(request.path)
  if (parent === undefined) return yield* new InvalidJob({ message: `"${request.path}" does not name a file` })
  const provider = yield* open(parent.folder, tell, { createsBuckets: request.createsBucket })
  const { name } = parent
  const modifiedAt = request.modifiedAt ?? Math.round(yield* Clock.currentTimeMillis)
  const found = yield* Effect.catchReason(retrying(provider.stat(name)), "StorageError", "NotFound", () =>
    Effect.succeed(undefined)
  )
  if (found === undefined) {
    yield* FileOrFolder.refuseFolder(request.path, provider, name)
    if (request.noCreate === true) return { made: false }
    yield* provider.put(name, fromBytes(new Uint8Array()), { modifiedAt })
    tell.fact({ _tag: "Done", deed: "stored", item: name, bytes: 0 })
    return { made: true }
  }
  if (provider.touch === undefined) {
    const message = "the times of stored files can not be changed there"
    return yield* new StorageError({
      provider: provider.name,
      operation: "touch",
      path: name,
      reason: new InvalidRequest({ message })
    })
  }
  yield* retrying(provider.touch(found, modifiedAt))
  tell.fact({ _tag: "Done", deed: "touched", item: name })
  return { made: false }
})

export const kind: JobKind<"touch", Request, Summary> = {
  type: "touch",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
