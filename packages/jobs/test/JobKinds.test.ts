import { describe, expect, it } from "@effect/vitest"
import { Envelope } from "@ourclone/core/events/Envelope"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as JobKinds from "../src/JobKinds.ts"
import { mounted, pointIn } from "./support/Mounts.ts"
import {
  bucket,
  home,
  makeBucket,
  makeRepository,
  newestOf,
  planted,
  preparedWorld,
  putInService,
  removeFromService,
  runJson,
  type Sample,
  withSnapshot
} from "./support/Samples.ts"

const transfer: Sample = { request: (world) => ({ source: world.at("from"), destination: "store:bucket/to" }) }

/** They last until somebody ends them: `LastingKinds.test.ts` has them. */
type Lasting = "mount" | "mountSnapshots" | "serveWebdav" | "serveHttp" | "serveRestic"

/** Total on purpose: a new kind does not compile until it has a sample. */
const samples: Readonly<Record<Exclude<JobKinds.JobType, Lasting>, Sample>> = {
  unmount: { request: (world) => ({ point: pointIn(world) }), prepare: (world) => mounted(world) },
  flushMount: { request: (world) => ({ point: pointIn(world) }), prepare: (world) => mounted(world) },
  copy: transfer,
  move: transfer,
  rcat: { request: () => ({ destination: "store:bucket/to" }), input: Stream.succeed(new Uint8Array(3)) },
  sync: transfer,
  bisync: { request: (world) => ({ first: world.at("from"), second: "store:bucket/both" }) },
  check: { request: (world) => ({ source: world.at("from"), destination: world.at("from"), checksum: true }) },
  remove: { request: () => ({ path: "store:bucket/a" }), prepare: () => putInService("a") },
  removeOldVersions: { request: () => ({ path: "store:bucket" }), prepare: () => putInService("a") },
  undelete: {
    request: () => ({ path: "store:bucket/a" }),
    prepare: () => Effect.andThen(putInService("a"), removeFromService("a"))
  },
  mkdir: { request: () => ({ path: "store:bucket/new" }) },
  createBucket: { request: () => bucket },
  removeBucket: { request: () => bucket, prepare: makeBucket },
  touch: { request: () => ({ path: "store:bucket/new", modifiedAt: 1000 }) },
  removeKey: { request: () => ({ remote: "store:", id: "a-key" }) },
  updateBucket: { request: () => ({ ...bucket, isPublic: true, retention: "governance:3d" }), prepare: makeBucket },
  setLifecycle: { request: () => ({ ...bucket, daysToDelete: 3 }), prepare: makeBucket },
  cleanup: { request: (world) => ({ path: world.at("from"), olderThanMillis: 0 }) },
  cancelUnfinished: { request: () => ({ path: "store:bucket" }) },
  testRemote: { request: () => ({ remote: "store:bucket" }) },
  backup: { request: (world) => ({ ...home(world), paths: [world.at("from")] }), prepare: makeRepository() },
  restore: {
    request: (world) => ({ ...home(world), snapshot: "latest", target: world.at("restored") }),
    prepare: withSnapshot
  },
  init: { request: (world) => ({ repository: world.at("fresh") }) },
  forget: { request: (world) => ({ ...home(world), keepLast: 1 }), prepare: withSnapshot },
  prune: { request: home, prepare: withSnapshot },
  checkRepository: { request: home, prepare: withSnapshot },
  repairIndex: { request: home, prepare: withSnapshot },
  migrate: { request: home, prepare: withSnapshot },
  cleanCache: { request: (world) => ({ cacheDirectory: world.at("caches"), maxBytes: 0 }) },
  recover: { request: home, prepare: withSnapshot },
  repairPacks: { request: (world) => ({ ...home(world), ids: [newestOf(world, "data")] }), prepare: withSnapshot },
  repairSnapshots: { request: home, prepare: withSnapshot },
  copySnapshots: {
    request: (world) => ({ ...home(world), repository: world.at("second"), fromRepository: world.at("repository") }),
    prepare: (world) => Effect.andThen(withSnapshot(world), makeRepository("second")(world))
  },
  drill: { request: (world) => ({ ...home(world), snapshot: "latest", sample: { files: 1 } }), prepare: withSnapshot },
  keyAdd: { request: home, prepare: makeRepository() },
  keyRemove: {
    request: (world) => ({ ...home(world), id: newestOf(world, "keys") }),
    prepare: (world) => Effect.andThen(makeRepository()(world), runJson(world, "keyAdd", home(world), []))
  },
  keyPassword: { request: home, prepare: makeRepository() },
  tag: { request: (world) => ({ ...home(world), add: ["kept"] }), prepare: withSnapshot },
  rewrite: { request: (world) => ({ ...home(world), exclude: ["a"] }), prepare: withSnapshot },
  unlock: { request: (world) => ({ repository: world.at("repository") }), prepare: makeRepository() }
}

describe("every kind of job", () => {
  for (const [type, sample] of Object.entries(samples) as Array<[JobKinds.JobType, Sample]>) {
    it.live(`takes its request as JSON, and tells events and a summary that go through JSON: ${type}`, () =>
      Effect.gen(function* () {
        const world = yield* preparedWorld(sample)
        const job = yield* JobKinds.load(type)
        const request = JSON.parse(JSON.stringify(sample.request(world)))
        const codec = Schema.toCodecJson(job.request as Schema.Codec<unknown, unknown>)
        expect(Schema.encodeSync(codec)(Schema.decodeUnknownSync(codec)(request))).toEqual(request)
        // What is piped in is kept with no task.
        const refused = yield* Effect.result(job.check(request))
        expect(refused._tag === "Failure" ? refused.failure.message : "").toEqual(
          sample.input === undefined ? "" : expect.stringContaining("piped in")
        )

        const events: Array<Envelope> = []
        yield* runJson(world, type, request, events, sample.input)
        const envelope = Schema.fromJsonString(Schema.toCodecJson(Envelope))
        for (const event of events) {
          expect(Schema.decodeUnknownSync(envelope)(JSON.stringify(event))).toEqual(event)
        }
        const finished = events.at(-1)?.event
        expect(finished).toMatchObject({ _tag: "Finished", outcome: "done" })
        const summary = finished?._tag === "Finished" ? finished.summary : undefined
        const summaries = Schema.toCodecJson(job.summary as Schema.Codec<unknown, unknown>)
        expect(Schema.encodeSync(summaries)(Schema.decodeUnknownSync(summaries)(summary))).toEqual(summary)

        const told = JSON.stringify([request, events])
        for (const secret of planted) expect(told).not.toContain(secret)
      })
    )
  }

  it("is listed under its own type", async () => {
    for (const [type, load] of Object.entries(JobKinds.jobKinds)) expect((await load()).type).toBe(type)
  })
})
