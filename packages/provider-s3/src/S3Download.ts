/** Reading files. What arrives is held against the length, the ETag and the digests that are known of it. */
import { createHash, hash } from "node:crypto"
import type { Readable } from "node:stream"
import { GetObjectCommand } from "@aws-sdk/client-s3"
import { type ByteRange, smallSize } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import {
  ChecksumMismatch,
  InvalidRequest,
  type Reason,
  SourceChanged,
  type StorageError,
  Unavailable,
  UnexpectedResponse,
  wronglyNoted
} from "@ourclone/core/contract/StorageError"
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

const wrongSize = (file: File, size: number, expected: number): Reason => {
  if (file.versionId === undefined && file.identity === undefined) return replaced()
  return size > expected
    ? new UnexpectedResponse({ message: `more arrives than the ${expected} bytes that were asked for` })
    : new Unavailable({ message: `${size} of ${expected} bytes arrived` })
}

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
    const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(head.ContentRange ?? "") ?? []
    const isWhole = head.ContentRange === undefined && range.length === file.size
    if (!isWhole && total !== "*" && total !== undefined && Number(total) !== file.size) {
      return wrongSize(file, Number(total), file.size)
    }
    if (!isWhole && (Number(first) !== range.offset || Number(last) !== range.offset + range.length - 1)) {
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
        ...(range === undefined ? {} : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
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

/** Why bytes with these digests are not those of `file`. */
const wrongDigest = (file: File, md5: string | undefined, digests: ReadonlyMap<string, string>): Reason | undefined => {
  const expected = { ...file.checksums, ...(md5 === undefined ? {} : { md5 }) }
  for (const [algorithm, actual] of digests) {
    const wanted = expected[algorithm as "sha1" | "md5"]
    if (wanted === undefined || wanted === actual) continue
    if (algorithm === "sha1" && file.hasNotedChecksums === true) return wronglyNoted(wanted, actual)
    return new ChecksumMismatch({
      message: "other bytes arrived than the service has stored",
      expected: wanted,
      actual
    })
  }
  return undefined
}

/** Which digests are worth computing of a whole file. */
const known = (file: File, md5: string | undefined) =>
  md5 !== undefined || file.checksums.md5 !== undefined
    ? (["md5"] as const)
    : file.checksums.sha1 !== undefined
      ? (["sha1"] as const)
      : ([] as const)

const piecesOf = (root: S3Root, file: File, range: ByteRange | undefined, { body, md5, size }: Opened) => {
  const fail = (reason: Reason) => root.calls.fail("read", file.path, reason)
  const hashes = range === undefined ? known(file, md5).map((name) => [name, createHash(name)] as const) : []
  let arrived = 0
  const pieces = Stream.fromAsyncIterable(body as AsyncIterable<Uint8Array>, (thrown): StorageError => {
    const failure = S3Errors.failureOf(thrown)
    const call = { operation: "GetObject", bucket: root.bucketName, isOfBucket: false }
    const reason = S3Errors.reasonOf(failure, call)
    return fail(reason._tag === "UnexpectedResponse" ? new Unavailable({ message: failure.message }) : reason)
  })
  const counted = Stream.mapEffect(pieces, (piece) => {
    arrived += piece.length
    if (arrived > size) return Effect.fail(fail(wrongSize(file, arrived, size)))
    for (const [, each] of hashes) each.update(piece)
    return Effect.succeed(piece)
  })
  const end = Stream.suspend(() => {
    if (arrived !== size) return Stream.fail(fail(wrongSize(file, arrived, size)))
    const digests = new Map(hashes.map(([name, each]) => [name, each.digest("hex")]))
    const wrong = wrongDigest(file, md5, digests)
    return wrong === undefined ? Stream.empty : Stream.fail(fail(wrong))
  })
  return Stream.concat(counted, end)
}

export const read =
  (root: S3Root): Provider["read"] =>
  (file, range) =>
    Stream.suspend(() => {
      if (range !== undefined) {
        if (range.offset < 0 || range.length < 0 || range.offset + range.length > file.size) {
          const message = `bytes ${range.offset} to ${range.offset + range.length} lie outside the file of ${file.size} bytes`
          return Stream.fail(root.calls.fail("read", file.path, new InvalidRequest({ message })))
        }
        // There is no such range in HTTP.
        if (range.length === 0) return Stream.empty
      }
      return Stream.scoped(
        Stream.unwrap(Effect.map(open(root, file, range), (opened) => piecesOf(root, file, range, opened)))
      )
    })

export const readAll =
  (root: S3Root): Provider["readAll"] =>
  (file) =>
    Effect.scoped(
      Effect.flatMap(open(root, file, undefined), ({ body, md5, size }) => {
        const fail = (reason: Reason) => root.calls.fail("readAll", file.path, reason)
        const most = Math.max(size, smallSize)
        const read = async () => {
          const pieces: Array<Uint8Array> = []
          let arrived = 0
          for await (const piece of body as AsyncIterable<Uint8Array>) {
            arrived += piece.length
            if (arrived > most) break
            pieces.push(piece)
          }
          return Buffer.concat(pieces)
        }
        const bytes = Effect.tryPromise({
          try: read,
          catch: (thrown) => fail(new Unavailable({ message: S3Errors.failureOf(thrown).message }))
        })
        return Effect.flatMap(bytes, (bytes) => {
          if (bytes.length !== size) return Effect.fail(fail(wrongSize(file, bytes.length, size)))
          const digests = new Map(known(file, md5).map((name) => [name, hash(name, bytes)]))
          const wrong = wrongDigest(file, md5, digests)
          return wrong === undefined ? Effect.succeed<Uint8Array>(bytes) : Effect.fail(fail(wrong))
        })
      })
    )
