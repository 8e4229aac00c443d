import { describe, expect, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { silent } from "@ourclone/core/events/Tell"
import { retried } from "@ourclone/core/layers/Retried"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Spans from "@ourclone/core/testing/Spans"
import { Effect, Stream, Tracer } from "effect"
import { emulate, openAt } from "./emulated.ts"

const files = 20
/** The emulator takes parts of 1,000 bytes. */
const large = 3500

const setUp = Effect.gen(function* () {
  const emulator = yield* emulate()
  const provider = yield* openAt(emulator, "photo-archive")
  yield* provider.buckets!.create("photo-archive")
  const source = MemoryProvider.make()
  for (let index = 0; index < files; index++) {
    yield* source.put(makeUnsafe(`${index}`), fromBytes(Buffer.alloc(10)), { modifiedAt: 1000 })
  }
  yield* source.put(makeUnsafe("large"), fromBytes(Buffer.alloc(large, 7)), { modifiedAt: 1000 })
  const limited = retried({
    ...provider,
    largeFile: { ...provider.largeFile!, limits: { ...provider.largeFile!.limits, cutoff: 2000 } }
  })
  const plan = Plan.make(source, limited, { comparison: { by: "time" }, removesExtra: false, reportsSame: false })
  const options = { transfers: 4, partConcurrency: 2, allowsEmptySource: false, tell: silent }
  return { emulator, provider, copy: Transfer.execute(source, limited, plan, options) }
})

describe("a copy to B2 that is traced", () => {
  it.live("has one span for each file and part, and one for each request", () =>
    Effect.gen(function* () {
      const { copy, emulator } = yield* setUp
      const before = emulator.log?.requests().length ?? 0
      const { named, spans, tracer } = Spans.make()
      yield* Effect.provideService(copy, Tracer.Tracer, tracer)
      expect(named("file")).toHaveLength(files + 1)
      expect(named("part")).toHaveLength(4)
      expect(named("part").map(({ within }) => within)).toEqual(["file", "file", "file", "file"])
      expect(named("request")).toHaveLength((emulator.log?.requests().length ?? 0) - before)
      expect(spans).toHaveLength(named("file").length + named("part").length + named("request").length)
    }).pipe(Effect.scoped)
  )

  it.live("has one for each retry", () =>
    Effect.gen(function* () {
      const { copy, emulator } = yield* setUp
      emulator.failNext("b2_upload_file", "503", 2)
      const { named, tracer } = Spans.make()
      yield* Effect.provideService(copy, Tracer.Tracer, tracer)
      expect(named("retry")).toHaveLength(2)
      expect(named("file")).toHaveLength(files + 1)
    }).pipe(Effect.scoped)
  )

  it.live("has a bounded number for a file that is read in many pieces", () =>
    Effect.gen(function* () {
      const { provider } = yield* setUp
      const bytes = Buffer.alloc(5_000_000, 1)
      const path = makeUnsafe("pieces")
      yield* provider.put(path, fromBytes(bytes), { modifiedAt: 0 })
      const file = yield* provider.stat(path)
      const { named, tracer } = Spans.make()
      const pieces = yield* Effect.provideService(Stream.runCollect(provider.read(file)), Tracer.Tracer, tracer)
      expect(pieces.length).toBeGreaterThan(3)
      expect(named("request")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.live("shows no credentials and no query", () =>
    Effect.gen(function* () {
      const { copy, emulator, provider } = yield* setUp
      const { spans, tracer } = Spans.make()
      const listed = Stream.runDrain(provider.list(root))
      yield* Effect.provideService(Effect.andThen(copy, listed), Tracer.Tracer, tracer)
      const shown = JSON.stringify(spans.map(({ attributes }) => [...attributes]))
      expect(shown).not.toContain(emulator.key)
      expect(shown).not.toMatch(/\?|authorization/i)
    }).pipe(Effect.scoped)
  )
})
