/** Reading files. What arrives is held against the length, the ETag and the digests that are known of it. */
import { hash } from "node:crypto"
import { type ByteRange, smallSize } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import {
  ChecksumMismatch,
  type Reason,
  SourceChanged,
  UnexpectedResponse,
  wronglyNoted
} from "@ourclone/core/contract/StorageError"
import * as ArrivingBytes from "@ourclone/core/layers/ArrivingBytes"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type ObjectHead, objectHead } from "./api/ObjectHead.ts"
import { headersOf } from "./api/RequestHeaders.ts"
import type { S3Request } from "./api/S3Requests.ts"
import type { S3Root } from "./S3Root.ts"
import { etagText, md5OfEtag } from "./S3Stored.ts"

const call = (root: S3Root, file: File) => ({ operation: "GetObject", bucket: root.bucketName, path: file.path })

/** For exactly the object that was seen: by its version, else by its ETag. */
const requestOf = (root: S3Root, file: File, range: ByteRange | undefined): S3Request => {
  const { identity, path, versionId } = file
  return {
    method: "GET",
    bucket: root.bucketName,
    key: root.nameOf(path),
    query: versionId === undefined ? {} : { versionId },
    headers: headersOf({
      Range: range === undefined ? undefined : ArrivingBytes.rangeHeader(range),
      IfMatch: versionId === undefined && identity !== undefined ? `"${identity}"` : undefined,
      ...root.stored.always,
      ...root.stored.key
    })
  }
}

const replaced = () => new SourceChanged({ message: "the file was replaced after it was seen" })

const wrongSize = (file: File, size: number, expected: number): Reason =>
  file.versionId === undefined && file.identity === undefined ? replaced() : ArrivingBytes.wrongCount(expected)(size)

const wrongHead = (file: File, range: ByteRange | undefined, head: ObjectHead): Reason | undefined => {
  const etag = etagText(head.ETag)
  if (file.versionId === undefined && file.identity !== undefined && etag !== undefined && etag !== file.identity) {
    return replaced()
  }
  const expected = range?.length ?? file.size
  if (range !== undefined) {
    const { isRight, total } = ArrivingBytes.saysRange(head.ContentRange, range)
    const isWhole = head.ContentRange === undefined && range.length === file.size
    if (total !== undefined && total !== file.size) return wrongSize(file, total, file.size)
    if (!isWhole && !isRight) {
      return new UnexpectedResponse({ message: "the service answered with other bytes than were asked for" })
    }
  }
  return head.ContentLength === undefined || head.ContentLength === expected
    ? undefined
    : wrongSize(file, head.ContentLength, expected)
}

/** The MD5 of all the bytes, where the service tells it. */
const toldMd5 = ({ quirks, stored }: S3Root, { ETag, ServerSideEncryption }: ObjectHead): string | undefined =>
  stored.hidesMd5 || ServerSideEncryption?.startsWith("aws:kms") === true ? undefined : md5OfEtag(ETag, quirks)

/** What tells whether all the bytes are right: the MD5 of the service, or else what somebody noted. */
const digestOf = (file: File, md5: string | undefined): ArrivingBytes.Expected["digest"] => {
  const known = { ...file.checksums, ...(md5 === undefined ? {} : { md5 }) }
  const algorithm = (["md5", "sha1"] as const).find((each) => known[each] !== undefined)
  const expected = algorithm && known[algorithm]
  if (algorithm === undefined || expected === undefined) return undefined
  const isNoted = file.hasNotedChecksums === true && (algorithm === "sha1" || md5 === undefined)
  const message = "other bytes arrived than the service has stored"
  const wrong = (actual: string) => {
    if (actual === expected) return undefined
    return isNoted
      ? wronglyNoted(expected, actual, algorithm === "sha1" ? "SHA-1" : "MD5")
      : new ChecksumMismatch({ message, expected, actual })
  }
  return { algorithm, wrong }
}

const open = (root: S3Root, file: File, range: ByteRange | undefined) =>
  Effect.flatMap(root.calls.open(call(root, file), requestOf(root, file, range)), ({ headers, pieces }) => {
    const fail = (reason: Reason) => root.calls.fail("read", file.path, reason)
    const head = objectHead(headers)
    const wrong = wrongHead(file, range, head)
    if (wrong !== undefined) return Effect.fail(fail(wrong))
    const size = range?.length ?? file.size
    const digest = range === undefined ? digestOf(file, toldMd5(root, head)) : undefined
    const expected = { size, wrongSize: (arrived: number) => wrongSize(file, arrived, size), digest, fail }
    return Effect.succeed(Stream.fromPull(Effect.sync(() => ArrivingBytes.held(pieces, expected))))
  })

export const read =
  (root: S3Root): Provider["read"] =>
  (file, range) =>
    Stream.suspend(() => {
      const refused = range && ArrivingBytes.refusal(file, range)
      if (refused !== undefined) return Stream.fail(root.calls.fail("read", file.path, refused))
      // There is no such range in HTTP.
      if (range?.length === 0) return Stream.empty
      return Stream.unwrap(open(root, file, range))
    })

export const readAll =
  (root: S3Root): Provider["readAll"] =>
  (file) =>
    Effect.suspend(() => {
      const most = Math.max(file.size, smallSize)
      const fail = (reason: Reason) => Effect.fail(root.calls.fail("readAll", file.path, reason))
      return Effect.flatMap(
        root.calls.exchange(call(root, file), { ...requestOf(root, file, undefined), most }),
        ({ body, headers }) => {
          const head = objectHead(headers)
          const digest = digestOf(file, toldMd5(root, head))
          const wrong =
            wrongHead(file, undefined, head) ??
            (body.length === file.size
              ? digest?.wrong(hash(digest.algorithm, body))
              : wrongSize(file, body.length, file.size))
          return wrong === undefined ? Effect.succeed(body) : fail(wrong)
        }
      )
    })
