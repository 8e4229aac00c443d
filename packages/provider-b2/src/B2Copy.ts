/** Copies inside B2, which move no bytes through this machine. */
import type { File } from "@ourclone/core/Entry"
import { type LargeFile, partSize } from "@ourclone/core/LargeFile"
import type { Provider } from "@ourclone/core/Provider"
import { NotFound, type StorageError } from "@ourclone/core/StorageError"
import * as Effect from "effect/Effect"
import { fileOf } from "./B2Replies.ts"
import type { B2Root } from "./B2Root.ts"
import { header } from "./HttpMessage.ts"

/** The largest range that one copy takes, in bytes. */
const maxCopySize = 5_000_000_000

/** How many parts of one copy the service is asked for at once. */
const partConcurrency = 8

/** The version that is there now, for a file that was listed without one. */
const currentVersion = (root: B2Root, from: File, fromLocation: string) =>
  Effect.gen(function* () {
    const [bucketName = "", ...folder] = fromLocation.split("/")
    const fileName = [...folder, from.path].join("/")
    const versionId = header(yield* root.client.head(from.path, { bucketName, fileName }), "x-bz-file-id")
    if (versionId !== undefined) return versionId
    return yield* root.fail("copy", from.path, new NotFound({ message: "there is no such file" }))
  })

const copyInParts = (largeFile: LargeFile, from: File, to: File["path"]): Effect.Effect<File, StorageError> =>
  Effect.gen(function* () {
    const { limits } = largeFile
    const size = partSize(from.size, limits) ?? limits.maxPartSize
    const { contentType, modifiedAt } = from
    const { sha1 } = from.checksums
    const file = yield* largeFile.start(to, { contentType, modifiedAt, sha1, size: from.size, partSize: size })
    const copyPart = (number: number) => {
      const offset = (number - 1) * size
      return largeFile.copyPart!(file, number, from, { offset, length: Math.min(size, from.size - offset) })
    }
    const numbers = Array.from({ length: Math.ceil(from.size / size) }, (_, index) => index + 1)
    return yield* Effect.forEach(numbers, copyPart, { concurrency: partConcurrency }).pipe(
      Effect.flatMap((parts) => largeFile.finish(file, parts)),
      Effect.onError(() => Effect.ignore(largeFile.cancel(file)))
    )
  })

export const copy =
  (root: B2Root, largeFile: LargeFile): NonNullable<Provider["copy"]> =>
  (from, fromLocation, to) =>
    Effect.gen(function* () {
      const fileName = yield* root.fileName("copy", to)
      const { id } = yield* root.bucketForWriting
      const versionId = from.versionId ?? (yield* currentVersion(root, from, fromLocation))
      if (from.size > maxCopySize) return yield* copyInParts(largeFile, { ...from, versionId }, to)
      const row = yield* root.client.copyFile(to, { sourceFileId: versionId, fileName, destinationBucketId: id })
      return fileOf(row, to)
    })
