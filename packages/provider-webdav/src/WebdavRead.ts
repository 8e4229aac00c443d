/** Reading files, of the bytes that were seen and of no others. */
import type { ByteRange } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import {
  ChecksumMismatch,
  NotFound,
  type Reason,
  SourceChanged,
  type StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as ArrivingBytes from "@ourclone/core/layers/ArrivingBytes"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Answer, headerOf, reasonOf } from "./dav/DavErrors.ts"
import { etagText } from "./Resource.ts"
import { fileUrl, look, type WebdavRoot } from "./WebdavRoot.ts"

const replaced = () => new SourceChanged({ message: "the file was replaced after it was seen" })

const wrongAnswer = (file: File, range: ByteRange | undefined, answer: Answer): Reason | undefined => {
  const { status } = answer
  // Where no folder is told from a file by its address, a page of it may come.
  if (status !== 200 && status !== 206) return reasonOf("GET", answer)
  const etag = etagText(headerOf(answer, "etag"))
  const isOther =
    etag !== undefined && file.identity !== undefined && !file.identity.includes("@") && etag !== file.identity
  if (isOther) return replaced()
  if (range === undefined || (status === 200 && range.length === file.size)) {
    const length = headerOf(answer, "content-length")
    return length === undefined || Number(length) === file.size ? undefined : replaced()
  }
  const { isRight, total } = ArrivingBytes.saysRange(headerOf(answer, "content-range"), range)
  if (total !== undefined && total !== file.size) return replaced()
  if (isRight) return undefined
  return new UnexpectedResponse({ message: "the server answered with other bytes than were asked for" })
}

const open = (root: WebdavRoot, file: File, range: ByteRange | undefined) =>
  Effect.gen(function* () {
    const url = yield* fileUrl(root, "read", file.path)
    const asked = range === undefined ? {} : { range: ArrivingBytes.rangeHeader(range) }
    const { answer, pieces } = yield* root.client.open(file.path, url, { "accept-encoding": "identity", ...asked })
    const wrong = wrongAnswer(file, range, answer)
    if (wrong !== undefined) return yield* root.fail("read", file.path, wrong)
    return pieces
  })

const pieces = (
  root: WebdavRoot,
  file: File,
  range: ByteRange | undefined
): Stream.Stream<Uint8Array, StorageError> => {
  const fail = (reason: Reason) => root.fail("read", file.path, reason)
  const size = range?.length ?? file.size
  const known =
    range === undefined ? (["sha1", "md5"] as const).find((name) => file.checksums[name] !== undefined) : undefined
  const expected = known && file.checksums[known]
  const message = "other bytes arrived than the server has stored"
  const digest = known && {
    algorithm: known,
    wrong: (actual: string) =>
      expected === undefined || actual === expected ? undefined : new ChecksumMismatch({ message, expected, actual })
  }
  const held = { size, wrongSize: ArrivingBytes.wrongCount(size), digest, fail }
  return Stream.unwrap(
    Effect.map(open(root, file, range), (arriving) =>
      Stream.fromPull(Effect.sync(() => ArrivingBytes.held(arriving, held)))
    )
  )
}

export const read =
  (root: WebdavRoot): Provider["read"] =>
  (file, range) =>
    Stream.suspend((): Stream.Stream<Uint8Array, StorageError> => {
      const refused = range && ArrivingBytes.refusal(file, range)
      if (refused !== undefined) return Stream.fail(root.fail("read", file.path, refused))
      if (range?.length !== 0 && file.size > 0) return pieces(root, file, range)
      // There is no such range in HTTP; whether there is such a file is all that is to be known.
      const there = Effect.flatMap(look(root, file.path), ({ isCollection }) =>
        isCollection
          ? Effect.fail(root.fail("read", file.path, new NotFound({ message: "there is no such file" })))
          : Effect.void
      )
      return Stream.fromEffectDrain(there)
    })

export const readAll =
  (root: WebdavRoot): Provider["readAll"] =>
  (file) =>
    Effect.map(Stream.runCollect(read(root)(file)), (all) => Buffer.concat(all))
