/** One bucket seen from both of B2's sides. */
import { hash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { type ByteSource, fromBytes } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import { isSame } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { isSame as isSameFile } from "@ourclone/core/engine/Checksum"
import { upload } from "@ourclone/core/engine/Upload"
import { entries, list, modifiedAt, pattern, put, textAt } from "@ourclone/core/testing/Check"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { factory } from "@ourclone/provider-b2/B2Factory"
import { Effect, Redacted, Stream } from "effect"
import { emulate, openAt, restrictedKey } from "./emulated.ts"

const capabilities = [
  "listBuckets",
  "listFiles",
  "readFiles",
  "writeFiles",
  "deleteFiles",
  "writeBuckets",
  "listAllBucketNames"
]

const opened = Effect.fnUntraced(function* (location: string, namePrefix?: string) {
  const emulator = yield* emulate({ s3: { asB2: true }, minimumPartSize: 5_000_000 })
  const account = yield* openAt(emulator, "")
  const { id } = yield* account.buckets!.create("photo-archive")
  const limits = namePrefix === undefined ? {} : { bucketIds: [id], namePrefix }
  const key = yield* restrictedKey(emulator, {
    capabilities: namePrefix === undefined ? capabilities : capabilities.slice(0, 5),
    ...limits
  })
  const values = { keyId: key.keyId, applicationKey: Redacted.make(key.key), endpoint: emulator.endpoint, api: "s3" }
  const byS3 = yield* ProviderFactory.open(factory, values, { name: "b2:", location })
  return { emulator, native: yield* openAt(emulator, location), byS3 }
})

describe("the contract, by S3", () => {
  for (const check of ProviderContract.checks) {
    it.live(check.name, ({ skip }) =>
      Effect.gen(function* () {
        const { byS3 } = yield* opened("photo-archive/2024")
        yield* ProviderContract.runOrSkip(check, byS3, skip)
      })
    )
  }
})

it.live("is the same place, with the same files, times, folders and versions", () =>
  Effect.gen(function* () {
    const { byS3, native } = yield* opened("photo-archive/2024")
    expect(isSame(byS3.place, native.place)).toBe(true)
    yield* put(native, "natively.txt", "one")
    yield* put(byS3, "by-s3.txt", "two")
    yield* byS3.makeDirectory?.(RemotePath.makeUnsafe("empty")) ?? Effect.void
    const all = ["Directory empty", "File by-s3.txt", "File natively.txt"]
    for (const side of [native, byS3]) {
      expect(yield* list(side, "")).toEqual(all)
      expect([yield* textAt(side, "natively.txt"), yield* textAt(side, "by-s3.txt")]).toEqual(["one", "two"])
      for (const name of ["natively.txt", "by-s3.txt"]) {
        expect((yield* side.stat(RemotePath.makeUnsafe(name))).modifiedAt).toBe(modifiedAt)
      }
    }
    yield* byS3.remove(RemotePath.makeUnsafe("natively.txt"))
    const found = yield* Stream.runCollect(native.versions?.list(RemotePath.makeUnsafe("natively.txt")) ?? Stream.empty)
    expect(found.map(({ kind }) => kind)).toEqual(["Hidden", "Stored"])
  })
)

it.live("a large file that one side sent, the other reads", () =>
  Effect.gen(function* () {
    const { byS3, native } = yield* opened("photo-archive")
    const content = pattern(5_242_880 + 777)
    const path = RemotePath.makeUnsafe("big")
    const large = byS3.largeFile!
    const file = yield* large.start(path, { modifiedAt, size: content.length, partSize: 5_242_880 })
    const first = yield* large.uploadPart(file, 1, fromBytes(content.subarray(0, 5_242_880)), { offset: 0 })
    const last = yield* large.uploadPart(file, 2, fromBytes(content.subarray(5_242_880)), { offset: 5_242_880 })
    yield* large.finish(file, [first, last])
    const stored = yield* native.stat(path)
    expect([stored.size, stored.modifiedAt]).toEqual([content.length, modifiedAt])
    expect(Buffer.from(yield* native.readAll(stored)).equals(content)).toBe(true)
  })
)

it.live("a file of any size, stored by either side, has a checksum that both know", () =>
  Effect.gen(function* () {
    const { byS3, native } = yield* opened("photo-archive")
    const large = pattern(33 * 1024 * 1024)
    const source = (content: Uint8Array): ByteSource => ({
      ...fromBytes(content),
      digest: (_, algorithm) => Effect.succeed({ algorithm, whole: hash(algorithm, content), parts: [] })
    })
    const sides = [native, byS3] as const
    for (const [index, side] of sides.entries()) {
      yield* put(side, `small-${index}`, "bytes")
      yield* upload(side, RemotePath.makeUnsafe(`large-${index}`), source(large), { modifiedAt, partConcurrency: 2 })
    }
    const listed = (side: Provider) => Effect.map(entries(side, ""), (found) => found as ReadonlyArray<File>)
    const compared = (ours: File, theirs: File) =>
      isSameFile({ provider: native, file: ours }, { provider: byS3, file: theirs })
    const [ours, theirs] = [yield* listed(native), yield* listed(byS3)]
    expect(ours.map(({ path }) => path)).toEqual(["large-0", "large-1", "small-0", "small-1"])
    for (const [index, file] of ours.entries()) expect(yield* compared(file, theirs[index]!)).toBe(true)
    yield* put(byS3, "small-0", "other")
    const again = yield* listed(byS3)
    expect(yield* compared(ours[2]!, again[2]!)).toBe(false)
  })
)

it.live("the master key, and places beside a key's prefix, are refused with what to do", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate({ s3: { asB2: true } })
    const values = {
      keyId: emulator.keyId,
      applicationKey: Redacted.make(emulator.key),
      endpoint: emulator.endpoint,
      api: "s3"
    }
    const failed = yield* Effect.flip(ProviderFactory.open(factory, values, { name: "b2:", location: "photo-archive" }))
    expect(failed.message).toContain("make an application key")
    const outside = yield* Effect.flip(opened("photo-archive/elsewhere", "2024/"))
    expect(outside.message).toContain('names that begin with "2024/"')
  })
)
