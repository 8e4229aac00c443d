import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Repository from "@ourclone/backup/repository/Repository"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { Envelope } from "@ourclone/core/events/Envelope"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { JobError } from "../src/JobError.ts"
import * as JobKinds from "../src/JobKinds.ts"
import type { Surroundings } from "../src/Surroundings.ts"
import { type JobWorld, makeWorld } from "./JobWorld.ts"
import { secret as remoteSecret, serviceFactory } from "./ServiceFactory.ts"

const passwordText = "planted-password-of-the-repository"
const password = Redacted.make(passwordText)
const newPasswordText = "planted-password-from-now-on"
const newPassword = Redacted.make(newPasswordText)

interface Sample {
  readonly request: (world: JobWorld) => object
  /** What must be there before. */
  readonly prepare?: (world: JobWorld) => Effect.Effect<unknown, JobError, Surroundings>
}

const open = (text: string) => Effect.flatMap(Remotes, (remotes) => remotes.open(text))

const putInService = (path: string) =>
  Effect.scoped(
    Effect.flatMap(open("store:bucket"), (provider) =>
      provider.put(makeUnsafe(path), fromBytes(new Uint8Array(3)), { modifiedAt: 1000 })
    )
  )

const removeFromService = (path: string) =>
  Effect.scoped(Effect.flatMap(open("store:bucket"), (provider) => provider.remove(makeUnsafe(path))))

const makeRepository =
  (name = "repository") =>
  (world: JobWorld) =>
    Effect.scoped(
      Effect.flatMap(open(world.at(name)), (provider) =>
        Repository.init(provider, password, { scrypt: { N: 2, r: 8, p: 1 } })
      )
    )

const home = (world: JobWorld) => ({ repository: world.at("repository"), cache: false })

const withSnapshot = (world: JobWorld): Effect.Effect<unknown, JobError, Surroundings> =>
  Effect.andThen(makeRepository()(world), runJson(world, "backup", { ...home(world), paths: [world.at("from")] }, []))

/** The id of the file of the repository that was stored last. */
const newestOf = (world: JobWorld, folder: string): string => {
  const files = world.list(`repository/${folder}`).map((name) => world.at(`repository/${folder}/${name}`))
  const byTime = files.sort((left, right) => fs.statSync(right).mtimeMs - fs.statSync(left).mtimeMs)
  return path.basename(byTime[0] ?? "")
}

const bucket = { bucket: "store:bucket" }
const makeBucket = () =>
  Effect.scoped(Effect.flatMap(open("store:"), ({ buckets }) => buckets?.create("bucket") ?? Effect.void))

const transfer: Sample = { request: (world) => ({ source: world.at("from"), destination: "store:bucket/to" }) }

/** Total on purpose: a new kind does not compile until it has a sample. */
const samples: Readonly<Record<JobKinds.JobType, Sample>> = {
  copy: transfer,
  move: transfer,
  sync: transfer,
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
  removePaths: { request: (world) => ({ ...home(world), exclude: ["a"] }), prepare: withSnapshot },
  unlock: { request: (world) => ({ repository: world.at("repository") }), prepare: makeRepository() }
}

const runJson = (
  world: JobWorld,
  type: JobKinds.JobType,
  request: object,
  events: Array<Envelope>
): Effect.Effect<void, JobError> =>
  Effect.gen(function* () {
    const job = yield* JobKinds.load(type)
    const needed = yield* job.needs(request)
    yield* job.run(request, {
      sink: (batch) => Effect.sync(() => void events.push(...batch)),
      secrets: new Map(needed.map((name) => [name, name.startsWith("new") ? newPassword : password]))
    })
  }).pipe(
    Effect.catchTag("SinkFailed", (error) => Effect.die(error)),
    Effect.provide(world.layer)
  )

describe("every kind of job", () => {
  for (const [type, sample] of Object.entries(samples) as Array<[JobKinds.JobType, Sample]>) {
    it.live(`takes its request as JSON, and tells events and a summary that go through JSON: ${type}`, () =>
      Effect.gen(function* () {
        const world = makeWorld([local, serviceFactory()])
        fs.writeFileSync(world.at("config.toml"), `[remotes.store]\ntype = "service"\nkey = "${remoteSecret}"\n`)
        fs.chmodSync(world.at("config.toml"), 0o600)
        world.write("from/a", "a")
        if (sample.prepare !== undefined) yield* Effect.provide(sample.prepare(world), world.layer)

        const job = yield* JobKinds.load(type)
        const request = JSON.parse(JSON.stringify(sample.request(world)))
        const codec = Schema.toCodecJson(job.request as Schema.Codec<unknown, unknown>)
        expect(Schema.encodeSync(codec)(Schema.decodeUnknownSync(codec)(request))).toEqual(request)

        const events: Array<Envelope> = []
        yield* runJson(world, type, request, events)
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
        for (const planted of [passwordText, newPasswordText, remoteSecret]) expect(told).not.toContain(planted)
      })
    )
  }

  it("is listed under its own type", async () => {
    for (const [type, load] of Object.entries(JobKinds.jobKinds)) expect((await load()).type).toBe(type)
  })
})
