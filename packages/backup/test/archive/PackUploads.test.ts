import { randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import { Deferred, Effect } from "effect"
import * as PackUploads from "../../src/archive/PackUploads.ts"
import { BlobTableBuilder } from "../../src/format/BlobTable.ts"
import { data } from "../../src/format/BlobType.ts"
import type { FinishedPack } from "../../src/format/PackWriter.ts"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"
import * as TestRepository from "../support/TestRepository.ts"

const blob = randomBytes(32)

const makePack = (): FinishedPack => {
  const blobs = new BlobTableBuilder(1)
  blobs.add(data, blob, 0, 40, 8)
  return { type: data, id: "ab".repeat(32), bytes: new Uint8Array(100), blobs }
}

/** Uploads whose packs are stored when, and as, `saved` says; `named` counts what an index file was told. */
const start = Effect.fnUntraced(function* (saved: Effect.Effect<void, StorageError>) {
  const { repository } = yield* TestRepository.inMemory()
  const index = new BlobIndex()
  const named: Array<string> = []
  const add = ({ id }: { readonly id: string }) => Effect.sync(() => void named.push(id))
  const uploads = yield* PackUploads.make({
    repository: { ...repository, savePack: () => saved },
    index,
    indexWriter: { add, suppose: () => {}, flushWhenDue: Effect.void, flush: Effect.void, rescue: Effect.void },
    concurrency: 2,
    isDryRun: false
  })
  index.claim(data, blob)
  const isPlaced = () => index.isPlaced(index.find(data, blob))
  return { isPlaced, named, uploads }
})

const settle = Effect.sleep(20)

describe("the upload of packs", () => {
  it.live("names a pack, and gives its buffer back, only once it is stored", () =>
    Effect.gen(function* () {
      const end = yield* Deferred.make<void>()
      const { isPlaced, named, uploads } = yield* start(Deferred.await(end))
      let isBack = false
      const stored = uploads.store(makePack()).then(() => {
        isBack = true
      })
      yield* settle
      assert.deepStrictEqual([isBack, isPlaced(), named], [false, false, []])
      yield* Deferred.succeed(end, undefined)
      yield* Effect.promise(() => stored)
      assert.deepStrictEqual([isBack, isPlaced(), named], [true, true, ["ab".repeat(32)]])
    }).pipe(Effect.scoped)
  )

  it.live("fails the backup, and names nothing, when a pack can not be stored", () =>
    Effect.gen(function* () {
      const reason = new PermissionDenied({ message: "the key may not write; make another" })
      const refused = Effect.fail(new StorageError({ provider: "memory", operation: "put", reason }))
      const { isPlaced, named, uploads } = yield* start(refused)
      let isBack = false
      void uploads.store(makePack()).then(() => {
        isBack = true
      })
      const error = yield* Effect.flip(uploads.failure)
      assert.strictEqual(error.reason._tag, "PermissionDenied")
      yield* settle
      assert.deepStrictEqual([isBack, isPlaced(), named], [false, false, []])
    }).pipe(Effect.scoped)
  )
})
