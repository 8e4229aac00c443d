/** Whose run the requests are that strangers, browsers and restic are the reason for. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { expect, it } from "@effect/vitest"
import * as Spans from "@ourclone/core/testing/Spans"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import * as ServeHttp from "../../src/serve/ServeHttpJob.ts"
import * as ServeRestic from "../../src/serve/ServeResticJob.ts"
import { makeWorld } from "../JobWorld.ts"
import { asked } from "../support/AskedFactory.ts"
import { ask, served } from "./served.ts"

const content = Buffer.from("what restic has sent")
const id = createHash("sha256").update(content).digest("hex")

it.live("what a place that is served asks its storage is a span of the run that serves", () =>
  Effect.gen(function* () {
    const world = makeWorld([asked])
    world.write("from/a.txt", "0123456789")
    fs.mkdirSync(world.at("repository"))
    const { named, tracer } = Spans.make()
    const traced = Effect.provideService(Tracer.Tracer, tracer)
    const pages = yield* traced(served(world, ServeHttp.kind, { path: world.at("from") }))
    const restic = yield* traced(served(world, ServeRestic.kind, { path: world.at("repository") }))
    const during = Effect.fnUntraced(function* (url: string, path: string, method = "GET", body?: Buffer) {
      const before = named("request").length
      yield* Effect.promise(() => ask(url, path, { method, ...(body && { body }) }))
      const spans = named("request").slice(before)
      expect(new Set(spans.map(({ within }) => within))).toEqual(new Set(["job"]))
      return spans.map(({ attributes }) => attributes.get("method"))
    })
    expect(yield* during(pages, "/")).toContain("list")
    expect(yield* during(pages, "/a.txt")).toEqual(["stat", "read"])
    expect(yield* during(restic, "/?create=true", "POST")).toContain("makeDirectory")
    expect(yield* during(restic, `/data/${id}`, "POST", content)).toContain("put")
    expect(yield* during(restic, "/data/")).toEqual(["list"])
    expect(yield* during(restic, `/data/${id}`)).toContain("read")
    expect(yield* during(restic, `/data/${id}`, "DELETE")).toContain("remove")
  })
)
