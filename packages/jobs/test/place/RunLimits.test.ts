/** Runs at once on one account, of which one has limits of its own. It goes so slowly that it would take days. */
import { expect, it } from "@effect/vitest"
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { root } from "@ourclone/core/contract/RemotePath"
import { wrap } from "@ourclone/core/layers/ProviderCalls"
import { inTurn } from "@ourclone/core/layers/RunPace"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { type JobType, load } from "../../src/JobKinds.ts"
import * as Limits from "../../src/kind/Limits.ts"
import * as Tpslimit from "../../src/place/Tpslimit.ts"
import { kind as cat } from "../../src/storage/Cat.ts"
import { type JobWorld, makeWorld } from "../JobWorld.ts"
import { asked } from "../support/AskedFactory.ts"
import { home, makeRepository, secretsOf } from "../support/Samples.ts"

/** Each is read in two pieces. */
const size = 1_500_000
/** The first is the limited run's; the others are alike. */
const turns = [0, 1, 2]

/** Noise of which nothing is left out. */
const noise = (seed: number): string => {
  let state = seed
  return Array.from({ length: size }, () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return String.fromCharCode(33 + (state % 90))
  }).join("")
}

const run = (type: JobType, request: object, limits?: Limits.Limits) =>
  Effect.gen(function* () {
    const job = yield* load(type)
    const secrets = secretsOf(yield* job.needs(request))
    yield* job.run(request, { sink: () => Effect.void, secrets, limits })
  })

const catBytes = (world: JobWorld, request: object, limits?: Limits.Limits) =>
  Stream.runDrain(
    cat.run({ path: world.at("from/0"), ...request }, { tell: silent, secrets: new Map(), ...(limits && { limits }) })
  )
const silent = { fact: () => {}, gauge: () => {}, room: Effect.void, isBehind: () => false }

/** What each kind is asked for; the file that it is about is another each time. */
const asking = {
  backup: (world: JobWorld, turn: number, more: object, limits?: Limits.Limits) =>
    run("backup", { ...home(world), paths: [world.at(`from/${turn}`)], ...more }, limits),
  restore: (world: JobWorld, turn: number, more: object, limits?: Limits.Limits) =>
    run("restore", { ...home(world), snapshot: "latest", target: world.at(`back-${turn}`), ...more }, limits),
  checkRepository: (world: JobWorld, _turn: number, more: object, limits?: Limits.Limits) =>
    run("checkRepository", { ...home(world), readData: true, ...more }, limits),
  copySnapshots: (world: JobWorld, turn: number, more: object, limits?: Limits.Limits) =>
    run(
      "copySnapshots",
      { ...home(world), fromRepository: world.at("repository"), repository: world.at(`other-${turn}`), ...more },
      limits
    ),
  copy: (world: JobWorld, turn: number, more: object, limits?: Limits.Limits) =>
    run("copy", { source: world.at("from"), destination: world.at(`to-${turn}`), ...more }, limits),
  bisync: (world: JobWorld, turn: number, more: object, limits?: Limits.Limits) =>
    run("bisync", { first: world.at(`one-${turn}`), second: world.at(`two-${turn}`), ...more }, limits),
  cat: (world: JobWorld, _turn: number, more: object, limits?: Limits.Limits) => catBytes(world, more, limits)
}

const prepared = (factory: ProviderFactory = local): JobWorld => {
  const world = makeWorld([factory])
  for (const turn of turns) {
    world.write(`from/${turn}`, noise(turn + 1))
    world.write(`one-${turn}/file`, "file")
    world.write(`one-${turn}/another`, "another")
    world.write(`two-${turn}/other`, "other")
  }
  return world
}

const withRepositories = (world: JobWorld, type: keyof typeof asking) =>
  Effect.gen(function* () {
    if (["copy", "bisync", "cat"].includes(type)) return
    yield* makeRepository()(world)
    if (type === "copySnapshots") for (const turn of turns) yield* makeRepository(`other-${turn}`)(world)
    yield* run("backup", { ...home(world), paths: [world.at("from")] })
  })

it.live.each([
  ["backup", "1b"],
  ["restore", "1b"],
  ["checkRepository", "1b"],
  ["copySnapshots", "1b"],
  ["copy", "1b"],
  ["bisync", "1b"],
  ["cat", "1b"],
  ["cat", "off:1b"]
] as const)(
  "the bwlimit of a run of %s, %s, holds for it alone, and no longer than somebody wants",
  ([type, bwlimit]) =>
    Effect.gen(function* () {
      const world = prepared()
      const ask = asking[type]
      yield* Effect.gen(function* () {
        yield* withRepositories(world, type)
        const limits = Limits.make()
        const limited = yield* Effect.forkChild(ask(world, 0, { bwlimit }, limits))
        for (const turn of turns.slice(1)) yield* ask(world, turn, {})
        expect(limited.pollUnsafe()).toBeUndefined()
        yield* limits.change({ up: undefined, down: undefined })
        yield* Fiber.join(limited)
      }).pipe(Effect.provide(world.layer))
    })
)

it.live.each(["backup", "restore", "copySnapshots", "copy", "bisync"] as const)(
  "the tpslimit of a run of %s holds for it alone",
  (type) =>
    Effect.gen(function* () {
      const world = prepared(asked)
      const ask = asking[type]
      yield* Effect.gen(function* () {
        yield* withRepositories(world, type)
        const limited = yield* Effect.forkChild(ask(world, 0, { tpslimit: 0.001 }))
        for (const turn of turns.slice(1)) yield* ask(world, turn, {})
        expect(limited.pollUnsafe()).toBeUndefined()
        yield* Fiber.interrupt(limited)
      }).pipe(Effect.provide(world.layer))
    })
)

it.effect("a tpslimit of 0 is no limit: what is opened is as it was", () =>
  Effect.gen(function* () {
    const provider = MemoryProvider.make()
    expect(yield* Tpslimit.within(0)(Tpslimit.around(provider))).toBe(provider)
    expect(yield* Tpslimit.within(1)(Tpslimit.around(provider))).not.toBe(provider)
  })
)

it.live("a run asks each storage at its own pace, whichever places of it are opened", () =>
  Effect.gen(function* () {
    const started: Array<string> = []
    const at = (account: string, name: string) => {
      const provider = { ...MemoryProvider.make(), place: { account, ways: [] } }
      const note = <A, E>(work: Effect.Effect<A, E>) =>
        inTurn(
          Effect.andThen(
            Effect.sync(() => void started.push(name)),
            work
          ),
          () => ({ name })
        )
      return Tpslimit.around(wrap(provider, { effect: note, stream: (work) => work }))
    }
    const limited = Effect.gen(function* () {
      for (const provider of [yield* at("one", "a"), yield* at("one", "b"), yield* at("two", "c")]) {
        yield* Effect.forkChild(Effect.ignore(provider.stat(root)), { startImmediately: true })
      }
    })
    yield* Tpslimit.within(0.001)(Effect.andThen(limited, Effect.yieldNow))
    expect(started).toEqual(["a", "c"])
  })
)
