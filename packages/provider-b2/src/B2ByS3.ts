/** B2 through the side of it that speaks S3: the key says which, and where that side is. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest, PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import * as S3Options from "@ourclone/provider-s3/S3Options"
import * as S3Provider from "@ourclone/provider-s3/S3Provider"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { isAsSafe } from "./api/B2Calls.ts"
import * as B2Location from "./B2Location.ts"
import type { B2Options } from "./B2Options.ts"
import * as B2Provider from "./B2Provider.ts"
import * as B2S3Key from "./B2S3Key.ts"

export type ConnectOptions = Omit<B2Provider.ConnectOptions, "keyId"> &
  Pick<B2Options, "keyId" | "noProxy" | "connectTimeout" | "idleTimeout">

const usual = Schema.decodeUnknownSync(S3Options.S3Options)({})

const refused = (name: string, message: string) =>
  new StorageError({ provider: name, operation: "open", reason: new InvalidRequest({ message }) })

/** The account id is 12 hex digits, and that of the master key too. */
const isMasterKey = (keyId: string) => /^[0-9a-f]{12}$/.test(keyId)

/** Authorises natively, which is the first call and the last of that side. */
export const connect = Effect.fnUntraced(function* (
  options: ConnectOptions
): Effect.fn.Return<B2Provider.B2Connection, StorageError, Scope.Scope> {
  const { applicationKey, endpoint, keyId, name } = options
  if (isMasterKey(keyId)) {
    return yield* refused(name, "B2's S3 side does not take the master key; make an application key")
  }
  const { accountId, key, s3ApiUrl } = yield* Effect.scoped(B2Provider.authorize(options))
  if (s3ApiUrl === undefined || !isAsSafe(endpoint, s3ApiUrl)) {
    return yield* refused(name, "the server has no S3 side, or one that is not as safe; leave the option api out")
  }
  const s3 = {
    ...usual,
    provider: "Backblaze",
    endpoint: s3ApiUrl,
    accessKeyId: keyId,
    secretAccessKey: applicationKey,
    noProxy: options.noProxy,
    connectTimeout: options.connectTimeout,
    idleTimeout: options.idleTimeout,
    maxConcurrency: options.maxConcurrency,
    ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
    ...(options.caFile === undefined ? {} : { caFile: options.caFile })
  } as const
  const { onRequest } = options
  const connection = yield* S3Provider.connect({ ...s3, name, onRequest, accountId: `b2:${accountId}` })

  /** A key for some names would be told only that it may not. */
  const isOutside = (location: string): boolean => {
    const { folder } = B2Location.parse(location)
    const prefix = folder === "" ? "" : `${Spelling.segments.toName(folder)}/`
    return !prefix.startsWith(key.namePrefix)
  }
  return {
    id: connection.id,
    limitConnections: connection.limitConnections,
    limitRequests: connection.limitRequests,
    open: ({ createsBuckets = true, hardDelete, location, name }) => {
      if (location === "" || !isOutside(location)) {
        const opened = connection.open({ ...s3, createsBuckets, hardDelete, location, name })
        return Effect.map(opened, (provider) =>
          B2S3Key.around(provider, key, { hardDelete, isAccount: location === "" })
        )
      }
      const message = `the application key ${keyId} only reaches names that begin with "${key.namePrefix}"; use a location inside of that`
      const reason = new PermissionDenied({ message })
      return Effect.fail(new StorageError({ provider: name, operation: "open", path: RemotePath.root, reason }))
    }
  }
})
