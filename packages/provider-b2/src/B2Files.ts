/** One file in one request: stat, put, remove, copy. */
import { hash } from "node:crypto"
import { type ByteSource, smallSize } from "@ourclone/core/contract/ByteSource"
import type { DatedFile, Metadata } from "@ourclone/core/contract/Entry"
import type { Provider, PutOptions } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import {
  ChecksumMismatch,
  InvalidRequest,
  NotFound,
  SourceChanged,
  type StorageError,
  UnexpectedResponse,
  wronglyNoted
} from "@ourclone/core/contract/StorageError"
import { type Headers, header } from "@ourclone/http/HttpMessage"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { encode, infoRefusal } from "./api/B2Names.ts"
import {
  type FileRow,
  fileOf,
  isVerified,
  metadataOf,
  modifiedAtOf,
  sha1Of,
  timeOf,
  wholeNumber
} from "./api/B2Replies.ts"
import { headerInfo } from "./api/HeaderInfo.ts"
import type { UploadUrls } from "./api/UploadUrls.ts"
import { announcedSha1 } from "./B2Download.ts"
import { firstRows } from "./B2FirstRows.ts"
import type { B2Root } from "./B2Root.ts"
import { streamedBody } from "./UploadBody.ts"

/** The largest file that B2 takes in one request, in bytes. */
export const maxPutSize = 5_000_000_000

/** For a key that may list names but read no file, and so not ask for one file's headers. */
const statByListing = Effect.fnUntraced(function* (root: B2Root, path: RemotePath, bucketId: string, fileName: string) {
  const [row] = yield* firstRows(root, path, { bucketId, prefix: fileName, startFileName: fileName }, 1)
  if (row?.fileName === fileName && (row.action === "upload" || row.action === "copy")) return fileOf(row, path)
  return yield* root.fail("stat", path, new NotFound({ message: "there is no such file" }))
})

const infoPrefix = "x-bz-info-"

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const infoOfHeaders = (headers: Headers): { readonly [key: string]: string } => {
  const info: Record<string, string> = {}
  for (const name in headers) {
    if (name.startsWith(infoPrefix)) info[name.slice(infoPrefix.length)] = decoded(header(headers, name) ?? "")
  }
  return info
}

const find =
  (root: B2Root) =>
  (path: RemotePath): Effect.Effect<DatedFile, StorageError> =>
    Effect.gen(function* () {
      const fileName = yield* Effect.fromResult(root.fileName("stat", path))
      const { id, name } = yield* root.bucket
      const { capabilities } = root.client.calls.authorization.current().key
      if (!capabilities.includes("readFiles") && capabilities.includes("listFiles")) {
        return yield* statByListing(root, path, id, fileName)
      }
      const headers = yield* root.client.head(path, { bucketName: name, fileName })
      const uploadedAt = timeOf(header(headers, "x-bz-upload-timestamp")) ?? 0
      const size = wholeNumber(header(headers, "content-length"))
      const sha1 = announcedSha1(headers)
      const versionId = header(headers, "x-bz-file-id")
      const metadata = metadataOf(infoOfHeaders(headers))
      if (size === undefined || size < 0) {
        // Whoever stands between leaves the length out where there is no body.
        if (versionId !== undefined) return fileOf(yield* root.client.getFileInfo(path, versionId), path)
        const message = "the answer does not say how large the file is"
        return yield* root.fail("stat", path, new UnexpectedResponse({ message }))
      }
      return {
        _tag: "File",
        path,
        size,
        modifiedAt: modifiedAtOf(header(headers, "x-bz-info-src_last_modified_millis"), uploadedAt),
        checksums: sha1 === undefined ? {} : { sha1 },
        ...(sha1 === undefined || isVerified(header(headers, "x-bz-content-sha1")) ? {} : { hasNotedChecksums: true }),
        contentType: header(headers, "content-type") ?? "application/octet-stream",
        ...(versionId === undefined ? {} : { versionId }),
        ...(metadata && { metadata })
      } satisfies DatedFile
    })

/** An empty file `dir/` stands for a folder, see `B2Listing.ts`. */
export const stat =
  (root: B2Root): Provider["stat"] =>
  (path) =>
    Effect.flatMap(find(root)(path), (file) =>
      file.size === 0 && root.nameOf(path).endsWith("/")
        ? Effect.fail(root.fail("stat", path, new NotFound({ message: "there is no such file" })))
        : Effect.succeed(file)
    )

const infoHeaders = (info: Metadata): Array<string> =>
  Object.entries(info).flatMap(([name, value]) => [`x-bz-info-${name}`, encodeURIComponent(value)])

const headersOf = (fileName: string, options: PutOptions, sha1: string): Array<string> => [
  "x-bz-file-name",
  encode(fileName),
  "content-type",
  options.contentType ?? "b2/x-auto",
  "x-bz-content-sha1",
  sha1,
  "x-bz-info-src_last_modified_millis",
  `${options.modifiedAt}`,
  ...infoHeaders({ ...options.metadata, ...headerInfo(options.contentHeaders) })
]

/** The stored file, if B2 says it stored what was sent; otherwise takes it away again and fails. */
const verified = (
  root: B2Root,
  path: RemotePath,
  row: FileRow,
  size: number,
  sha1: string
): Effect.Effect<DatedFile, StorageError> => {
  const actual = sha1Of(row.contentSha1, undefined)
  if (actual === sha1 && row.contentLength === size) return Effect.succeed(fileOf(row, path))
  const reason = new ChecksumMismatch({
    message: `B2 stored ${row.contentLength} other bytes than the ${size} that were sent`,
    expected: sha1,
    actual: actual ?? ""
  })
  return Effect.andThen(
    Effect.ignore(root.client.deleteFileVersion(path, row.fileName, row.fileId)),
    Effect.fail(root.fail("put", path, reason))
  )
}

interface Target {
  readonly root: B2Root
  readonly urls: UploadUrls
  readonly path: RemotePath
  readonly fileName: string
  readonly options: PutOptions
}

const putSmall = (
  { fileName, options, path, root, urls }: Target,
  bytes: Uint8Array,
  { isSha1Noted, sha1: announced }: ByteSource
) => {
  const sha1 = hash("sha1", bytes)
  if (announced !== undefined && announced !== sha1) {
    const message = "the bytes that were read are not those that were announced"
    const reason =
      isSha1Noted === true
        ? wronglyNoted(announced, sha1)
        : new ChecksumMismatch({ message, expected: announced, actual: sha1 })
    return Effect.fail(root.fail("put", path, reason))
  }
  const headers = headersOf(fileName, options, sha1)
  return Effect.flatMap(
    urls.use((url) => root.client.uploadFile(path, url, headers, bytes)),
    (row) => verified(root, path, row, bytes.length, sha1)
  )
}

const putStreamed = ({ fileName, options, path, root, urls }: Target, source: ByteSource) =>
  Effect.flatMap(
    urls.use((url) =>
      // Of a noted SHA-1 B2 would only say that it did not match.
      streamedBody(root, path, source, source.isSha1Noted === true ? undefined : source.sha1, (body) =>
        Effect.map(
          root.client.uploadFile(
            path,
            url,
            [...headersOf(fileName, options, body.sha1Header), ...body.headers],
            body.bytes
          ),
          (row) => ({ row, sha1: body.sha1() })
        )
      )
    ),
    ({ row, sha1 }) => {
      const { sha1: announced = sha1 } = source
      if (announced === sha1) return verified(root, path, row, source.size, sha1)
      return Effect.andThen(
        Effect.ignore(root.client.deleteFileVersion(path, row.fileName, row.fileId)),
        Effect.fail(root.fail("put", path, wronglyNoted(announced, sha1)))
      )
    }
  )

export const put =
  (root: B2Root, urls: UploadUrls): Provider["put"] =>
  (path, source, options) => {
    if (source.size > maxPutSize) {
      const message = `B2 takes files of up to ${maxPutSize} bytes in one request, this one has ${source.size}`
      return Effect.fail(root.fail("put", path, new InvalidRequest({ message })))
    }
    const refused = infoRefusal(options.metadata)
    if (refused !== undefined) return Effect.fail(root.fail("put", path, new InvalidRequest({ message: refused })))
    const named = root.fileName("put", path, source.size)
    if (Result.isFailure(named)) return Effect.fail(named.failure)
    const target: Target = { root, urls, path, fileName: named.success, options }
    if (source.size > smallSize) return putStreamed(target, source)
    return Effect.flatMap(source.bytes, (bytes) => {
      if (bytes.length === source.size) return putSmall(target, bytes, source)
      const message = `the file changed while it was read: ${bytes.length} bytes instead of ${source.size}`
      return Effect.fail(root.fail("put", path, new SourceChanged({ message })))
    })
  }
