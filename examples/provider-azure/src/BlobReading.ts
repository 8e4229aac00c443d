/** Looking at files, and reading them. What arrives is held against what was asked for. */
import type { DatedFile, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import {
  ChecksumMismatch,
  type Reason,
  type StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as ArrivingBytes from "@ourclone/core/layers/ArrivingBytes"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { reasonOfFailure } from "./AzureErrors.ts"
import { factsOf, fileOf } from "./Blob.ts"
import { blobAt, failIn, type Place, siteOf } from "./Place.ts"

export const look = (
  place: Place,
  operation: string,
  path: RemotePath
): Effect.Effect<{ readonly file: DatedFile; readonly headers: Headers }, StorageError> =>
  Effect.flatMap(
    place.client.send(siteOf(place, operation, path), { method: "HEAD", path: blobAt(place, path) }),
    ({ headers }) =>
      Effect.try({
        try: () => ({ file: fileOf(path, factsOf(headers)), headers }),
        catch: (reason) => failIn(place, operation, path, reason as Reason)
      })
  )

export const stat =
  (place: Place): Provider["stat"] =>
  (path) =>
    Effect.map(look(place, "stat", path), ({ file }) => file)

export const ifMatch = ({ identity }: File) => (identity === undefined ? undefined : `"${identity}"`)

const md5Of = (headers: Headers): string | undefined => {
  const md5 = headers.get("content-md5")
  return md5 === null ? undefined : Buffer.from(md5, "base64").toString("hex")
}

export const read =
  (place: Place): Provider["read"] =>
  (file, range) => {
    const fail = (reason: Reason) => failIn(place, "read", file.path, reason)
    const refused = range === undefined ? undefined : ArrivingBytes.refusal(file, range)
    if (refused !== undefined) return Stream.fail(fail(refused))
    const size = range?.length ?? file.size
    if (range?.length === 0) return Stream.empty
    const asked = place.client.send(siteOf(place, "read", file.path), {
      method: "GET",
      path: blobAt(place, file.path),
      headers: {
        "if-match": ifMatch(file),
        "x-ms-range": range === undefined ? undefined : ArrivingBytes.rangeHeader(range)
      }
    })
    return Stream.unwrap(
      Effect.map(asked, ({ body, headers }) => {
        const contentRange = headers.get("content-range") ?? undefined
        if (range !== undefined && !ArrivingBytes.saysRange(contentRange, range).isRight) {
          return Stream.fail(fail(new UnexpectedResponse({ message: "other bytes come than were asked for" })))
        }
        const pieces: Stream.Stream<Uint8Array, StorageError> =
          body === null
            ? Stream.empty
            : Stream.fromAsyncIterable(body as AsyncIterable<Uint8Array>, (error) => fail(reasonOfFailure(error)))
        const expected = range === undefined ? md5Of(headers) : undefined
        const wrong = (actual: string): Reason | undefined => {
          if (expected === undefined || expected === actual) return undefined
          return new ChecksumMismatch({ message: "other bytes arrived than are stored", expected, actual })
        }
        const digest = expected === undefined ? undefined : ({ algorithm: "md5", wrong } as const)
        return ArrivingBytes.holding(pieces, { size, wrongSize: ArrivingBytes.wrongCount(size), digest, fail })
      })
    )
  }

export const readAll =
  (place: Place): Provider["readAll"] =>
  (file) =>
    Effect.map(Stream.runCollect(read(place)(file)), (pieces) => Buffer.concat(pieces))
