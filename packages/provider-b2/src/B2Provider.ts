/** Backblaze B2 as a provider. */
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import * as PlaceIdentity from "@ourclone/core/contract/PlaceIdentity"
import type { Downloads, Provider } from "@ourclone/core/contract/Provider"
import { specification } from "@ourclone/core/contract/Specification"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as AccountOfBuckets from "@ourclone/core/layers/AccountOfBuckets"
import { TrafficLog } from "@ourclone/core/layers/Observed"
import * as HttpClient from "@ourclone/http/HttpClient"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import packageJson from "../package.json" with { type: "json" }
import * as B2Calls from "./api/B2Calls.ts"
import * as B2Client from "./api/B2Client.ts"
import { roomRefusal } from "./api/B2Names.ts"
import * as UploadUrls from "./api/UploadUrls.ts"
import * as B2Buckets from "./B2Buckets.ts"
import * as B2Copy from "./B2Copy.ts"
import * as B2Directories from "./B2Directories.ts"
import * as B2Download from "./B2Download.ts"
import * as B2Files from "./B2Files.ts"
import * as B2Keys from "./B2Keys.ts"
import * as B2LargeFile from "./B2LargeFile.ts"
import * as B2Link from "./B2Link.ts"
import * as B2Listing from "./B2Listing.ts"
import * as B2Location from "./B2Location.ts"
import type { B2Options } from "./B2Options.ts"
import * as B2Removal from "./B2Removal.ts"
import * as B2Root from "./B2Root.ts"
import * as B2Versions from "./B2Versions.ts"
import * as B2Way from "./B2Way.ts"
import rates from "./rates.json" with { type: "json" }

type Connecting = Pick<B2Options, "keyId" | "applicationKey" | "endpoint" | "maxConcurrency" | "downloadUrl">

export interface ConnectOptions extends Connecting, B2Way.WayOptions {
  /** Whom messages about the sign-in are about. */
  readonly name: string
  /** Told every request once it is answered; never a credential. */
  readonly onRequest?: ((line: string) => void) | undefined
}

export interface PlaceOptions {
  /** What users typed; `Provider.name`. */
  readonly name: string
  /** `bucket/folder`, or "" for the account. */
  readonly location: string
  readonly hardDelete: boolean
  /** Make a bucket that is written to and is not there; true when absent. */
  readonly createsBuckets?: boolean | undefined
}

export interface B2Connection {
  /** `b2:4a5b6c7d8e9f`: a key of an account says which, and its address does not matter. */
  readonly id: string
  readonly limitConnections: (most: number) => void
  readonly limitRequests: (perSecond: number | undefined) => void
  readonly open: (options: PlaceOptions) => Effect.Effect<Provider, StorageError>
}

const userAgent = `ourclone/${packageJson.version} node/${process.versions.node}`

/** The calls of an account that is signed in to. The connections live until the scope closes. */
const callsFor = Effect.fnUntraced(function* (options: ConnectOptions) {
  const { applicationKey, downloadUrl, endpoint, keyId, maxConcurrency, name } = options
  const onRequest = options.onRequest ?? (yield* TrafficLog)
  const http = yield* Effect.acquireRelease(
    Effect.map(B2Way.of(options), (way) => HttpClient.make({ ...way, maxConcurrency, onRequest })),
    ({ close }) => Effect.promise(close)
  )
  const calls = yield* B2Calls.make({
    http,
    provider: name,
    endpoint: endpoint.replace(/\/$/, ""),
    downloadUrl: downloadUrl?.replace(/\/$/, ""),
    keyId,
    applicationKey,
    userAgent
  })
  return { calls, http }
})

/** Authorises, which is the first call. */
export const connect = Effect.fnUntraced(function* (
  options: ConnectOptions
): Effect.fn.Return<B2Connection, StorageError, Scope.Scope> {
  const { calls, http } = yield* callsFor(options)
  const id = `b2:${calls.authorization.current().accountId}`
  return {
    id,
    limitConnections: http.limit,
    limitRequests: http.pace,
    open: (place) => openPlace(id, calls, place)
  }
})

/** What the service says of a key, and no more. */
export const authorize = (options: ConnectOptions) =>
  Effect.map(callsFor(options), ({ calls }) => calls.authorization.current())

const checkLocation = (name: string, location: string): Effect.Effect<void, StorageError> => {
  const message = B2Location.refusal(location)
  if (message === undefined) return Effect.void
  return Effect.fail(new StorageError({ provider: name, operation: "open", reason: new InvalidRequest({ message }) }))
}

export type OpenOptions = ConnectOptions & PlaceOptions

/** One place, with a connection of its own until the scope closes. */
export const open = (options: OpenOptions): Effect.Effect<Provider, StorageError, Scope.Scope> =>
  Effect.andThen(
    checkLocation(options.name, options.location),
    Effect.flatMap(connect(options), (account) => account.open(options))
  )

const capabilities: Capabilities = {
  checksums: ["sha1", "md5"],
  modifiedAtPrecision: 1,
  keepsNanoseconds: false,
  listsInOrder: true,
  isCaseSensitive: true,
  isLocal: false,
  hasDirectories: false,
  keepsVersions: true,
  keepsMetadata: true,
  keepsContentHeaders: true,
  maxPutSize: B2Files.maxPutSize
}

/** B2's names of buckets are one for all accounts and letter cases, and are known before there is a bucket. */
const placeOf = (account: string, bucketName: string, folder: string): PlaceIdentity.PlaceIdentity => {
  const bucket = bucketName.toLowerCase()
  return PlaceIdentity.ofPath(account, folder === "" ? bucket : `${bucket}/${folder}`)
}

const downloadsOf = (client: B2Client.B2Client, bucketName: string): Downloads => ({
  address: client.calls.authorization.current().downloadUrl,
  option: "downloadUrl",
  answers: client.answersDownloads(bucketName)
})

/** Of an account no bucket is meant, and any name will do. */
const noBucket = "ourclone-doctor"

const openPlace = Effect.fnUntraced(function* (
  account: string,
  sharedCalls: B2Calls.B2Calls,
  { createsBuckets = true, hardDelete, location, name }: PlaceOptions
): Effect.fn.Return<Provider, StorageError> {
  yield* checkLocation(name, location)
  const { bucket, folder } = B2Location.parse(location)
  let forget = () => {}
  const calls = sharedCalls.named(name, () => forget())
  const client = B2Client.make(calls)
  const { clockAheadMillis } = calls.authorization.current()
  if (bucket === "") {
    const place = PlaceIdentity.ofPath(account, "")
    return {
      specification,
      name,
      place,
      location: "",
      capabilities,
      ...AccountOfBuckets.make(
        B2Buckets.make(client, name),
        (operation, path, reason) => new StorageError({ provider: name, operation, path, reason })
      ),
      keys: B2Keys.make(client, name, hardDelete),
      clockAheadMillis,
      downloads: downloadsOf(client, noBucket)
    }
  }

  const root = yield* B2Root.open({
    client,
    provider: name,
    text: bucket,
    prefix: folder === "" ? "" : `${Spelling.segments.toName(folder)}/`,
    createsBuckets
  })
  forget = root.forget
  const urls = UploadUrls.make(Effect.flatMap(root.bucketForWriting, ({ id }) => client.getUploadUrl(id)))
  const put = B2Files.put(root, urls)
  const largeFile = B2LargeFile.make(root)
  const mayRead = calls.authorization.current().key.capabilities.includes("readFiles")
  return {
    specification,
    name,
    place: placeOf(account, root.bucketName, folder),
    location: folder === "" ? root.bucketName : `${root.bucketName}/${folder}`,
    capabilities: {
      ...capabilities,
      removesForGood: hardDelete,
      metadataRefusal: (metadata, path) => roomRefusal(metadata, root.nameOf(path))
    },
    list: B2Listing.list(root),
    stat: B2Files.stat(root),
    statDirectory: B2Directories.statDirectory(root),
    read: B2Download.read(root),
    readAll: B2Download.readAll(root),
    put,
    touch: mayRead ? B2Copy.touch(root, largeFile) : undefined,
    setMetadata: mayRead ? B2Copy.setMetadata(root, largeFile) : undefined,
    remove: B2Removal.remove(root, hardDelete),
    makeDirectory: B2Directories.makeDirectory(root, put),
    removeDirectory: B2Directories.removeDirectory(root, hardDelete),
    copy: B2Copy.copy(root, largeFile),
    link: B2Link.link(root),
    largeFile,
    versions: B2Versions.make(root),
    buckets: B2Buckets.make(client, name),
    keys: B2Keys.make(client, name, hardDelete),
    clockAheadMillis,
    downloads: downloadsOf(client, root.bucketName),
    rates,
    remarks: root.remarks
  }
})
