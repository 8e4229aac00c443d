/** Storing files: small ones at once, larger ones in blocks that become a file all together. */
import { createHash, hash } from "node:crypto"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { DatedFile, File } from "@ourclone/core/contract/Entry"
import type { Provider, Put, PutOptions } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { type Reason, type StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import { wrongBytes } from "@ourclone/core/layers/WholeFiles"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { timeText } from "./Blob.ts"
import { ifMatch, look } from "./BlobReading.ts"
import { blobAt, failIn, type Place, siteOf } from "./Place.ts"
import { escaped } from "./Xml.ts"

/** In bytes: of what is sent in one request, and held in memory. A file has 50,000 blocks at most. */
const leastBlock = 8 * 1024 * 1024
const mostBlocks = 50_000

/** In bytes. */
export const largestFile = mostBlocks * 4000 * 1024 * 1024

const blockSizeOf = (size: number): number => Math.max(leastBlock, Math.ceil(size / mostBlocks))

type Bytes = Uint8Array<ArrayBuffer>
type Condition = { readonly "if-match"?: string; readonly "if-none-match"?: string }

const md5Base64 = (bytes: Uint8Array): string => hash("md5", bytes, "base64")

/** Of all that is stored, whichever way. Throws a reason. */
const headersOf = ({ contentType, modifiedAt }: PutOptions, condition: Condition) => ({
  ...condition,
  "x-ms-blob-content-type": contentType ?? "application/octet-stream",
  "x-ms-meta-mtime": timeText(modifiedAt)
})

const putOnce = (
  place: Place,
  operation: string,
  path: RemotePath,
  bytes: Bytes,
  headers: Readonly<Record<string, string>>
) =>
  place.client.send(siteOf(place, operation, path), {
    method: "PUT",
    path: blobAt(place, path),
    headers: {
      ...headers,
      "content-md5": md5Base64(bytes),
      "x-ms-blob-content-md5": md5Base64(bytes),
      "x-ms-blob-type": "BlockBlob"
    },
    body: bytes
  })

/** Pieces of `size` bytes, the last one shorter. */
const blocks = (pieces: Stream.Stream<Uint8Array, StorageError>, size: number): Stream.Stream<Bytes, StorageError> =>
  Stream.suspend(() => {
    let held: Array<Uint8Array> = []
    let length = 0
    const cut = (piece: Uint8Array | undefined): Array<Bytes> => {
      if (piece !== undefined) held.push(piece)
      length += piece?.length ?? 0
      if (length < size && piece !== undefined) return []
      const all = Buffer.concat(held)
      const ready: Array<Bytes> = []
      let at = 0
      for (; all.length - at >= size; at += size) ready.push(all.subarray(at, at + size))
      held = [all.subarray(at)]
      length = all.length - at
      if (piece === undefined && length > 0) ready.push(all.subarray(at))
      return ready
    }
    const end: Stream.Stream<Uint8Array | undefined> = Stream.succeed(undefined)
    return Stream.flatMap(Stream.concat(pieces, end), (piece) => Stream.fromArray(cut(piece)))
  })

/** Blocks that are never listed in a file are dropped by the service after a week. */
const putBlocks = (
  place: Place,
  operation: string,
  path: RemotePath,
  source: ByteSource,
  headers: Readonly<Record<string, string>>
) =>
  Effect.gen(function* () {
    const [site, target] = [siteOf(place, operation, path), blobAt(place, path)]
    const [sha1, md5] = [createHash("sha1"), createHash("md5")]
    // Another upload of the same name takes no block for its own.
    const upload = crypto.randomUUID()
    const ids: Array<string> = []
    let sent = 0
    yield* Stream.runForEach(blocks(source.read(), blockSizeOf(source.size)), (block) => {
      sent += block.length
      sha1.update(block)
      md5.update(block)
      if (sent > source.size) return Effect.fail(failIn(place, operation, path, wrongBytes(source, sent, "")!))
      const blockid = Buffer.from(`${upload}-${String(ids.length).padStart(6, "0")}`).toString("base64")
      ids.push(blockid)
      return place.client.send(site, {
        method: "PUT",
        path: target,
        query: { comp: "block", blockid },
        headers: { "content-md5": md5Base64(block) },
        body: block
      })
    })
    const wrong = wrongBytes(source, sent, sha1.digest("hex"))
    if (wrong !== undefined) return yield* Effect.fail(failIn(place, operation, path, wrong))
    const list = ids.map((id) => `<Latest>${escaped(id)}</Latest>`).join("")
    const body = new TextEncoder().encode(`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`)
    yield* place.client.send(site, {
      method: "PUT",
      path: target,
      query: { comp: "blocklist" },
      headers: { ...headers, "x-ms-blob-content-md5": md5.digest("base64") },
      body
    })
  })

const store = (
  place: Place,
  operation: string,
  path: RemotePath,
  source: ByteSource,
  options: PutOptions,
  condition: Condition = {}
): Effect.Effect<DatedFile, StorageError> =>
  Effect.gen(function* () {
    const headers = yield* Effect.try({
      try: () => headersOf(options, condition),
      catch: (reason) => failIn(place, operation, path, reason as Reason)
    })
    if (source.size <= leastBlock) {
      const bytes = Buffer.from(yield* source.bytes)
      const wrong = wrongBytes(source, bytes.length, source.sha1 === undefined ? "" : hash("sha1", bytes))
      if (wrong !== undefined) return yield* Effect.fail(failIn(place, operation, path, wrong))
      yield* putOnce(place, operation, path, bytes, headers)
    } else yield* putBlocks(place, operation, path, source, headers)
    return (yield* look(place, operation, path)).file
  })

export const put =
  (place: Place): Put =>
  (path, source, options) =>
    store(place, "put", path, source, options)

export const putIfAbsent =
  (place: Place): Put =>
  (path, source, options) =>
    store(place, "putIfAbsent", path, source, options, { "if-none-match": "*" })

export const putIfSame =
  (place: Place): NonNullable<Provider["putIfSame"]> =>
  (file, source, options) =>
    Effect.flatMap(identified(place, "putIfSame", file), (seen) =>
      store(place, "putIfSame", file.path, source, options, { "if-match": seen })
    )

/** The ETag that the file is to have still. */
const identified = (place: Place, operation: string, file: File): Effect.Effect<string, StorageError> => {
  const seen = ifMatch(file)
  return seen === undefined
    ? Effect.map(look(place, operation, file.path), (found) => ifMatch(found.file) ?? "*")
    : Effect.succeed(seen)
}

export const touch =
  (place: Place): NonNullable<Provider["touch"]> =>
  (file, modifiedAt) =>
    Effect.gen(function* () {
      const { headers } = yield* look(place, "touch", file.path)
      const mtime = yield* Effect.try({
        try: () => timeText(modifiedAt),
        catch: (reason) => failIn(place, "touch", file.path, reason as Reason)
      })
      // What is not said again is lost.
      const metadata = [...headers].filter(([name]) => name.startsWith("x-ms-meta-"))
      yield* place.client.send(siteOf(place, "touch", file.path), {
        method: "PUT",
        path: blobAt(place, file.path),
        query: { comp: "metadata" },
        headers: {
          ...Object.fromEntries(metadata),
          "x-ms-meta-mtime": mtime,
          "if-match": ifMatch(file) ?? headers.get("etag") ?? undefined
        }
      })
      return (yield* look(place, "touch", file.path)).file
    })

export const remove =
  (place: Place): Provider["remove"] =>
  (path) =>
    place.client
      .send(siteOf(place, "remove", path), {
        method: "DELETE",
        path: blobAt(place, path),
        headers: { "x-ms-delete-snapshots": "include" }
      })
      .pipe(
        Effect.asVoid,
        Effect.catchReason("StorageError", "NotFound", (reason, error) =>
          reason.concernsAll === true ? Effect.fail(error) : Effect.void
        )
      )

const pause = 500

/** Until the service has copied it: at once, but for files that it copies on its own time. */
const copied = (place: Place, path: RemotePath): Effect.Effect<DatedFile, StorageError> =>
  Effect.flatMap(look(place, "copy", path), ({ file, headers }) => {
    const status = headers.get("x-ms-copy-status") ?? "success"
    if (status === "success") return Effect.succeed(file)
    if (status === "pending") return Effect.delay(copied(place, path), pause)
    const message = `the copy has ended as "${status}": ${headers.get("x-ms-copy-status-description") ?? ""}`
    return Effect.fail(failIn(place, "copy", path, new Unavailable({ message })))
  })

export const copy =
  (place: Place): NonNullable<Provider["copy"]> =>
  (from, fromLocation, to) =>
    Effect.andThen(
      place.client.send(siteOf(place, "copy", to), {
        method: "PUT",
        path: blobAt(place, to),
        headers: {
          "x-ms-copy-source": place.client.urlOf(`${fromLocation}/${from.path}`).href,
          "x-ms-source-if-match": ifMatch(from)
        }
      }),
      copied(place, to)
    )
