/** S3 and what speaks like it, as a provider. */
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import * as PlaceIdentity from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import { specification } from "@ourclone/core/contract/Specification"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as AccountOfBuckets from "@ourclone/core/layers/AccountOfBuckets"
import { TrafficLog } from "@ourclone/core/layers/Observed"
import { type UploadJournal, Uploads } from "@ourclone/core/layers/UploadJournal"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import packageJson from "../package.json" with { type: "json" }
import * as ObjectMetadata from "./api/ObjectMetadata.ts"
import { needsPathStyle, type Quirks, quirksOf, regionOf, vendorOf } from "./api/Quirks.ts"
import * as S3Calls from "./api/S3Calls.ts"
import * as S3Connect from "./api/S3Connect.ts"
import * as S3Buckets from "./S3Buckets.ts"
import * as S3Copy from "./S3Copy.ts"
import * as S3Directories from "./S3Directories.ts"
import * as S3Download from "./S3Download.ts"
import * as S3Files from "./S3Files.ts"
import * as S3LargeFile from "./S3LargeFile.ts"
import * as S3Link from "./S3Link.ts"
import * as S3Listing from "./S3Listing.ts"
import * as S3Location from "./S3Location.ts"
import type { S3Options } from "./S3Options.ts"
import * as S3Removal from "./S3Removal.ts"
import * as S3Root from "./S3Root.ts"
import * as S3Stored from "./S3Stored.ts"
import * as S3Versions from "./S3Versions.ts"

export interface ConnectOptions extends S3Options {
  /** Whom messages about the connection are about. */
  readonly name: string
  /** What the account is called where another side of the service says it; else it goes by the host. */
  readonly accountId?: string | undefined
  /** Told every request once it is answered; never a credential. */
  readonly onRequest?: ((line: string) => void) | undefined
}

export interface PlaceOptions extends S3Options {
  /** What users typed; `Provider.name`. */
  readonly name: string
  /** `bucket/folder`, or "" for the account. */
  readonly location: string
}

export interface S3Connection {
  readonly id: string
  readonly limitConnections: (most: number) => void
  readonly limitRequests: (perSecond: number | undefined) => void
  readonly open: (options: PlaceOptions) => Effect.Effect<Provider, StorageError>
}

const userAgent = `ourclone/${packageJson.version}`

const invalid = (name: string, message: string) =>
  new StorageError({ provider: name, operation: "open", reason: new InvalidRequest({ message }) })

const credentialsOf = (options: S3Options): S3Connect.Connecting["credentials"] | string => {
  const { accessKeyId, anonymous, profile, secretAccessKey, sessionToken } = options
  if (anonymous) return "anonymous"
  if (profile !== undefined) return { profile }
  if (accessKeyId === undefined && secretAccessKey === undefined) return "chain"
  if (accessKeyId === undefined) return "the option accessKeyId is missing, and secretAccessKey is given"
  if (secretAccessKey === undefined) return "the option secretAccessKey is missing, and accessKeyId is given"
  return { accessKeyId, secretAccessKey, sessionToken }
}

/** The row of the vendor, and what the options say otherwise. */
const quirksFor = (options: S3Options, host: string | undefined): Quirks => {
  const quirks = quirksOf(options.provider ?? vendorOf(host))
  return {
    ...quirks,
    pathStyle: options.pathStyle ?? (quirks.pathStyle || (host !== undefined && needsPathStyle(host))),
    listVersion: options.listVersion === undefined ? quirks.listVersion : options.listVersion === "1" ? 1 : 2,
    listsInOrder: options.listsInOrder ?? quirks.listsInOrder,
    conditions: options.conditionalWrites ?? quirks.conditions,
    directoryMarkers: options.directoryMarkers ?? quirks.directoryMarkers
  }
}

/** Nothing is asked yet. The connections live until the scope closes. */
export const connect = Effect.fnUntraced(function* (
  options: ConnectOptions
): Effect.fn.Return<S3Connection, StorageError, Scope.Scope> {
  const { endpoint, name } = options
  const url = endpoint === undefined ? undefined : new URL(endpoint)
  const vendor = options.provider ?? vendorOf(url?.hostname)
  const quirks = quirksFor(options, url?.hostname)
  const credentials = credentialsOf(options)
  if (typeof credentials === "string" && credentials !== "anonymous" && credentials !== "chain") {
    return yield* invalid(name, credentials)
  }
  const region = options.region ?? regionOf(vendor, url?.hostname) ?? "us-east-1"
  const onRequest = options.onRequest ?? (yield* TrafficLog)
  const made = Effect.try({
    try: () =>
      S3Connect.connect({
        endpoint: endpoint?.replace(/\/+$/, ""),
        region,
        pathStyle: quirks.pathStyle,
        takesCallNames: quirks.takesCallNames,
        credentials: credentials as S3Connect.Connecting["credentials"],
        connectTimeout: options.connectTimeout * 1000,
        idleTimeout: options.idleTimeout * 1000,
        maxConcurrency: options.maxConcurrency,
        proxy: options.proxy,
        noProxy: options.noProxy,
        caFile: options.caFile,
        userAgent,
        onRequest
      }),
    catch: (error) => invalid(name, error instanceof Error ? error.message : String(error))
  })
  const connection = yield* Effect.acquireRelease(made, ({ close }) => Effect.sync(close))
  // Names of buckets are one for all keys of a service, and of AWS for all of its regions.
  const journal = yield* Uploads
  const id = options.accountId ?? `s3:${url === undefined ? "amazonaws.com" : url.host}`
  return {
    id,
    limitConnections: connection.limitConnections,
    limitRequests: connection.limitRequests,
    open: (place) => openPlace({ account: id, connection, quirks, region, journal }, place)
  }
})

const capabilitiesOf = (root: S3Root.S3Root): Capabilities => ({
  checksums: root.quirks.etagIsMd5 && !root.stored.hidesMd5 ? ["md5"] : [],
  modifiedAtPrecision: 1,
  keepsNanoseconds: false,
  listsInOrder: root.quirks.listsInOrder,
  isCaseSensitive: true,
  isLocal: false,
  hasDirectories: false,
  keepsVersions: root.keepsVersions,
  keepsMetadata: true,
  metadataRefusal: ObjectMetadata.roomRefusal,
  keepsContentHeaders: true,
  maxPutSize: S3Files.maxPutSize
})

interface Opened {
  readonly account: string
  readonly connection: S3Connect.S3Connection
  readonly quirks: Quirks
  readonly region: string
  readonly journal: UploadJournal
}

const openPlace = Effect.fnUntraced(function* (
  { account, connection, journal, quirks: shared, region }: Opened,
  options: PlaceOptions
): Effect.fn.Return<Provider, StorageError> {
  const { createsBuckets, hardDelete, location, name } = options
  const refused = S3Location.refusal(location)
  if (refused !== undefined) return yield* invalid(name, refused)
  const { bucket, folder } = S3Location.parse(location)
  const calls = S3Calls.make(name, connection)
  const quirks = { ...shared, directoryMarkers: options.directoryMarkers ?? shared.directoryMarkers }
  const stored = S3Stored.storedAs(options)
  const buckets = S3Buckets.make(calls, region)
  if (bucket === "") {
    const place = PlaceIdentity.ofPath(account, "")
    const capabilities = capabilitiesOf({ quirks, stored, keepsVersions: false } as S3Root.S3Root)
    return { specification, name, place, location: "", capabilities, ...AccountOfBuckets.make(buckets, calls.fail) }
  }
  const root = yield* S3Root.open({
    calls,
    provider: name,
    quirks,
    stored,
    bucketName: bucket,
    prefix: folder === "" ? "" : `${Spelling.segments.toName(folder)}/`,
    createsBuckets,
    region
  })
  const largeFile = S3LargeFile.make(root, account, journal)
  const path = folder === "" ? bucket : `${bucket}/${folder}`
  // Natively the bucket may have been named with capitals, which make no other of it.
  const placed = quirks.isB2 ? bucket.toLowerCase() : bucket
  const hasMarkers = quirks.directoryMarkers !== "off"
  return {
    specification,
    name,
    place: PlaceIdentity.ofPath(account, folder === "" ? placed : `${placed}/${folder}`),
    location: path,
    capabilities: { ...capabilitiesOf(root), removesForGood: hardDelete },
    list: S3Listing.list(root),
    stat: S3Files.stat(root),
    statDirectory: S3Directories.statDirectory(root),
    read: S3Download.read(root),
    readAll: S3Download.readAll(root),
    put: S3Files.put(root),
    putIfAbsent: quirks.conditions ? S3Files.putIfAbsent(root) : undefined,
    putIfSame: quirks.conditions ? S3Files.putIfSame(root) : undefined,
    touch: S3Copy.touch(root, largeFile),
    setMetadata: S3Copy.setMetadata(root, largeFile),
    remove: S3Removal.remove(root, hardDelete),
    makeDirectory: hasMarkers ? S3Directories.makeDirectory(root) : undefined,
    removeDirectory: hasMarkers ? S3Directories.removeDirectory(root, hardDelete) : undefined,
    copy: S3Copy.copy(root, largeFile),
    link: S3Link.link(root),
    largeFile,
    versions: root.keepsVersions ? S3Versions.make(root) : undefined,
    buckets,
    remarks: root.remarks
  }
})

/** One place, with a connection of its own until the scope closes. */
export const open = (options: ConnectOptions & PlaceOptions): Effect.Effect<Provider, StorageError, Scope.Scope> =>
  Effect.flatMap(connect(options), (account) => account.open(options))
