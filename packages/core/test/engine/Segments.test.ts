import { assert, describe, it } from "@effect/vitest"
import type * as ByteSources from "@ourclone/core/contract/ByteSource"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type * as LargeFiles from "@ourclone/core/contract/LargeFile"
import type { LargeFile } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import {
  NotFound,
  PermissionDenied,
  type Reason,
  SourceChanged,
  StorageError,
  Unavailable
} from "@ourclone/core/contract/StorageError"
import { upload } from "@ourclone/core/engine/Upload"
import { MostRetries } from "@ourclone/core/layers/Retry"
import { Effect, Stream } from "effect"
import { open, options, path, sourceOf, stored, unfinished } from "./SmallParts.ts"

describe("upload of segments", () => {
  const whole = "0123456789"

  it.effect("sends what is new and copies what the service has", () =>
    Effect.gen(function* () {
      const { provider, sent } = open()
      const old = yield* provider.put(makeUnsafe("old"), sourceOf("xx456yy"), { modifiedAt: 1 })
      const read: Array<ByteSources.ByteRange | undefined> = []
      const source: ByteSource = {
        ...sourceOf(whole),
        bytes: Effect.die(new Error("not all is to be read")),
        read: (range) =>
          Stream.suspend(() => {
            read.push(range)
            return sourceOf(whole).read(range)
          })
      }
      const segments = [
        { offset: 0, length: 4 },
        { offset: 4, length: 3, copyOf: { file: old, offset: 2 } },
        { offset: 7, length: 3 }
      ]
      yield* upload(provider, path, source, { ...options, segments })
      assert.strictEqual(yield* stored(provider), whole)
      assert.deepStrictEqual(sent, [1, 3])
      assert.deepStrictEqual(read, [
        { offset: 0, length: 4 },
        { offset: 7, length: 3 }
      ])
      assert.deepStrictEqual(yield* unfinished(provider), [])
    })
  )

  it.effect("sends everything where the provider copies no parts", () =>
    Effect.gen(function* () {
      const { provider } = open()
      const old = yield* provider.put(makeUnsafe("old"), sourceOf("wrong bytes"), { modifiedAt: 1 })
      const { copyPart: _, ...largeFile } = provider.largeFile!
      const segments = [{ offset: 0, length: 10, copyOf: { file: old, offset: 0 } }]
      yield* upload({ ...provider, largeFile }, path, sourceOf(whole), { ...options, segments })
      assert.strictEqual(yield* stored(provider), whole)
    })
  )

  describe("that was cut off", () => {
    const segmentsOf = (old: File) => [
      { offset: 0, length: 3 },
      { offset: 3, length: 3, copyOf: { file: old, offset: 0 } },
      { offset: 6, length: 2 },
      { offset: 8, length: 2 }
    ]
    /** Its third part is not stored, as `reason` says. */
    const begin = Effect.fnUntraced(function* (reason: Reason, own: Partial<LargeFile> = {}) {
      const { provider, sent } = open()
      const inner = provider.largeFile!
      const copied: Array<number> = []
      let isBroken = true
      const largeFile: LargeFile = {
        ...inner,
        ...own,
        uploadPart: (file, number, ...more) =>
          isBroken && number === 3
            ? Effect.fail(new StorageError({ provider: "memory", operation: "uploadPart", reason }))
            : inner.uploadPart(file, number, ...more),
        copyPart: (file, number, ...more) =>
          Effect.tap(inner.copyPart!(file, number, ...more), () => Effect.sync(() => copied.push(number)))
      }
      const broken: Provider = { ...provider, largeFile }
      const segments = segmentsOf(yield* provider.put(makeUnsafe("old"), sourceOf("345"), { modifiedAt: 1 }))
      let noted: LargeFiles.Unfinished | undefined
      const store = (text: string) => {
        const note = (file: LargeFiles.Unfinished | undefined) => {
          noted = file
        }
        const cutOff = { earlier: noted, note }
        return Effect.provideService(
          upload(broken, path, sourceOf(text), { ...options, segments, cutOff }),
          MostRetries,
          0
        )
      }
      assert.strictEqual((yield* Effect.flip(store(whole))).reason._tag, reason._tag)
      assert.deepStrictEqual([sent, copied], [[1], [2]])
      isBroken = false
      return { provider, sent, copied, store, noted: () => noted }
    })

    it.effect("goes on with the parts that are there, sent and copied ones", () =>
      Effect.gen(function* () {
        const { copied, noted, provider, sent, store } = yield* begin(new Unavailable({ message: "away" }))
        assert.deepStrictEqual(yield* unfinished(provider), [noted()!])
        yield* store(whole)
        assert.deepStrictEqual([sent, copied], [[1, 3, 4], [2]])
        assert.strictEqual(yield* stored(provider), whole)
        assert.deepStrictEqual([noted(), yield* unfinished(provider)], [undefined, []])
      })
    )

    it.effect("sends parts again whose bytes are others by now", () =>
      Effect.gen(function* () {
        const { provider, sent, store } = yield* begin(new Unavailable({ message: "away" }))
        yield* store("xxx3456789")
        assert.deepStrictEqual(sent, [1, 1, 3, 4])
        assert.strictEqual(yield* stored(provider), "xxx3456789")
      })
    )

    it.effect("begins anew where its parts are gone", () =>
      Effect.gen(function* () {
        const { noted, provider, sent, store } = yield* begin(new Unavailable({ message: "away" }))
        yield* provider.largeFile!.cancel(noted()!)
        yield* store(whole)
        assert.deepStrictEqual(sent, [1, 1, 3, 4])
        assert.strictEqual(yield* stored(provider), whole)
        assert.deepStrictEqual([noted(), yield* unfinished(provider)], [undefined, []])
      })
    )

    it.effect("sends all of them again into it where they may not be listed", () =>
      Effect.gen(function* () {
        const { noted, provider, sent, store } = yield* begin(new Unavailable({ message: "away" }), {
          parts: () =>
            Stream.fail(
              new StorageError({
                provider: "memory",
                operation: "parts",
                reason: new PermissionDenied({ message: "no" })
              })
            )
        })
        yield* store(whole)
        assert.deepStrictEqual(sent, [1, 1, 3, 4])
        assert.strictEqual(yield* stored(provider), whole)
        assert.deepStrictEqual([noted(), yield* unfinished(provider)], [undefined, []])
      })
    )

    it.effect("leaves nothing where it could not go on", () =>
      Effect.gen(function* () {
        for (const reason of [new NotFound({ message: "gone" }), new SourceChanged({ message: "other" })]) {
          const { noted, provider } = yield* begin(reason)
          assert.deepStrictEqual([noted(), yield* unfinished(provider)], [undefined, []])
        }
      })
    )
  })

  it.effect("refuses segments that are not the file", () =>
    Effect.gen(function* () {
      const { provider } = open()
      const old = yield* provider.put(makeUnsafe("old"), sourceOf("0123"), { modifiedAt: 1 })
      const copyOf = { file: old, offset: 0 }
      for (const segments of [
        [{ offset: 0, length: 4, copyOf }],
        [
          { offset: 0, length: 4, copyOf },
          { offset: 5, length: 5 }
        ],
        [
          { offset: 0, length: 5, copyOf },
          { offset: 5, length: 5 }
        ]
      ]) {
        const error = yield* Effect.flip(upload(provider, path, sourceOf(whole), { ...options, segments }))
        assert.strictEqual(error.reason._tag, "InvalidRequest")
      }
      assert.deepStrictEqual(yield* unfinished(provider), [])
    })
  )
})
