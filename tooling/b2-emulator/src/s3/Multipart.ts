/** Objects in parts: the native side's large files, finished by ETags. */
import { release, retain } from "../Bodies.ts"
import { copyPart } from "../Copy.ts"
import { cancelLargeFile, startLargeFile } from "../LargeFiles.ts"
import { compareNames } from "../SortedNames.ts"
import type { Part, Version } from "../Version.ts"
import { checkWriteConditions } from "./Conditions.ts"
import { contentTypeOf, etagOf, infoOf, rememberParts, versionHeaders } from "./ObjectFacts.ts"
import { keyTextOf, pageSizeOf } from "./ObjectListings.ts"
import { copiedHeaders, copySourceOf, dropOlder } from "./Objects.ts"
import { native, param, reachBucket, type S3Call, sendEmpty, sendXml } from "./S3Call.ts"
import { invalidArgument, malformedXml, noSuchUpload, S3Error } from "./S3Error.ts"
import { childrenOf, element, parseXml, textOf, xmlDocument } from "./Xml.ts"

const mostParts = 10_000

export const createUpload = async (call: S3Call): Promise<void> => {
  const { account, behaviour, bucketName, exchange, name } = call
  const bucket = reachBucket(call)
  const fields = {
    bucketId: bucket.bucketId,
    fileName: name,
    contentType: contentTypeOf(exchange),
    fileInfo: infoOf(exchange)
  }
  const row = await startLargeFile(native(call, fields))
  const { fileId } = JSON.parse(row.toString()) as { fileId: string }
  if (!behaviour.asB2 && !account.files.has(fileId)) throw noSuchUpload(fileId)
  const content = element("Bucket", bucketName) + element("Key", name) + element("UploadId", fileId)
  sendXml(call, xmlDocument("InitiateMultipartUploadResult", content))
}

/** The unfinished large file that the request names. */
const uploadOf = (call: S3Call): Version => {
  const id = param(call, "uploadId") ?? ""
  const bucket = reachBucket(call)
  const version = call.account.files.get(id)
  if (version?.action !== "start" || version.bucket !== bucket || version.name !== call.name) throw noSuchUpload(id)
  call.key.mustReachName(version.name)
  return version
}

const partNumberOf = (call: S3Call): number => {
  const number = Number(param(call, "partNumber"))
  if (!Number.isInteger(number) || number < 1 || number > mostParts) {
    throw invalidArgument(`Part number must be an integer between 1 and ${mostParts}, inclusive.`)
  }
  return number
}

const etagOfPart = (part: Part): string => `"${part.md5 ?? part.sha1}"`

export const uploadPart = (call: S3Call): void => {
  const { account, key, payload } = call
  const version = uploadOf(call)
  const number = partNumberOf(call)
  key.mustHave("writeFiles")
  const { bytes, md5, sha1 } = payload
  if (bytes.length === 0 && call.behaviour.asB2) throw invalidArgument("A part must have at least one byte")
  const writer = account.bodies.create(bytes.length)
  if (bytes.length > 0) writer.write(bytes)
  const content = retain(writer.finish())
  try {
    const part: Part = { number, size: bytes.length, sha1, md5, timestamp: account.clock.now(), content }
    account.savePart(version, part)
    sendEmpty(call, 200, ["ETag", etagOfPart(part)])
  } finally {
    release(account.bodies, content)
  }
}

const checkCopyRange = (text: string, size: number): void => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? []
  const name = "x-amz-copy-source-range"
  if (first === undefined || Number(first) > Number(last)) {
    const message =
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy"
    throw invalidArgument(message, name, text)
  }
  if (Number(last) < size) return
  throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, name, text)
}

export const uploadPartCopy = async (call: S3Call): Promise<void> => {
  const number = partNumberOf(call)
  const source = copySourceOf(call)
  const version = uploadOf(call)
  const range = call.exchange.header("x-amz-copy-source-range")
  if (range !== undefined) checkCopyRange(range, source.size)
  const fields = { largeFileId: version.fileId, partNumber: number, sourceFileId: source.fileId }
  await copyPart(native(call, range === undefined ? fields : { ...fields, range }))
  const part = version.parts?.get(number)
  if (part === undefined) throw noSuchUpload(version.fileId)
  const content = element("LastModified", new Date(part.timestamp).toISOString()) + element("ETag", etagOfPart(part))
  sendXml(call, xmlDocument("CopyPartResult", content), copiedHeaders(call, source))
}

/** The parts that the body names, in the order it does, after every check of S3. */
const namedParts = (call: S3Call, version: Version): readonly Part[] => {
  const root = parseXml(call.payload.bytes.toString())
  if (root?.name !== "CompleteMultipartUpload") throw malformedXml()
  const named = childrenOf(root, "Part")
  if (named.length === 0) throw malformedXml()
  let before = 0
  const parts = named.map((each) => {
    const [text, etag] = [textOf(each, "PartNumber"), textOf(each, "ETag")]
    if (text === undefined || etag === undefined) throw malformedXml()
    const number = Number(text)
    if (number < 1 || number > mostParts) {
      throw invalidArgument("PartNumber must be >= 1", "PartNumber", text)
    }
    if (number <= before) {
      throw new S3Error(
        400,
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number."
      )
    }
    before = number
    const part = version.parts?.get(number)
    if (part === undefined || etag.replaceAll('"', "") !== etagOfPart(part).replaceAll('"', "")) {
      const message =
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
      throw new S3Error(400, "InvalidPart", message, { PartNumber: String(number) })
    }
    return part
  })
  if (parts.slice(0, -1).some(({ size }) => size < call.account.minimumPartSize)) {
    throw new S3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
  }
  return parts
}

export const completeUpload = (call: S3Call): void => {
  const { account, behaviour, bucketName, key, name } = call
  const finished = account.files.get(param(call, "uploadId") ?? "")
  // The same once more, as after a lost answer.
  const version = finished?.action === "upload" && finished.name === name ? finished : uploadOf(call)
  key.mustHave("writeFiles")
  if (version.action === "start") {
    checkWriteConditions(call, version.bucket)
    const parts = namedParts(call, version)
    account.finishLargeFile(
      version,
      parts.flatMap(({ content }) => content),
      parts.reduce((sum, { size }) => sum + size, 0)
    )
    rememberParts(
      version,
      parts.map(({ md5, sha1 }) => md5 ?? sha1.slice(0, 32)),
      parts.map(({ size }) => size)
    )
    dropOlder(call, version)
  }
  const location = `http://${call.exchange.header("host") ?? ""}/${bucketName}/${name}`
  const content = [
    ...[element("Location", location), element("Bucket", bucketName), element("Key", name)],
    element("ETag", etagOf(version))
  ].join("")
  sendXml(call, xmlDocument("CompleteMultipartUploadResult", content), versionHeaders(version, behaviour))
}

export const abortUpload = async (call: S3Call): Promise<void> => {
  const version = uploadOf(call)
  await cancelLargeFile(native(call, { fileId: version.fileId }))
  sendEmpty(call, 204)
}

export const listParts = (call: S3Call): void => {
  const version = uploadOf(call)
  const after = Number(param(call, "part-number-marker") ?? 0)
  const limit = pageSizeOf(call, "max-parts")
  const rest = [...(version.parts?.values() ?? [])]
    .filter(({ number }) => number > after)
    .sort((left, right) => left.number - right.number)
  const page = rest.slice(0, limit)
  const rows = page.map(
    (part) =>
      `<Part>${element("PartNumber", part.number)}${element("LastModified", new Date(part.timestamp).toISOString())}` +
      `${element("ETag", etagOfPart(part))}${element("Size", part.size)}</Part>`
  )
  const content = [
    ...[element("Bucket", call.bucketName), element("Key", call.name), element("UploadId", version.fileId)],
    ...[element("PartNumberMarker", after), element("NextPartNumberMarker", page.at(-1)?.number ?? after)],
    ...[element("MaxParts", limit), element("IsTruncated", rest.length > page.length)],
    ...[element("StorageClass", "STANDARD"), ...rows]
  ]
  sendXml(call, xmlDocument("ListPartsResult", content.join("")))
}

export const listUploads = (call: S3Call): void => {
  const bucket = reachBucket(call)
  call.key.mustHave("listFiles")
  const text = keyTextOf(call)
  const prefix = param(call, "prefix") ?? ""
  const keyMarker = param(call, "key-marker") ?? ""
  const idMarker = param(call, "upload-id-marker") ?? ""
  const limit = pageSizeOf(call, "max-uploads")
  const isAfter = ({ fileId, name }: Version) => {
    const order = compareNames(name, keyMarker)
    return keyMarker === "" || order > 0 || (order === 0 && idMarker !== "" && fileId > idMarker)
  }
  const rest = [...bucket.unfinished]
    .filter((version) => version.name.startsWith(prefix) && isAfter(version))
    .sort((left, right) => compareNames(left.name, right.name) || (left.fileId < right.fileId ? -1 : 1))
  const page = rest.slice(0, limit)
  const rows = page.map(
    ({ fileId, name, timestamp }) =>
      `<Upload>${element("Key", text(name))}${element("UploadId", fileId)}${element("StorageClass", "STANDARD")}` +
      `${element("Initiated", new Date(timestamp).toISOString())}</Upload>`
  )
  const isTruncated = rest.length > page.length
  const coding = param(call, "encoding-type")
  const last = page.at(-1)
  const content = [
    ...[element("Bucket", call.bucketName), element("KeyMarker", text(keyMarker)), element("UploadIdMarker", idMarker)],
    ...(isTruncated && last !== undefined
      ? [element("NextKeyMarker", text(last.name)), element("NextUploadIdMarker", last.fileId)]
      : []),
    ...[element("Prefix", text(prefix)), element("MaxUploads", limit), element("IsTruncated", isTruncated)],
    ...(coding === undefined ? [] : [element("EncodingType", coding)]),
    ...rows
  ]
  sendXml(call, xmlDocument("ListMultipartUploadsResult", content.join("")))
}
