/** Where in an account a provider is rooted: a bucket, which may have to be made first, and a folder of it. */

import type { Remark } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import {
  AlreadyExists,
  InvalidRequest,
  NotFound,
  PermissionDenied,
  type Reason,
  StorageError
} from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type { B2Client } from "./api/B2Client.ts"
import { denial, type KeyScope } from "./api/B2Errors.ts"
import { fileRefusal, isBucketId } from "./api/B2Names.ts"

export interface FoundBucket {
  readonly id: string
  readonly name: string
}

export interface B2Root {
  readonly client: B2Client
  /** `Provider.name` */
  readonly provider: string
  readonly bucketName: string
  /** "" or `folder/` */
  readonly prefix: string
  /** Fails with `NotFound` while there is no such bucket. */
  readonly bucket: Effect.Effect<FoundBucket, StorageError>
  /** Makes the bucket, private, when there is none, `createsBuckets` allows it and the key may. */
  readonly bucketForWriting: Effect.Effect<FoundBucket, StorageError>
  /** What was made. */
  readonly remarks: () => ReadonlyArray<Remark>
  /** Looks the bucket up again at the next call, since it may have been removed and made anew. */
  readonly forget: () => void
  readonly fail: (operation: string, path: string | undefined, reason: Reason) => StorageError
  /** The whole name of `path` in the bucket, or `InvalidRequest` when B2 would refuse it, or take a file of `size` bytes for a folder. */
  readonly fileName: (operation: string, path: RemotePath, size?: number) => Result.Result<string, StorageError>
  /** The same, of which B2 need not approve. */
  readonly nameOf: (path: string) => string
  /** The path of a name that begins with `prefix`. */
  readonly pathOf: (fileName: string) => string
}

const inKey = ({ buckets }: KeyScope, text: string) => {
  const wanted = text.toLowerCase()
  return buckets?.find(({ name }) => name?.toLowerCase() === wanted) ?? buckets?.find(({ id }) => id === text)
}

const only = (
  rows: ReadonlyArray<{ readonly bucketId: string; readonly bucketName: string }>
): FoundBucket | undefined => (rows[0] === undefined ? undefined : { id: rows[0].bucketId, name: rows[0].bucketName })

/** By name first, then by id. A key for certain buckets says itself which they are, so nothing is asked. */
const find = Effect.fnUntraced(function* (client: B2Client, provider: string, text: string) {
  const { key } = client.calls.authorization.current()
  const granted = inKey(key, text)
  if (granted !== undefined && granted.name !== null) return { id: granted.id, name: granted.name }
  if (granted === undefined && key.buckets !== undefined) {
    const message = denial({ call: "", key })
    return yield* new StorageError({ provider, operation: "open", reason: new PermissionDenied({ message }) })
  }
  const byName = only(
    yield* client.listBuckets(granted === undefined ? { bucketName: text } : { bucketId: granted.id })
  )
  return byName === undefined && granted === undefined && isBucketId(text)
    ? only(yield* client.listBuckets({ bucketId: text }))
    : byName
})

const make = (options: {
  readonly client: B2Client
  readonly provider: string
  readonly text: string
  readonly prefix: string
  readonly createsBuckets: boolean
  readonly found: FoundBucket | undefined
}): B2Root => {
  const { client, createsBuckets, prefix, provider, text } = options
  const remarks: Array<Remark> = []
  let known = options.found
  const creating = Semaphore.makeUnsafe(1)
  const fail = (operation: string, path: string | undefined, reason: Reason) =>
    new StorageError({ provider, operation, ...(path === undefined ? {} : { path }), reason })
  const remember = (found: FoundBucket) => {
    known = found
    return found
  }
  const nameOf = (path: string) => prefix + Spelling.segments.toName(path)
  const lookAgain = Effect.suspend(() => find(client, provider, text))

  const create = Effect.suspend(() => {
    if (known !== undefined) return Effect.succeed(known)
    if (!createsBuckets) {
      const message = `there is no bucket "${text}", and writing to it is not to make one; check its name, or make it first`
      return Effect.fail(fail("b2_create_bucket", undefined, new NotFound({ message, concernsAll: true })))
    }
    const { key } = client.calls.authorization.current()
    if (!key.capabilities.includes("writeBuckets")) {
      const message = `there is no bucket "${text}", and the application key lacks the capability "writeBuckets" to make it; make the bucket first, or use a key that may`
      return Effect.fail(fail("b2_create_bucket", undefined, new PermissionDenied({ message, concernsAll: true })))
    }
    return client.createBucket(text).pipe(
      Effect.map(({ bucketId, bucketName }) => {
        const message = `there was no bucket "${bucketName}", so it was made, private`
        remarks.push({ code: "bucketCreated", message })
        return remember({ id: bucketId, name: bucketName })
      }),
      Effect.catchReason("StorageError", "AlreadyExists", () =>
        Effect.flatMap(lookAgain, (found) => {
          if (found !== undefined) return Effect.succeed(remember(found))
          const message = `the bucket name "${text}" is taken by another account; choose another name`
          return Effect.fail(fail("b2_create_bucket", undefined, new AlreadyExists({ message, concernsAll: true })))
        })
      )
    )
  })

  return {
    client,
    provider,
    bucketName: known?.name ?? text,
    prefix,
    remarks: () => remarks,
    forget: () => {
      known = undefined
    },
    fail,
    bucket: Effect.suspend(() =>
      known !== undefined
        ? Effect.succeed(known)
        : Effect.flatMap(lookAgain, (found) => {
            if (found !== undefined) return Effect.succeed(remember(found))
            return Effect.fail(
              fail("b2_list_buckets", undefined, new NotFound({ message: `there is no bucket "${text}"` }))
            )
          })
    ),
    bucketForWriting: Effect.suspend(() =>
      known !== undefined ? Effect.succeed(known) : Semaphore.withPermits(creating, 1)(create)
    ),
    nameOf,
    pathOf: (fileName) => Spelling.segments.toPath(fileName.slice(prefix.length)),
    fileName: (operation, path, size) => {
      const name = nameOf(path)
      const isMarker = size === 0 && name.endsWith("/")
      const refusal =
        path === ""
          ? "the root is not a file"
          : isMarker
            ? "an empty file of this name stands for a folder in B2"
            : fileRefusal(name)
      return refusal === undefined
        ? Result.succeed(name)
        : Result.fail(fail(operation, path, new InvalidRequest({ message: refusal, concernsName: true })))
    }
  }
}

/** Finds the bucket called `text`, or with the id `text`. Succeeds when there is none yet. */
export const open = Effect.fnUntraced(function* (options: {
  readonly client: B2Client
  readonly provider: string
  readonly text: string
  readonly prefix: string
  readonly createsBuckets: boolean
}) {
  const { client, prefix, provider, text } = options
  const { key } = client.calls.authorization.current()
  const found = yield* find(client, provider, text)
  if (!prefix.startsWith(key.namePrefix)) {
    const message = `the application key ${key.keyId} only reaches names that begin with "${key.namePrefix}"; use the location ${text}/${key.namePrefix.replace(/\/$/, "")}`
    return yield* new StorageError({ provider, operation: "open", reason: new PermissionDenied({ message }) })
  }
  return make({ ...options, found })
})
