/** Single objects: put, get, head, delete and copy. */
import { currentVersion, visibleFile } from "../Account.ts"
import { release, retain, sliceContent } from "../Bodies.ts"
import { type Bucket, isPublic } from "../Bucket.ts"
import { resolveContentType } from "../ContentTypes.ts"
import { copyFile } from "../Copy.ts"
import { checkFileInfo } from "../FileInfo.ts"
import { checkFileName } from "../FileNames.ts"
import { addHideMarker, deleteFileVersion } from "../Files.ts"
import { parseRange } from "../Ranges.ts"
import { initialReplication } from "../Replication.ts"
import { sendBody } from "../SendBody.ts"
import { makeFileId, noEncryption, type Version } from "../Version.ts"
import { checkReadConditions, checkWriteConditions } from "./Conditions.ts"
import { contentTypeOf, etagOf, infoOf, objectHeaders, partSizesOf, versionHeaders } from "./ObjectFacts.ts"
import { anonymous, bucketNamed, native, param, reachBucket, type S3Call, sendEmpty, sendXml } from "./S3Call.ts"
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  noSuchBucket,
  noSuchKey,
  preconditionFailed,
  S3Error
} from "./S3Error.ts"
import { decodePath } from "./Signature.ts"
import { element, xmlDocument } from "./Xml.ts"

/** Where nothing is kept, older versions of the name go. */
export const dropOlder = (call: S3Call, newest: Version): void => {
  if (call.behaviour.keepsVersions) return
  const entry = newest.bucket.names.get(newest.name)
  for (const version of [...(entry?.versions ?? [])]) {
    if (version !== newest && version.action !== "start") call.account.removeVersion(version)
  }
}

export const putObject = (call: S3Call): void => {
  const { account, exchange, key, name, payload } = call
  const bucket = reachBucket(call)
  key.mustHave("writeFiles")
  key.mustReachName(name)
  checkFileName(name)
  checkWriteConditions(call, bucket)
  const fileInfo = checkFileInfo(infoOf(exchange), name, bucket.encrypted || bucket.fileLockEnabled)
  const writer = account.bodies.create(payload.bytes.length)
  if (payload.bytes.length > 0) writer.write(payload.bytes)
  const content = retain(writer.finish())
  try {
    const timestamp = account.timestampFor(bucket, name)
    const sequence = account.nextSequence()
    const version: Version = {
      fileId: makeFileId(bucket.bucketId, "1", sequence, timestamp),
      bucket,
      name,
      action: "upload",
      size: payload.bytes.length,
      contentType: resolveContentType(contentTypeOf(exchange), name),
      sha1: payload.sha1,
      md5: payload.md5,
      fileInfo,
      timestamp,
      sequence,
      encryption: bucket.encrypted ? { mode: "SSE-B2" } : noEncryption,
      retention: null,
      legalHold: null,
      content,
      parts: null,
      replication: initialReplication(bucket, name),
      row: null
    }
    account.addVersion(version)
    dropOlder(call, version)
    const size = ["x-amz-object-size", String(version.size)]
    sendEmpty(call, 200, ["ETag", etagOf(version), ...size, ...versionHeaders(version, call.behaviour)])
  } finally {
    release(account.bodies, content)
  }
}

const mayRead = (call: S3Call, bucket: Bucket, name: string): void => {
  if (isPublic(bucket)) return
  if (call.key === anonymous) throw accessDenied()
  call.key.mustHave("readFiles")
  call.key.mustReachName(name)
}

const checkVersionId = (versionId: string): void => {
  if (!/^[\w-]{20,}$/.test(versionId)) throw invalidArgument("Invalid version id specified", "versionId", versionId)
}

/** The version that is asked for, or the current one. */
const wanted = (call: S3Call, bucket: Bucket, name: string, versionId: string | undefined): Version => {
  if (versionId === undefined || versionId === "null") {
    const found = visibleFile(bucket.names.get(name))
    if (found === undefined) throw noSuchKey(name)
    return found
  }
  checkVersionId(versionId)
  const found = call.account.files.get(versionId)
  if (found === undefined || found.bucket !== bucket || found.name !== name || found.action === "start") {
    throw new S3Error(404, "NoSuchVersion", "The specified version does not exist.", { Key: name })
  }
  if (found.action === "hide") {
    const headers = ["x-amz-delete-marker", "true", "Allow", "DELETE"]
    throw new S3Error(
      405,
      "MethodNotAllowed",
      "The specified method is not allowed against this resource.",
      {},
      headers
    )
  }
  return found
}

const overrides = [
  ...["content-type", "content-disposition", "content-encoding", "content-language", "cache-control", "expires"]
]

/** Of the part that is asked for; `undefined` where none is. */
const partRange = (call: S3Call, version: Version): { readonly start: number; readonly end: number } | undefined => {
  const text = param(call, "partNumber")
  if (text === undefined) return undefined
  if (call.exchange.header("range") !== undefined) {
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter")
  }
  const sizes = partSizesOf(version) ?? [version.size]
  const number = Number(text)
  const size = sizes[number - 1]
  if (size === undefined) {
    throw new S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable.", {
      ActualPartCount: String(sizes.length),
      PartNumberRequested: text
    })
  }
  const start = sizes.slice(0, number - 1).reduce((sum, each) => sum + each, 0)
  return { start, end: start + size }
}

const checkPartNumber = (call: S3Call): void => {
  const text = param(call, "partNumber")
  if (text === undefined || (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000)) return
  throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive.", "partNumber", text)
}

export const getObject = (call: S3Call): void => {
  const { account, exchange, faults, name } = call
  const bucket = bucketNamed(account, call.bucketName)
  if (bucket === undefined) throw noSuchBucket(call.bucketName)
  mayRead(call, bucket, name)
  checkPartNumber(call)
  const version = wanted(call, bucket, name, param(call, "versionId"))
  if (checkReadConditions(call, version)) {
    sendEmpty(call, 304, ["ETag", etagOf(version)])
    return
  }
  const headers = objectHeaders(version, call.behaviour)
  for (const override of overrides) {
    const value = param(call, `response-${override}`)
    if (value !== undefined) headers.push(override, value)
  }
  const rangeHeader = exchange.header("range")
  const part = partRange(call, version)
  const sizes = partSizesOf(version)
  if (part !== undefined && sizes !== undefined) headers.push("x-amz-mp-parts-count", String(sizes.length))
  const range = part ?? (rangeHeader === undefined ? undefined : parseRange(rangeHeader, version.size))
  const { end, start } = range ?? { start: 0, end: version.size }
  headers.push("Content-Length", String(end - start))
  if (range !== undefined && version.size > 0)
    headers.push("Content-Range", `bytes ${start}-${end - 1}/${version.size}`)
  exchange.status = range === undefined ? 200 : 206
  const content = range === undefined ? version.content : sliceContent(version.content, start, end)
  exchange.later(0, () => {
    if (exchange.method === "HEAD" || end === start) exchange.request.reply(exchange.status, headers, "")
    else sendBody(exchange, account, headers, content, end - start, faults)
  })
}

export interface Deleted {
  readonly versionId: string | undefined
  readonly isMarker: boolean
}

/** Of one version, or of the name, which gets a marker where versions are kept. Nothing there is a success. */
export const deleteOne = (call: S3Call, bucket: Bucket, name: string, versionId: string | undefined): Deleted => {
  const { account, behaviour, key } = call
  // A marker by name takes no more than a hidden file.
  const isMarked = behaviour.asB2 && behaviour.keepsVersions && versionId === undefined
  key.mustHave(isMarked ? "writeFiles" : "deleteFiles")
  key.mustReachName(name)
  if (versionId !== undefined && versionId !== "null") {
    checkVersionId(versionId)
    const version = account.files.get(versionId)
    if (version === undefined || version.name !== name) return { versionId, isMarker: false }
    deleteFileVersion(native(call, { fileName: name, fileId: versionId }))
    return { versionId, isMarker: version.action === "hide" }
  }
  const entry = bucket.names.get(name)
  if (!behaviour.keepsVersions) {
    for (const version of [...(entry?.versions ?? [])]) if (version.action !== "start") account.removeVersion(version)
    return { versionId: undefined, isMarker: false }
  }
  const current = entry === undefined ? undefined : currentVersion(entry)
  // B2 hides what is there, and nothing else.
  if (current === undefined) return { versionId: undefined, isMarker: false }
  if (current.action === "hide") return { versionId: current.fileId, isMarker: true }
  return { versionId: addHideMarker(account, bucket, name).fileId, isMarker: true }
}

export const deleteObject = (call: S3Call): void => {
  const bucket = reachBucket(call)
  checkWriteConditions(call, bucket)
  const { isMarker, versionId } = deleteOne(call, bucket, call.name, param(call, "versionId"))
  sendEmpty(call, 204, [
    ...(versionId === undefined ? [] : ["x-amz-version-id", versionId]),
    ...(isMarker ? ["x-amz-delete-marker", "true"] : [])
  ])
}

/** `x-amz-copy-source`: `/bucket/key?versionId=…`, the key in percent-coding. */
export const copySourceOf = (call: S3Call): Version => {
  const header = call.exchange.header("x-amz-copy-source") ?? ""
  const [path = "", inHeader] = header.split("?versionId=")
  const versionId = inHeader ?? call.exchange.header("x-amz-copy-source-version-id")
  const refuse = (what: string, value: string) =>
    invalidArgument(`Invalid copy source ${what}`, "x-amz-copy-source", value)
  let decoded = path
  try {
    decoded = decodePath(path).replace(/^\//, "")
  } catch {
    throw refuse("encoding", path)
  }
  const slash = decoded.indexOf("/")
  const [bucketName, name] = slash < 0 ? [decoded, ""] : ([decoded.slice(0, slash), decoded.slice(slash + 1)] as const)
  if (!/^[a-zA-Z0-9][\w.-]{1,61}[a-zA-Z0-9]$/.test(bucketName) || /^\d+\.\d+\.\d+\.\d+$/.test(bucketName)) {
    throw refuse("bucket name", decoded)
  }
  if (name === "") throw refuse("object key", name)
  const bucket = bucketNamed(call.account, bucketName)
  if (bucket === undefined) throw noSuchBucket(bucketName)
  mayRead(call, bucket, name)
  const version = wanted(call, bucket, name, versionId)
  if (checkReadConditions(call, version, "x-amz-copy-source-")) throw preconditionFailed("If-None-Match")
  return version
}

/** Which version was copied. */
export const copiedHeaders = (call: S3Call, source: Version): string[] =>
  call.behaviour.keepsVersions ? ["x-amz-copy-source-version-id", source.fileId] : []

export const copyObject = async (call: S3Call): Promise<void> => {
  const { account, exchange, name } = call
  const bucket = reachBucket(call)
  const source = copySourceOf(call)
  const directive = exchange.header("x-amz-metadata-directive") ?? "COPY"
  if (!["COPY", "REPLACE"].includes(directive)) {
    throw invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive)
  }
  const replaces = directive === "REPLACE"
  if (
    source.bucket === bucket &&
    source.name === name &&
    !replaces &&
    currentVersion(bucket.names.get(name)!) === source
  ) {
    throw new S3Error(
      400,
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes."
    )
  }
  const fields = replaces
    ? { metadataDirective: "REPLACE", contentType: contentTypeOf(exchange), fileInfo: infoOf(exchange) }
    : {}
  const request = { sourceFileId: source.fileId, fileName: name, destinationBucketId: bucket.bucketId, ...fields }
  const row = await copyFile(native(call, request))
  const version = account.files.get((JSON.parse(row.toString()) as { fileId: string }).fileId)!
  dropOlder(call, version)
  const result = element("LastModified", new Date(version.timestamp).toISOString()) + element("ETag", etagOf(version))
  sendXml(call, xmlDocument("CopyObjectResult", result), [
    ...versionHeaders(version, call.behaviour),
    ...copiedHeaders(call, source)
  ])
}
