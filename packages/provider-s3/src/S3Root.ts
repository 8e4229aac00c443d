/** Where in an account a provider is rooted: a bucket, which may have to be made first, and a folder of it. */
import { CreateBucketCommand, GetBucketVersioningCommand } from "@aws-sdk/client-s3"
import type { Remark } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { AlreadyExists, InvalidRequest, NotFound, type StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { heeding, type Quirks } from "./api/Quirks.ts"
import type { S3Calls } from "./api/S3Calls.ts"
import type { StoredAs } from "./S3Stored.ts"

export interface S3Root {
  readonly calls: S3Calls
  /** `Provider.name` */
  readonly provider: string
  readonly quirks: Quirks
  readonly stored: StoredAs
  readonly bucketName: string
  /** "" or `folder/` */
  readonly prefix: string
  readonly keepsVersions: boolean
  /** Makes the bucket where it was not there when the place was opened, and `createsBuckets` allows it. */
  readonly forWriting: Effect.Effect<void, StorageError>
  readonly remarks: () => ReadonlyArray<Remark>
  /** The key of `path`. Fails with `InvalidRequest` when it can be none, or would make a folder of a file of `size` bytes. */
  readonly keyOf: (operation: string, path: RemotePath, size?: number) => Effect.Effect<string, StorageError>
  /** The same, whatever the service thinks of it. */
  readonly nameOf: (path: string) => string
  /** The path of a key that begins with `prefix`. */
  readonly pathOf: (key: string) => string
}

export interface RootOptions {
  readonly calls: S3Calls
  readonly provider: string
  readonly quirks: Quirks
  readonly stored: StoredAs
  readonly bucketName: string
  readonly prefix: string
  readonly createsBuckets: boolean
  /** For a bucket that is to be made. */
  readonly region: string
}

const mostKeyBytes = 1024
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML can not carry
const control = /[\u0000-\u001f\u007f]/

const keyRefusal = (key: string): string | undefined => {
  if (control.test(key)) return "S3 keeps no control characters in names; rename the file"
  if (key.length > mostKeyBytes / 3 && Buffer.byteLength(key) > mostKeyBytes) {
    return `S3 takes names of up to ${mostKeyBytes} bytes with all their folders, this one has ${Buffer.byteLength(key)}; shorten it`
  }
  return undefined
}

/** Whether the bucket is there, and keeps versions. A key that may not ask is told that it does, as that hides nothing. */
const look = ({ bucketName, calls, quirks }: RootOptions) =>
  quirks.versions === "never"
    ? Effect.succeed({ isThere: true, keepsVersions: false })
    : calls
        .attempt({ operation: "GetBucketVersioning", bucket: bucketName }, (client, options) =>
          client.send(new GetBucketVersioningCommand({ Bucket: bucketName }), options)
        )
        .pipe(
          Effect.map(({ Status }) => ({
            isThere: true,
            keepsVersions: quirks.versions === "always" || Status !== undefined
          })),
          Effect.catch(({ error, failure }) => {
            const { _tag } = error.reason
            if (_tag === "NotFound")
              return Effect.succeed({ isThere: false, keepsVersions: quirks.versions === "always" })
            if (_tag === "PermissionDenied") return Effect.succeed({ isThere: true, keepsVersions: true })
            if (failure.status === 501 || failure.status === 405 || _tag === "InvalidRequest") {
              return Effect.succeed({ isThere: true, keepsVersions: quirks.versions === "always" })
            }
            return Effect.fail(error)
          })
        )

/** Succeeds when there is no such bucket yet. */
export const open = Effect.fnUntraced(function* (options: RootOptions): Effect.fn.Return<S3Root, StorageError> {
  const { bucketName, calls, createsBuckets, prefix, provider, region, stored } = options
  const { isThere, keepsVersions } = yield* look(options)
  const quirks = heeding(options.quirks, calls.server())
  const remarks: Array<Remark> = []
  const creating = Semaphore.makeUnsafe(1)
  let exists = isThere

  const create = Effect.suspend(() => {
    if (exists) return Effect.void
    if (!createsBuckets) {
      const message = `there is no bucket "${bucketName}", and writing to it is not to make one; check its name, or make it first`
      return Effect.fail(calls.fail("CreateBucket", undefined, new NotFound({ message, concernsAll: true })))
    }
    const constraint = ["us-east-1", "auto", ""].includes(region) ? {} : { LocationConstraint: region as "EU" }
    const made = calls.attempt({ operation: "CreateBucket", bucket: bucketName }, (client, send) =>
      client.send(
        new CreateBucketCommand({
          Bucket: bucketName,
          ...("LocationConstraint" in constraint ? { CreateBucketConfiguration: constraint } : {})
        }),
        send
      )
    )
    return made.pipe(
      Effect.tap(() =>
        Effect.sync(() => {
          const message = `there was no bucket "${bucketName}", so it was made`
          remarks.push({ code: "bucketCreated", message })
          exists = true
        })
      ),
      Effect.asVoid,
      Effect.catch(({ error, failure }) => {
        if (failure.code === "BucketAlreadyOwnedByYou") {
          exists = true
          return Effect.void
        }
        if (error.reason._tag !== "AlreadyExists") return Effect.fail(error)
        const message = `the bucket name "${bucketName}" is taken by somebody else; choose another name`
        return Effect.fail(calls.fail("CreateBucket", undefined, new AlreadyExists({ message, concernsAll: true })))
      })
    )
  })

  const nameOf = (path: string) => prefix + Spelling.segments.toName(path)
  return {
    calls,
    provider,
    quirks,
    stored,
    bucketName,
    prefix,
    keepsVersions,
    remarks: () => remarks,
    forWriting: Effect.suspend(() => (exists ? Effect.void : Semaphore.withPermits(creating, 1)(create))),
    nameOf,
    pathOf: (key) => Spelling.segments.toPath(key.slice(prefix.length)),
    keyOf: (operation, path, size) => {
      const key = nameOf(path)
      const refusal =
        path === ""
          ? "the root is not a file"
          : size === 0 && key.endsWith("/")
            ? "an empty file of this name stands for a folder in S3"
            : keyRefusal(key)
      return refusal === undefined
        ? Effect.succeed(key)
        : Effect.fail(calls.fail(operation, path, new InvalidRequest({ message: refusal, concernsName: true })))
    }
  }
})
