/** Gives a file another time, and makes an empty one where there is none; or gives it to all files of a folder. */
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { Entry, File, Skipped } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { remedyField } from "@ourclone/core/contract/Remedy"
import { type RemotePath, root } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import { ofStorageError } from "@ourclone/core/events/StorageFailure"
import type { Tell } from "@ourclone/core/events/Tell"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { open } from "../place/OpenPlace.ts"
import { parentOf } from "../place/PlaceText.ts"
import { touching } from "./StorageFields.ts"

export const Request = Schema.Struct(touching)
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  made: Schema.Boolean,
  /** Files that got another time, and those that did not. */
  touched: Schema.Int,
  failed: Schema.Int
})
export type Summary = typeof Summary.Type

/** Files that are asked for at once. */
const atOnce = 16

const settable = ({ name, touch }: Provider, path?: RemotePath) => {
  if (touch !== undefined) return Effect.succeed(touch)
  const reason = new InvalidRequest({ message: "the times of stored files can not be changed there" })
  return Effect.fail(
    new StorageError({ provider: name, operation: "touch", ...(path === undefined ? {} : { path }), reason })
  )
}

const touchAll = Effect.fnUntraced(function* (request: Request, modifiedAt: number, tell: Tell) {
  const folder = yield* FileOrFolder.find(request.path, tell)
  if (folder._tag === "File" || !(yield* FileOrFolder.exists(folder, request.path, tell))) {
    return yield* FileOrFolder.notThere(request.path, "there is no such folder")
  }
  const { provider } = folder
  const touch = yield* settable(provider)
  const summary = { made: false, touched: 0, failed: 0 }
  const failed = (item: string, error: StorageError): Effect.Effect<void, StorageError> => {
    if (error.stopsJob) return Effect.fail(error)
    summary.failed++
    return Effect.sync(() => tell.fact({ _tag: "Failed", failure: ofStorageError(error, item) }))
  }
  const one = (file: File): Effect.Effect<void, StorageError> =>
    Effect.matchEffect(retrying(touch(file, modifiedAt)), {
      onFailure: (error) => failed(file.path, error),
      onSuccess: () => {
        summary.touched++
        tell.fact({ _tag: "Done", deed: "touched", item: file.path })
        return tell.room
      }
    })
  const passed = ({ because, isFailure, path, remedy }: Skipped): Effect.Effect<void> => {
    const said = remedyField(remedy)
    if (isFailure) {
      summary.failed++
      const failure = { ...said, code: "Unreadable", message: because, item: path, isRetryable: false }
      tell.fact({ _tag: "Failed", failure })
    } else tell.fact({ ...said, _tag: "Skipped", item: path, because })
    return tell.room
  }
  const take = (entry: Entry): Effect.Effect<void, StorageError> => {
    if (entry._tag === "Directory") return Effect.void
    return entry._tag === "File" ? one(entry) : passed(entry)
  }
  yield* Stream.runForEachArray(provider.list(root), (some) =>
    Effect.forEach(some, take, { concurrency: atOnce, discard: true })
  )
  return summary
})

const run = Effect.fnUntraced(function* (request: Request, { tell }: Beside) {
  const modifiedAt = request.modifiedAt ?? Math.round(yield* Clock.currentTimeMillis)
  if (request.recursive === true) return yield* touchAll(request, modifiedAt, tell)
  const parent = parentOf(request.path)
  if (parent === undefined) return yield* new InvalidJob({ message: `"${request.path}" does not name a file` })
  const provider = yield* open(parent.folder, tell, { createsBuckets: request.createsBucket })
  const { name } = parent
  const found = yield* Effect.catchReason(retrying(provider.stat(name)), "StorageError", "NotFound", () =>
    Effect.succeed(undefined)
  )
  if (found === undefined) {
    yield* FileOrFolder.refuseFolder(request.path, provider, name)
    if (request.noCreate === true) return { made: false, touched: 0, failed: 0 }
    yield* provider.put(name, fromBytes(new Uint8Array()), { modifiedAt })
    tell.fact({ _tag: "Done", deed: "stored", item: name, bytes: 0 })
    return { made: true, touched: 0, failed: 0 }
  }
  const touch = yield* settable(provider, name)
  yield* retrying(touch(found, modifiedAt))
  tell.fact({ _tag: "Done", deed: "touched", item: name })
  return { made: false, touched: 1, failed: 0 }
})

export const kind: JobKind<"touch", Request, Summary> = {
  type: "touch",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
