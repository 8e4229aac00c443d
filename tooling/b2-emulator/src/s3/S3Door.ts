/** The S3-compatible side of the account: from a request to the code that answers it. */
import type { Account } from "../Account.ts"
import type { ApiError } from "../Errors.ts"
import { Exchange } from "../Exchange.ts"
import { replyWithFault } from "../FaultReplies.ts"
import type { CallShape, Faults } from "../Faults.ts"
import type { HttpRequest } from "../HttpRequest.ts"
import type { Key } from "../Key.ts"
import type { Network } from "../Network.ts"
import type { RequestLog } from "../RequestLog.ts"
import * as Multipart from "./Multipart.ts"
import { listObjects, listVersions } from "./ObjectListings.ts"
import * as Objects from "./Objects.ts"
import { payloadOf } from "./Payload.ts"
import { receiveRaw } from "./RawBody.ts"
import * as S3Buckets from "./S3Buckets.ts"
import { anonymous, type S3Behaviour, type S3Call } from "./S3Call.ts"
import { accessDenied, notImplemented, S3Error, toS3Error } from "./S3Error.ts"
import { authenticate, decodePath, type Pairs, pairsOf } from "./Signature.ts"

export interface S3Options {
  /** Port on 127.0.0.1; any free one when absent. */
  readonly port?: number
  /** No conditions, no checksum headers and trailers, and not for the master key: as B2's own is. */
  readonly asB2?: boolean
  /** Whether older versions stay, as they do in B2; true when absent. */
  readonly keepsVersions?: boolean
  /** The only region that signatures may name; any when absent. */
  readonly region?: string
}

export interface S3Server {
  readonly account: Account
  readonly faults: Faults
  readonly network: Network
  readonly log: RequestLog | undefined
  readonly options: S3Options
}

type Run = (call: S3Call) => void | Promise<void>

interface Route {
  /** As the log and faults know it: `s3_put_object`. */
  readonly operation: string
  readonly shape: CallShape
  readonly run: Run
}

const route = (operation: string, run: Run, shape: CallShape = "json"): Route => ({
  operation: `s3_${operation}`,
  shape,
  run
})

/** What S3 has and nothing here stands for: `?analytics` of a bucket is not the bucket. */
const unknown = [
  ...["accelerate", "analytics", "intelligent-tiering", "inventory", "metadataConfiguration", "metadataTable"],
  ...["metrics", "notification", "ownershipControls", "policyStatus", "session"]
]

const settings = [
  ...["acl", "cors", "encryption", "lifecycle", "location", "logging", "object-lock", "policy", "publicAccessBlock"],
  ...["replication", "requestPayment", "tagging", "versioning", "website"]
]

const ofBucket = (method: string, has: (name: string) => boolean, region: string): Route | undefined => {
  const setting = settings.find(has)
  if (unknown.some(has)) return undefined
  switch (method) {
    case "GET":
      if (has("uploads")) return route("list_multipart_uploads", Multipart.listUploads)
      if (has("versions")) return route("list_object_versions", listVersions)
      if (setting === undefined) return route("list_objects", listObjects)
      return route(`get_bucket_${setting}`, (call) => S3Buckets.getBucketSetting(call, setting, region))
    case "HEAD":
      return route("head_bucket", (call) => S3Buckets.headBucket(call, region))
    case "PUT":
      if (setting === undefined) return route("create_bucket", S3Buckets.createBucket)
      return route(`put_bucket_${setting}`, (call) => S3Buckets.putBucketSetting(call, setting))
    case "DELETE":
      if (setting === undefined) return route("delete_bucket", S3Buckets.deleteBucket)
      return route(`delete_bucket_${setting}`, (call) => S3Buckets.deleteBucketSetting(call, setting))
    case "POST":
      return has("delete") ? route("delete_objects", S3Buckets.deleteMany) : undefined
    default:
      return undefined
  }
}

const ofObject = (method: string, has: (name: string) => boolean, isCopy: boolean): Route | undefined => {
  switch (method) {
    case "GET":
    case "HEAD":
      if (has("uploadId")) return route("list_parts", Multipart.listParts)
      if (["acl", "tagging", "retention", "legal-hold", "attributes"].some(has)) return undefined
      return route(method === "GET" ? "get_object" : "head_object", Objects.getObject, "download")
    case "PUT":
      if (has("partNumber")) {
        return isCopy
          ? route("upload_part_copy", Multipart.uploadPartCopy)
          : route("upload_part", Multipart.uploadPart, "upload")
      }
      if (["acl", "tagging", "retention", "legal-hold"].some(has)) return undefined
      return isCopy ? route("copy_object", Objects.copyObject) : route("put_object", Objects.putObject, "upload")
    case "DELETE":
      return has("uploadId")
        ? route("abort_multipart_upload", Multipart.abortUpload)
        : route("delete_object", Objects.deleteObject)
    case "POST":
      if (has("uploads")) return route("create_multipart_upload", Multipart.createUpload)
      return has("uploadId") ? route("complete_multipart_upload", Multipart.completeUpload) : undefined
    default:
      return undefined
  }
}

/** Without the first slash, and cut at the second. */
const placeOf = (path: string) => {
  const decoded = decodePath(path).slice(1)
  const slash = decoded.indexOf("/")
  return slash < 0
    ? { bucketName: decoded, name: "" }
    : { bucketName: decoded.slice(0, slash), name: decoded.slice(slash + 1) }
}

const mostNameBytes = 1024

const routeOf = (exchange: Exchange, place: ReturnType<typeof placeOf>, pairs: Pairs, region: string): Route => {
  const has = (name: string) => pairs.some(([key]) => key === name)
  const { method } = exchange
  if (Buffer.byteLength(place.name) > mostNameBytes) {
    throw new S3Error(400, "KeyTooLongError", "Your key is too long", {
      Size: String(Buffer.byteLength(place.name)),
      MaxSizeAllowed: String(mostNameBytes)
    })
  }
  const isCopy = exchange.header("x-amz-copy-source") !== undefined
  const found =
    place.bucketName === ""
      ? method === "GET"
        ? route("list_buckets", S3Buckets.listBuckets)
        : undefined
      : place.name === ""
        ? ofBucket(method, has, region)
        : ofObject(method, has, isCopy)
  if (found !== undefined) return found
  throw notImplemented(`${method} ${exchange.path}?${exchange.query}`)
}

const keyOf = ({ account, options }: S3Server, keyId: string): Key | undefined => {
  const key = account.keys.get(keyId)
  if (key !== undefined) return key.hasExpired(account.clock.now()) ? undefined : key
  const { masterKey } = account
  return options.asB2 !== true && keyId === masterKey.record.applicationKeyId ? masterKey : undefined
}

const sendFailure = (exchange: Exchange, failure: unknown): void => exchange.sendFailure(toS3Error(failure))

export const handleS3 = (server: S3Server, request: HttpRequest): void => {
  const { account, faults, log, network, options } = server
  const exchange = new Exchange(request, network)
  if (log !== undefined) {
    const started = performance.now()
    request.onceOver(() => log.add(exchange, started))
  }
  const behaviour: S3Behaviour = { asB2: options.asB2 === true, keepsVersions: options.keepsVersions ?? true }
  try {
    const pairs = pairsOf(exchange.query)
    const place = placeOf(exchange.path)
    const found = routeOf(exchange, place, pairs, options.region ?? S3Buckets.usualRegion)
    exchange.operation = found.operation
    exchange.fault = faults.draw(found.operation, found.shape)
    if (exchange.fault !== undefined && replyWithFault(exchange, account, found.shape, undefined, toS3Error)) return
    receiveRaw(exchange, (raw) => {
      try {
        const signed = authenticate({
          method: exchange.method,
          path: exchange.path,
          pairs,
          headers: request.head.headers,
          secretOf: (keyId) => keyOf(server, keyId)?.record.secret,
          region: options.region,
          now: Date.now()
        })
        const key = signed === undefined ? anonymous : keyOf(server, signed.keyId)
        if (key === undefined) throw accessDenied()
        if (behaviour.asB2) refuseAcl(exchange)
        for (const owner of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
          if ((exchange.header(owner) ?? account.accountId) !== account.accountId) throw accessDenied()
        }
        const payload = payloadOf(raw, request.head.headers, signed, behaviour.asB2)
        const call: S3Call = { account, faults, exchange, behaviour, key, ...place, pairs, payload }
        Promise.resolve(found.run(call)).catch((failure) => sendFailure(exchange, failure))
      } catch (failure) {
        sendFailure(exchange, failure)
      }
    })
  } catch (failure) {
    exchange.refuse(() => sendFailure(exchange, failure as ApiError))
  }
}

const refuseAcl = (exchange: Exchange): void => {
  const acl = exchange.header("x-amz-acl")
  if (acl === undefined || acl === "private") return
  throw new S3Error(400, "InvalidArgument", "The object's ACL must be that of its bucket")
}
