import { expect, it } from "@effect/vitest"
import { at, put } from "@ourclone/core/testing/Check"
import * as Spans from "@ourclone/core/testing/Spans"
import { Effect, Stream, Tracer } from "effect"
import { emulate, openAt } from "./emulated.ts"

it.live("a traced run has one span for each request, ours and those of the library", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const provider = yield* openAt(emulator, "bucket")
    const before = emulator.log?.requests().length ?? 0
    const { named, spans, tracer } = Spans.make()
    const calls = Effect.gen(function* () {
      const file = yield* put(provider, "a", "hello")
      yield* Stream.runDrain(provider.read(file))
      yield* Stream.runDrain(provider.list(at("")))
      yield* provider.remove(at("a"))
    })
    yield* Effect.provideService(calls, Tracer.Tracer, tracer)
    expect(named("request")).toHaveLength((emulator.log?.requests().length ?? 0) - before)
    const methods = named("request").map(({ attributes }) => attributes.get("method") ?? attributes.get("operation"))
    expect(new Set(methods)).toEqual(new Set(["CreateBucket", "PUT", "GET", "DeleteObject"]))
    const shown = JSON.stringify(spans.map(({ attributes }) => [...attributes]))
    expect(shown).not.toContain(emulator.key)
    expect(shown).not.toMatch(/\?|authorization|signature/i)
  })
)
