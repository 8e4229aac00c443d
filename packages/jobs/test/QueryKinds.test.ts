import { hash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as BytesKinds from "../src/BytesKinds.ts"
import type { Beside, SecretName } from "../src/kind/JobKind.ts"
import * as QueryKinds from "../src/QueryKinds.ts"
import { mounted } from "./support/Mounts.ts"
import {
  home,
  makeBucket,
  planted,
  preparedWorld,
  putInService,
  type Sample,
  secretsOf,
  withSnapshot
} from "./support/Samples.ts"

const ofStore: Sample = { request: () => ({ path: "store:bucket" }), prepare: () => putInService("a") }
const ofRepository: Sample = { request: home, prepare: withSnapshot }
const latest = (fields: object): Sample => ({
  request: (world) => ({ ...home(world), snapshot: "latest", ...fields }),
  prepare: withSnapshot
})

/** Total on purpose: a new kind does not compile until it has a sample. */
const queries: Readonly<Record<QueryKinds.QueryType, Sample>> = {
  list: ofStore,
  size: ofStore,
  stat: { ...ofStore, request: () => ({ path: "store:bucket/a" }) },
  versions: ofStore,
  unfinished: ofStore,
  buckets: { request: () => ({ remote: "store:" }), prepare: makeBucket },
  mounts: { request: () => ({}), prepare: (world) => mounted(world) },
  link: { ...ofStore, request: () => ({ path: "store:bucket/a", expireMillis: 5000 }) },
  hashsum: { ...ofStore, request: () => ({ path: "store:bucket", algorithm: "sha256" }) },
  room: ofStore,
  du: ofStore,
  accountKeys: { request: () => ({ remote: "store:" }) },
  createKey: { request: () => ({ path: "store:bucket/folder", purpose: "sync" }), prepare: makeBucket },
  doctor: { request: () => ({ path: "store:bucket", purpose: "read", writes: true }), prepare: makeBucket },
  repositories: { request: () => ({}) },
  snapshots: ofRepository,
  snapshotLs: latest({}),
  find: { ...ofRepository, request: (world) => ({ ...home(world), patterns: ["a"] }) },
  diff: { ...ofRepository, request: (world) => ({ ...home(world), from: "latest", to: "latest" }) },
  stats: ofRepository,
  info: { ...ofRepository, request: (world) => ({ ...home(world) }) },
  objects: { ...ofRepository, request: (world) => ({ ...home(world), objects: "blobs" }) },
  caches: { request: (world) => ({ cacheDirectory: world.at("caches") }) },
  keyList: { ...ofRepository, request: (world) => ({ ...home(world) }) }
}

const mayBeEmpty: ReadonlySet<string> = new Set(["unfinished", "repositories", "caches"])

const bytes: Readonly<Record<BytesKinds.BytesType, Sample>> = {
  cat: { request: (world) => ({ path: world.at("from/a") }) },
  dump: { ...latest({}), request: (world) => ({ ...home(world), snapshot: "latest", file: world.at("from/a") }) },
  object: { ...ofRepository, request: (world) => ({ ...home(world), object: "blob", id: hash("sha256", "a") }) }
}

const beside = (names: ReadonlyArray<SecretName>, told: Array<unknown>): Beside => ({
  tell: { fact: (fact) => void told.push(fact), gauge: () => {}, room: Effect.void, isBehind: () => false },
  secrets: secretsOf(names)
})

/** The request as it comes back from JSON; it must be what went in. */
const throughJson = (schema: Schema.Top, request: object): unknown => {
  const json: unknown = JSON.parse(JSON.stringify(request))
  const codec = Schema.toCodecJson(schema as Schema.Codec<unknown, unknown>)
  expect(Schema.encodeSync(codec)(Schema.decodeUnknownSync(codec)(json))).toEqual(json)
  return json
}

describe("every kind of query", () => {
  for (const [type, sample] of Object.entries(queries)) {
    it.live(`takes its request as JSON, and gives rows that go through JSON: ${type}`, () =>
      Effect.gen(function* () {
        const world = yield* preparedWorld(sample)
        const query = yield* QueryKinds.load(type)
        const request = throughJson(query.request, sample.request(world))
        const told: Array<unknown> = []
        const needed = yield* query.needs(request)
        const rows = yield* Effect.provide(Stream.runCollect(query.rows(request, beside(needed, told))), world.layer)
        const codec = Schema.toCodecJson(query.row as Schema.Codec<unknown, unknown>)
        for (const row of rows) {
          const json: unknown = JSON.parse(JSON.stringify(row))
          expect(Schema.encodeSync(codec)(Schema.decodeUnknownSync(codec)(json))).toEqual(json)
        }
        if (!mayBeEmpty.has(type)) expect(rows.length).toBeGreaterThan(0)
        const all = JSON.stringify([request, rows, told])
        for (const secret of planted) expect(all).not.toContain(secret)
      })
    )
  }

  it("is listed under its own type", async () => {
    for (const [type, load] of Object.entries(QueryKinds.queryKinds)) expect((await load()).type).toBe(type)
  })

  it.live("refuses a request of another kind, and one that makes no sense", () =>
    Effect.gen(function* () {
      const world = yield* preparedWorld(ofRepository)
      const failure = (request: object) =>
        Effect.flatMap(QueryKinds.load("find"), (query) =>
          Effect.flip(Stream.runDrain(query.rows(request, beside([], []))))
        ).pipe(Effect.provide(world.layer))
      expect(yield* failure({ path: "x" })).toMatchObject({
        _tag: "InvalidJob",
        message: expect.stringContaining("find")
      })
      expect(yield* failure({ ...home(world), patterns: ["a"], packs: ["b"] })).toMatchObject({ _tag: "InvalidJob" })
      expect(yield* Effect.flip(QueryKinds.load("fly"))).toMatchObject({ _tag: "InvalidJob" })
    })
  )
})

describe("every kind of bytes", () => {
  for (const [type, sample] of Object.entries(bytes)) {
    it.live(`takes its request as JSON, and gives bytes: ${type}`, () =>
      Effect.gen(function* () {
        const world = yield* preparedWorld(sample)
        const kind = yield* BytesKinds.load(type)
        const request = throughJson(kind.request, sample.request(world))
        const pieces = kind.bytes(request, beside(yield* kind.needs(request), []))
        const found = yield* Effect.provide(Stream.runCollect(pieces), world.layer)
        expect(Buffer.concat([...found]).toString()).toBe("a")
      })
    )
  }

  it("is listed under its own type", async () => {
    for (const [type, load] of Object.entries(BytesKinds.bytesKinds)) expect((await load()).type).toBe(type)
  })
})
