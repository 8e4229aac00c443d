import { expect, it } from "@effect/vitest"
import * as Spans from "@ourclone/core/testing/Spans"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { onTestFinished, vi } from "vitest"
import * as Sync from "../src/transfer/Sync.ts"
import { makeWorld } from "./JobWorld.ts"

it.live("a job that is traced is one span, with its files in it", () =>
  Effect.gen(function* () {
    const world = makeWorld()
    for (let index = 0; index < 30; index++) world.write(`from/${index}`, "text")
    const { named, spans, tracer } = Spans.make()
    const run = world.run(Sync.kind, { source: world.at("from"), destination: world.at("to") })
    yield* Effect.provideService(run, Tracer.Tracer, tracer)
    expect(named("job").map(({ attributes }) => attributes.get("type"))).toEqual(["sync"])
    expect(new Set(named("file").map(({ within }) => within))).toEqual(new Set(["job"]))
    expect(named("file")).toHaveLength(30)
    expect(spans).toHaveLength(31)
  })
)

it.live("a job that nobody traces makes no span", () =>
  Effect.gen(function* () {
    const world = makeWorld()
    world.write("from/a", "text")
    const making = vi.spyOn(Tracer.nativeTracer, "span")
    onTestFinished(() => making.mockRestore())
    yield* world.run(Sync.kind, { source: world.at("from"), destination: world.at("to") })
    expect(making).not.toHaveBeenCalled()
  })
)
