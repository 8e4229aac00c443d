import * as fs from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Envelope } from "@ourclone/core/events/Envelope"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as JobKinds from "../src/JobKinds.ts"
import { planted, preparedWorld, type Sample, secretsOf, withSnapshot } from "./support/Samples.ts"

const canMount = fs.existsSync("/dev/fuse") && process.getuid?.() === 0

/** Its steps, of which the first says that it is there. */
interface Lasting extends Sample {
  readonly begins: "mounted" | "serving"
  readonly needsDevice?: boolean
}

const at = (point: string) => (world: Parameters<Sample["request"]>[0]) => {
  fs.mkdirSync(world.at(point))
  return { point: world.at(point) }
}
const served: Lasting = { begins: "serving", request: (world) => ({ path: world.at("from"), user: "reader" }) }

const samples = {
  mount: {
    begins: "mounted",
    needsDevice: true,
    request: (world) => ({ ...at("point")(world), path: world.at("from"), uploadDelayMillis: 0 })
  },
  mountSnapshots: {
    begins: "mounted",
    needsDevice: true,
    prepare: withSnapshot,
    request: (world) => ({ ...at("point")(world), repository: world.at("repository"), cache: false })
  },
  serveWebdav: { ...served, begins: "mounted" },
  serveHttp: served,
  serveRestic: { ...served, request: (world) => ({ path: world.at("from"), appendOnly: true }) }
} as const satisfies Partial<Record<JobKinds.JobType, Lasting>>

describe("every kind of job that lasts until it is ended", () => {
  for (const [type, sample] of Object.entries(samples) as Array<[keyof typeof samples, Lasting]>) {
    const isPossible = sample.needsDevice !== true || canMount
    it.live.skipIf(!isPossible)(
      `takes its request as JSON, and tells events that go through JSON and hold no secret: ${type}${isPossible ? "" : " (mounting wants root and /dev/fuse)"}`,
      () =>
        Effect.gen(function* () {
          const world = yield* preparedWorld(sample)
          const job = yield* JobKinds.load(type)
          const request = JSON.parse(JSON.stringify(sample.request(world)))
          const codec = Schema.toCodecJson(job.request as Schema.Codec<unknown, unknown>)
          expect(Schema.encodeSync(codec)(Schema.decodeUnknownSync(codec)(request))).toEqual(request)

          const events: Array<Envelope> = []
          const begun = yield* Deferred.make<void>()
          const sink: Sink = (batch) => {
            events.push(...batch)
            const isThere = batch.some(({ event }) => event._tag === "Step" && event.name === sample.begins)
            return isThere ? Effect.asVoid(Deferred.succeed(begun, undefined)) : Effect.void
          }
          const secrets = secretsOf(yield* job.needs(request))
          const run = job.run(request, { sink, secrets, cancelledBy: () => "a test" })
          const running = yield* Effect.forkChild(Effect.provide(run, world.layer))
          yield* Effect.raceFirst(Deferred.await(begun), Effect.andThen(Fiber.join(running), Effect.never))
          yield* Fiber.interrupt(running)

          const envelope = Schema.fromJsonString(Schema.toCodecJson(Envelope))
          for (const event of events) {
            expect(Schema.decodeUnknownSync(envelope)(JSON.stringify(event))).toEqual(event)
          }
          expect(events.at(-1)?.event).toMatchObject({ _tag: "Finished", outcome: "cancelled", by: "a test" })
          expect(secrets.size).toBeGreaterThan(type === "mount" ? -1 : 0)
          const told = JSON.stringify([request, events])
          for (const secret of planted) expect(told).not.toContain(secret)
        })
    )
  }
})
