/** Makes an empty folder, with those above it, or a private bucket. */
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { open } from "../place/OpenPlace.ts"
import { parentOf } from "../place/PlaceText.ts"
import { about } from "./BucketPlace.ts"
import { folder } from "./StorageFields.ts"

export const Request = Schema.Struct(folder)
export type Request = typeof Request.Type
export const Summary = Schema.Struct({})

const noFolders = (text: string) =>
  new StorageError({
    provider: text,
    operation: "makeDirectory",
    reason: new InvalidRequest({ message: "this service keeps no empty folders; a folder appears with its first file" })
  })

const run = Effect.fnUntraced(function* ({ createsBucket, path }: Request, { tell }: Beside) {
  const parent = parentOf(path, true)
  if (parent === undefined) return yield* new InvalidJob({ message: `"${path}" does not name a new folder` })
  const above = yield* open(parent.folder, tell, { createsBuckets: createsBucket })
  const { buckets } = above
  if (buckets !== undefined && above.location === "") {
    if (createsBucket === false) {
      return yield* new InvalidJob({
        message: `${path} would be a bucket, and none is to be made`,
        field: "createsBucket"
      })
    }
    const known = yield* retrying(Stream.runCollect(buckets.list))
    if (known.some(({ name }) => name === parent.name)) return {}
    yield* about(path)(buckets.create(parent.name))
    tell.fact({ _tag: "Done", deed: "directoryMade", item: parent.name })
    return {}
  }
  if (above.makeDirectory === undefined) return yield* noFolders(path)
  yield* retrying(above.makeDirectory(parent.name))
  tell.fact({ _tag: "Done", deed: "directoryMade", item: parent.name })
  return {}
})

export const kind: JobKind<"mkdir", Request, typeof Summary.Type> = {
  type: "mkdir",
  request: Request,
  summary: Summary,
  needs: () => [],
  run
}
