/** Reading files. What arrives is held against the length, the ETag and the digests that are known of it. */
import type { Readable } from "node:stream"
import { GetObjectCommand } from "@aws-sdk/client-s3"
import type { ByteRange } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import {
  ChecksumMismatch,
  type Reason,
  SourceChanged,
  type StorageError,
  Unavailable,
  UnexpectedResponse,
  wronglyNoted
} from "@ourclone/core/contract/StorageError"
import * as ArrivingBytes from "@ourclone/core/layers/ArrivingBytes"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as S3Errors from "./api/S3Errors.ts"
import type { S3Root } from "./S3Root.ts"
import { etagText, md5OfEtag } from "./S3Stored.ts"

/** Exactly the object that was seen: by its version, else by its ETag. */
const seen = ({ identity, versionId }: File) =>
  versionId === undefined ? (identity === undefined ? {} : { IfMatch: `"${identity}"` }) : { VersionId: versionId }

interface Opened {
  readonly body: Readable
  readonly size: number
  /** Where the service told one of all the bytes. */
  readonly md5: string | undefined
}

const replaced = () => new SourceChanged({ message: "the file was replaced after it was seen" })

const wrongSize = (file: File, size: number, expected: number): Reason =>
  file.versionId === undefined && file.identity === undefined ? replaced() : ArrivingBytes.wrongCount(expected)(size)

const wrongHead = (
  file: File,
  range: ByteRange | undefined,
  head: {
    readonly ContentLength?: number | undefined
    readonly ContentRange?: string | undefined
    readonly ETag?: string | undefined
  }
): Reason | undefined => {
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

const open = (root: S3Root, file: File, range: ByteRange | undefined) => {
  const { bucketName, calls, quirks, stored } = root
  const of = { operation: "GetObject", bucket: bucketName, path: file.path }
  const opened = calls.call(of, (client, options) =>
    client.send(
      new GetObjectCommand({
        Bucket: bucketName,
        Key: root.nameOf(file.path),
        ...(range === undefined ? {} : { Range: ArrivingBytes.rangeHeader(range) }),
        ...seen(file),
        ...stored.always,
        ...stored.key
      }),
      options
    )
  )
  const taken = Effect.flatMap(opened, (head): Effect.Effect<Opened, StorageError> => {
    const body = head.Body as Readable | undefined
    if (body === undefined) {
      return Effect.fail(calls.fail("read", file.path, new UnexpectedResponse({ message: "the answer has no bytes" })))
    }
    // What breaks later is told by whoever reads; nobody may.
    body.on("error", () => {})
    const wrong = wrongHead(file, range, head)
    if (wrong === undefined) {
      const isHidden = stored.hidesMd5 || head.ServerSideEncryption === "aws:kms"
      const md5 = range === undefined && !isHidden ? md5OfEtag(head.ETag, quirks) : undefined
      return Effect.succeed({ body, size: range?.length ?? file.size, md5 })
    }
    body.destroy()
    return Effect.fail(calls.fail("read", file.path, wrong))
  })
  return Effect.acquireRelease(taken, ({ body }) => Effect.sync(() => body.destroy()), { interruptible: true })
}

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

const piecesOf = (root: S3Root, file: File, range: ByteRange | undefined, { body, md5, size }: Opened) => {
  const fail = (reason: Reason) => root.calls.fail("read", file.path, reason)
  const pieces = Stream.fromAsyncIterable(body as AsyncIterable<Uint8Array>, (thrown): StorageError => {
    const failure = S3Errors.failureOf(thrown)
    const call = { operation: "GetObject", bucket: root.bucketName, isOfBucket: false }
    const reason = S3Errors.reasonOf(failure, call)
    return fail(reason._tag === "UnexpectedResponse" ? new Unavailable({ message: failure.message }) : reason)
  })
  const digest = range === undefined ? digestOf(file, md5) : undefined
  return ArrivingBytes.holding(pieces, {
    size,
    wrongSize: (arrived) => wrongSize(file, arrived, size),
    digest,
    fail
  })
}

export const read =
  (root: S3Root): Provider["read"] =>
  (file, range) =>
    Stream.suspend(() => {
      const refused = range && ArrivingBytes.refusal(file, range)
      if (refused !== undefined) return Stream.fail(root.calls.fail("read", file.path, refused))
      // There is no such range in HTTP.
      if (range?.length === 0) return Stream.empty
      return Stream.scoped(
        Stream.unwrap(Effect.map(open(root, file, range), (opened) => piecesOf(root, file, range, opened)))
      )
    })

export const readAll =
  (root: S3Root): Provider["readAll"] =>
  (file) =>
    Effect.map(Stream.runCollect(read(root)(file)), (pieces) => Buffer.concat(pieces))
