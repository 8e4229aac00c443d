/** Backblaze B2 as a provider. */
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import packageJson from "../package.json" with { type: "json" }
import * as B2Calls from "./api/B2Calls.ts"
import * as B2Client from "./api/B2Client.ts"
import * as B2Http from "./api/B2Http.ts"
import { bucketRefusal } from "./api/B2Names.ts"
import * as UploadUrls from "./api/UploadUrls.ts"
import * as B2Account from "./B2Account.ts"
import * as B2Buckets from "./B2Buckets.ts"
import * as B2Copy from "./B2Copy.ts"
import * as B2Directories from "./B2Directories.ts"
import * as B2Download from "./B2Download.ts"
import * as B2Files from "./B2Files.ts"
import * as B2LargeFile from "./B2LargeFile.ts"
import * as B2Listing from "./B2Listing.ts"
import type { B2Options } from "./B2Options.ts"
import * as B2Removal from "./B2Removal.ts"
import * as B2Root from "./B2Root.ts"
import * as B2Versions from "./B2Versions.ts"

export interface OpenOptions extends B2Options {
  /** What users typed; `Provider.name`. */
  readonly name: string
  /** `bucket/folder`, or "" for the account. */
  readonly location: string
  /** Told every request once it is answered; never a credential. */
  readonly onRequest?: ((line: string) => void) | undefined
}

const userAgent = `ourclone/${packageJson.version} node/${process.versions.node}`

/** The bucket and the folder in it. Leading slashes are dropped, as B2 has none. */
const parse = (location: string) => {
  const path = location.replace(/^\/+|\/+$/g, "")
  const slash = path.indexOf("/")
  return slash < 0 ? { bucket: path, folder: "" } : { bucket: path.slice(0, slash), folder: path.slice(slash + 1) }
}

/** Authorises, which is the first call. The connections live until the scope closes. */
export const open = Effect.fnUntraced(function* (
  options: OpenOptions
): Effect.fn.Return<Provider, StorageError, Scope.Scope> {
  const { applicationKey, endpoint, hardDelete, keyId, maxConcurrency, name, onRequest } = options
  const { bucket, folder } = parse(options.location)
  const refusal = (bucket === "" ? undefined : bucketRefusal(bucket)) ?? RemotePath.refusal(folder)
  if (refusal !== undefined) {
    return yield* new StorageError({
      provider: name,
      operation: "open",
      reason: new InvalidRequest({ message: refusal })
    })
  }
  const http = yield* Effect.acquireRelease(
    Effect.sync(() => B2Http.make({ maxConcurrency, onRequest })),
    ({ close }) => Effect.promise(close)
  )
  const origin = endpoint.replace(/\/$/, "")
  const calls = yield* B2Calls.make({ http, provider: name, endpoint: origin, keyId, applicationKey, userAgent })
  const client = B2Client.make(calls)
  const { accountId } = calls.authorization.current()

  const place = { name, account: `b2:${accountId}@${origin}` }
  const capabilities: Capabilities = {
    checksums: ["sha1"],
    modifiedAtPrecision: 1,
    listsInOrder: true,
    isCaseSensitive: true,
    keepsVersions: true,
    maxPutSize: B2Files.maxPutSize
  }
  if (bucket === "") {
    return { ...place, location: "", capabilities, ...B2Account.make(client, name) }
  }

  const root = yield* B2Root.open({ client, provider: name, text: bucket, prefix: folder === "" ? "" : `${folder}/` })
  const urls = UploadUrls.make(Effect.flatMap(root.bucketForWriting, ({ id }) => client.getUploadUrl(id)))
  const put = B2Files.put(root, urls)
  const largeFile = B2LargeFile.make(root)
  const mayRead = calls.authorization.current().key.capabilities.includes("readFiles")
  return {
    ...place,
    location: folder === "" ? root.bucketName : `${root.bucketName}/${folder}`,
    capabilities,
    list: B2Listing.list(root),
    stat: B2Files.stat(root),
    read: B2Download.read(root),
    readAll: B2Download.readAll(root),
    put,
    touch: mayRead ? B2Copy.touch(root, largeFile) : undefined,
    remove: B2Removal.remove(root, hardDelete),
    makeDirectory: B2Directories.makeDirectory(root, put),
    removeDirectory: B2Directories.removeDirectory(root, hardDelete),
    copy: B2Copy.copy(root, largeFile),
    largeFile,
    versions: B2Versions.make(root),
    buckets: B2Buckets.make(client, name)
  }
})
