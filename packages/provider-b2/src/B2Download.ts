/** Reading files. What arrives is compared with the SHA-1 that B2 sends and with the one that was recorded when the file was listed. */
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
import { tracedRequest } from "@ourclone/http/HttpClient"
import { type Headers, header } from "@ourclone/http/HttpMessage"
import { ResponseBody } from "@ourclone/http/ResponseBody"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type DownloadTarget, downloadName } from "./api/B2Client.ts"
import { type B2Refusal, fromReply } from "./api/B2Refusal.ts"
import { isVerified, sha1Of } from "./api/B2Replies.ts"
import type { B2Root } from "./B2Root.ts"

/** Exactly the version that was listed, where it is known. */
export const targetOf = (root: B2Root, file: File): DownloadTarget =>
  file.versionId === undefined
    ? { bucketName: root.bucketName, fileName: root.nameOf(file.path) }
    : { fileId: file.versionId }

/** The SHA-1 of the whole file, as B2 says in front of the bytes. */
export const announcedSha1 = (headers: Headers): string | undefined =>
  sha1Of(header(headers, "x-bz-content-sha1"), header(headers, "x-bz-info-large_file_sha1"))

const otherSize = (file: File, size: number): Reason =>
  file.versionId === undefined
    ? new SourceChanged({ message: "the file was replaced while it was read" })
    : ArrivingBytes.wrongCount(file.size)(size)

/** Why `size` bytes are not all of `file`. */
const wrongSize = (file: File, size: number): Reason | undefined =>
  size === file.size ? undefined : otherSize(file, size)

/** Why bytes with the SHA-1 that `digest` computes are not those of `file`. */
const wrongSha1 = (file: File, headers: Headers, digest: () => string): Reason | undefined => {
  const recorded = file.checksums.sha1
  const announced = announcedSha1(headers)
  if (announced === undefined && recorded === undefined) return undefined
  const actual = digest()
  if (announced !== undefined && announced !== actual) {
    return isVerified(header(headers, "x-bz-content-sha1"))
      ? new ChecksumMismatch({ message: "other bytes arrived than B2 has stored", expected: announced, actual })
      : wronglyNoted(announced, actual)
  }
  if (recorded === undefined || recorded === actual) return undefined
  return file.versionId === undefined
    ? new SourceChanged({ message: "the file was replaced while it was read" })
    : new ChecksumMismatch({ message: "the bytes are not those that were uploaded", expected: recorded, actual })
}

export const readAll =
  (root: B2Root): Provider["readAll"] =>
  (file) =>
    Effect.suspend(() =>
      Effect.flatMap(
        root.client.download(file.path, targetOf(root, file), Math.max(file.size, smallSize)),
        ({ body, headers }) => {
          const reason = wrongSize(file, body.length) ?? wrongSha1(file, headers, () => hash("sha1", body))
          return reason === undefined ? Effect.succeed(body) : Effect.fail(root.fail("readAll", file.path, reason))
        }
      )
    )

/** Why the whole that is about to come is not `file`; its length may be left out. */
const wrongLength = (file: File, headers: Headers): Reason | undefined => {
  const length = header(headers, "content-length")
  return length === undefined ? undefined : wrongSize(file, Number(length))
}

/** Why the bytes that are about to come are not those that were asked for. */
const wrongRange = (file: File, range: ByteRange, headers: Headers): Reason | undefined => {
  const contentRange = header(headers, "content-range")
  // A server may answer a range that is the whole file with the whole file.
  if (contentRange === undefined && range.length === file.size) return wrongLength(file, headers)
  const { isRight, total } = ArrivingBytes.saysRange(contentRange, range)
  if (total !== undefined && total !== file.size) return wrongSize(file, total)
  if (isRight) return undefined
  return new UnexpectedResponse({ message: "B2 answered with other bytes than the range that was asked for" })
}

const open = (root: B2Root, file: File, range: ByteRange | undefined) =>
  Effect.gen(function* () {
    const { client } = root
    const { authorization, explain, http } = client.calls
    const target = targetOf(root, file)
    const asked = range && ArrivingBytes.rangeHeader(range)
    let body: ResponseBody<B2Refusal> | undefined
    yield* Effect.addFinalizer(() => Effect.sync(() => body?.close()))
    const { headers } = yield* authorization
      .use((current) => {
        const request = client.downloadRequest(target, current, "GET", asked)
        const response = new ResponseBody(request.origin, fromReply)
        body = response
        return tracedRequest(
          request,
          response.opened((handler) => http.download(request, handler))
        )
      })
      .pipe(Effect.mapError(explain(downloadName(target), file.path)))

    const wrong = range === undefined ? wrongLength(file, headers) : wrongRange(file, range, headers)
    if (wrong !== undefined) return yield* root.fail("read", file.path, wrong)
    const pull = Effect.mapError((body as ResponseBody<B2Refusal>).pull, (failure) =>
      failure._tag === "ConnectionFailure" ? explain(downloadName(target), file.path)(failure) : failure
    )
    return { headers, pull }
  })

const expectedOf = (
  root: B2Root,
  file: File,
  range: ByteRange | undefined,
  headers: Headers
): ArrivingBytes.Expected => {
  const fail = (reason: Reason) => root.fail("read", file.path, reason)
  if (range !== undefined) return { size: range.length, wrongSize: ArrivingBytes.wrongCount(range.length), fail }
  const isKnown = announcedSha1(headers) !== undefined || file.checksums.sha1 !== undefined
  return {
    size: file.size,
    wrongSize: (arrived) => otherSize(file, arrived),
    digest: isKnown ? { algorithm: "sha1", wrong: (actual) => wrongSha1(file, headers, () => actual) } : undefined,
    fail
  }
}

export const read =
  (root: B2Root): Provider["read"] =>
  (file, range) =>
    Stream.suspend(() => {
      const refused = range && ArrivingBytes.refusal(file, range)
      if (refused !== undefined) return Stream.fail(root.fail("read", file.path, refused))
      if (range?.length === 0) return Stream.empty
      const opened = Effect.map(open(root, file, range), ({ headers, pull }) =>
        Stream.fromPull(Effect.sync(() => ArrivingBytes.held(pull, expectedOf(root, file, range, headers))))
      )
      return Stream.unwrap(opened)
    })
