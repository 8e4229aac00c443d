import { describe, expect, it } from "@effect/vitest"
import { PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import { Clock, Deferred, Effect, Exit, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"
import * as Locks from "../../src/repository/Locks.ts"
import * as Repository from "../../src/repository/Repository.ts"
import { type LockOptions, withLock } from "../../src/repository/RepositoryLock.ts"
import { WhileLocked } from "../../src/repository/WhileLocked.ts"
import { idsOf, leave, makeProvider } from "../support/locks.ts"
import * as TestRepository from "../support/TestRepository.ts"

const common: LockOptions = { exclusive: false }
const exclusive: LockOptions = { exclusive: true }

/** Runs `effect` under a lock in the background, from when the lock is held. */
const hold = (repository: Repository.Repository, options: LockOptions, effect: Effect.Effect<unknown> = Effect.never) =>
  Effect.gen(function* () {
    const isHeld = yield* Deferred.make<void>()
    const inner = Effect.andThen(Deferred.succeed(isHeld, undefined), effect)
    const fiber = yield* Effect.forkChild(withLock(repository, options, inner))
    yield* settle
    yield* TestClock.adjust(200)
    yield* Deferred.await(isHeld)
    return fiber
  })

/** Lets whatever does not wait for the clock come to its end: in memory it takes turns of the event loop, and no time. */
const settle = Effect.promise(async () => {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
})

const pass = (minutes: number) =>
  Effect.forEach(Array.from({ length: minutes * 4 }), () => Effect.andThen(TestClock.adjust("15 seconds"), settle), {
    discard: true
  })

/** The error of an attempt that does not get the lock. */
const refusal = (repository: Repository.Repository, options: LockOptions) =>
  Effect.flip(withLock(repository, options, Effect.die("it must not run")))

const open = (provider: Parameters<typeof Repository.init>[0]) =>
  Repository.init(provider, TestRepository.password, {
    scrypt: TestRepository.scrypt,
    polynomial: TestRepository.polynomial
  })

describe("a repository lock", () => {
  it.effect("goes together with others while none is exclusive", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const first = yield* hold(repository, common)
      const second = yield* hold(repository, common)
      expect(yield* idsOf(repository)).toHaveLength(2)
      yield* Fiber.interrupt(first)
      yield* Fiber.interrupt(second)
      expect(yield* idsOf(repository)).toEqual([])
    })
  )

  it.effect("is refused when it or another is exclusive, and the message says who holds that and since when", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      yield* TestClock.setTime(Date.UTC(2026, 0, 1))
      yield* leave(repository, { exclusive: true }, 125 * 60_000)
      const error = yield* refusal(repository, common)
      expect(error).toMatchObject({ reason: { _tag: "Locked", remedy: { code: "unlock" } } })
      expect(error.message).toContain("somebody on elsewhere (pid 4711, exclusive, last seen 2 h 5 min ago)")
      yield* Locks.unlock(repository, { all: true })
      yield* leave(repository)
      expect(yield* refusal(repository, exclusive)).toMatchObject({ reason: { _tag: "Locked" } })
      expect(yield* idsOf(repository)).toHaveLength(1)
    })
  )

  it.effect("leaves signals to its host, who hears that it is held and that it was given back", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const told: Array<string> = []
      const say = (what: string) => Effect.sync(() => void told.push(what))
      const host = Effect.asVoid(Effect.acquireRelease(say("held"), () => say("given back")))
      const before = process.listeners("SIGHUP")
      const fiber = yield* Effect.provideService(hold(repository, common), WhileLocked, host)
      expect([told, process.listeners("SIGHUP")]).toEqual([["held"], before])
      yield* Fiber.interrupt(fiber)
      expect(told).toEqual(["held", "given back"])
    })
  )

  it.effect("that can not be taken away in the end is told", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const reason = new PermissionDenied({ message: "the key may not delete" })
      const refuse = new StorageError({ provider: "here", operation: "remove", reason })
      const told: Array<string> = []
      const options = { ...common, onLeft: (message: string) => void told.push(message) }
      const fiber = yield* hold({ ...repository, remove: () => Effect.fail(refuse) }, options)
      const [id] = yield* idsOf(repository)
      yield* Fiber.interrupt(fiber)
      expect(told).toEqual([expect.stringMatching(new RegExp(`"locks/${id}" stays: .*the key may not delete`))])
    })
  )

  it.effect("is given up when another came at the same time", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const fiber = yield* Effect.forkChild(refusal(repository, exclusive))
      yield* settle
      expect(yield* idsOf(repository)).toHaveLength(1)
      const other = yield* leave(repository)
      yield* TestClock.adjust(200)
      expect((yield* Fiber.join(fiber)).reason._tag).toBe("Locked")
      expect(yield* idsOf(repository)).toEqual([other])
    })
  )

  for (const [end, effect] of [
    ["succeeded", Effect.void],
    ["failed", Effect.fail("broken")],
    ["died", Effect.die("broken")]
  ] as const) {
    it.effect(`is gone after what it was for has ${end}`, () =>
      Effect.gen(function* () {
        const { repository } = yield* TestRepository.inMemory()
        const fiber = yield* Effect.forkChild(Effect.exit(withLock(repository, exclusive, effect)))
        yield* settle
        yield* TestClock.adjust(200)
        expect(Exit.isSuccess(yield* Fiber.join(fiber))).toBe(end === "succeeded")
        expect(yield* idsOf(repository)).toEqual([])
      })
    )
  }

  it.effect("leaves nothing when it is interrupted before it is held", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const fiber = yield* Effect.forkChild(withLock(repository, exclusive, Effect.never))
      yield* settle
      expect(yield* idsOf(repository)).toHaveLength(1)
      yield* Fiber.interrupt(fiber)
      expect(yield* idsOf(repository)).toEqual([])
    })
  )

  it.effect("is written anew every five minutes, and there is only one of it", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const fiber = yield* hold(repository, exclusive)
      const [first] = yield* idsOf(repository)
      yield* pass(4)
      expect(yield* idsOf(repository)).toEqual([first])
      yield* pass(56)
      const [found, ...others] = yield* Locks.list(repository)
      expect(others).toEqual([])
      expect(found?.id).not.toBe(first)
      expect((yield* Clock.currentTimeMillis) - Date.parse(found!.lock!.time)).toBeLessThan(6 * 60_000)
      yield* Fiber.interrupt(fiber)
      expect(yield* idsOf(repository)).toEqual([])
    })
  )

  it.effect("stops what it was for once somebody has taken it away", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      let isStopped = false
      const inner = Effect.onInterrupt(Effect.never, () =>
        Effect.sync(() => {
          isStopped = true
        })
      )
      const fiber = yield* hold(repository, common, inner)
      yield* Locks.unlock(repository, { all: true })
      yield* pass(6)
      const error = yield* Effect.flip(Fiber.join(fiber))
      expect(error).toMatchObject({ reason: { _tag: "LockLost" } })
      expect(error).toHaveProperty("message", expect.stringContaining("somebody has taken it away"))
      expect(isStopped).toBe(true)
    })
  )

  it.effect("stops what it was for after 22.5 minutes without a refresh, and not before", () =>
    Effect.gen(function* () {
      const { behaviour, provider } = makeProvider()
      const repository = yield* open(provider)
      const fiber = yield* hold(repository, common)
      const reason = new PermissionDenied({ message: "the key may not write any more" })
      behaviour.put = () => Effect.fail(new StorageError({ provider: "memory", operation: "put", reason }))
      yield* pass(22)
      expect(fiber.pollUnsafe()).toBeUndefined()
      yield* pass(1)
      const error = yield* Effect.flip(Fiber.join(fiber))
      expect(error).toMatchObject({ reason: { _tag: "LockLost" } })
      expect(error).toHaveProperty("message", expect.stringContaining("may not write any more"))
      expect(yield* idsOf(repository)).toEqual([])
    })
  )

  it.effect("outlives an outage that is shorter", () =>
    Effect.gen(function* () {
      const { behaviour, memory, provider } = makeProvider()
      const repository = yield* open(provider)
      const fiber = yield* hold(repository, common)
      behaviour.put = () => Effect.never
      yield* pass(20)
      behaviour.put = memory.put
      yield* pass(40)
      expect(fiber.pollUnsafe()).toBeUndefined()
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("leaves no second file where the answer to a refresh never came", () =>
    Effect.gen(function* () {
      const { behaviour, memory, provider } = makeProvider()
      const repository = yield* open(provider)
      const fiber = yield* hold(repository, common)
      behaviour.put = (...given) => Effect.andThen(memory.put(...given), Effect.never)
      yield* pass(6)
      expect(yield* idsOf(repository)).toHaveLength(2)
      yield* Fiber.interrupt(fiber)
      expect(yield* idsOf(repository)).toEqual([])
    })
  )

  it.effect("is refreshed on time when the clock is set back", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      yield* TestClock.setTime(Date.UTC(2026, 0, 1))
      const clock = yield* Clock.Clock
      let setBack = 0
      const now = () => clock.currentTimeMillisUnsafe() - setBack
      const shifted = { ...clock, currentTimeMillisUnsafe: now, currentTimeMillis: Effect.sync(now) }
      const fiber = yield* Effect.provideService(hold(repository, common), Clock.Clock, shifted)
      const before = yield* idsOf(repository)
      setBack = 3_600_000
      yield* pass(6)
      const after = yield* idsOf(repository)
      expect(after).toHaveLength(1)
      expect(after).not.toEqual(before)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("ends what it guards when refreshing it breaks in a way that nobody thought of", () =>
    Effect.gen(function* () {
      const { behaviour, provider } = makeProvider()
      const repository = yield* open(provider)
      const fiber = yield* hold(repository, common)
      behaviour.put = () => Effect.die(new Error("a bug"))
      yield* pass(6)
      const exit = yield* Fiber.await(fiber).pipe(Effect.timeoutOption("1 minute"), TestClock.withLive)
      expect(Option.isSome(exit) && Exit.isFailure(exit.value)).toBe(true)
    })
  )

  it.effect("is waited for as long as asked, saying what for", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const other = yield* leave(repository, { exclusive: true })
      const messages: Array<string> = []
      const options: LockOptions = { exclusive: false, retryFor: "2 minutes", onWaiting: (text) => messages.push(text) }
      const patient = yield* Effect.forkChild(withLock(repository, options, Effect.succeed("done")))
      yield* pass(1)
      expect(messages.length).toBeGreaterThan(1)
      expect(messages[0]).toContain("somebody on elsewhere")
      yield* repository.remove("locks", other)
      yield* pass(2)
      expect(yield* Fiber.join(patient)).toBe("done")
    })
  )

  it.effect("is refused once the time to wait is over", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      yield* leave(repository, { exclusive: true })
      const impatient = yield* Effect.forkChild(refusal(repository, { exclusive: false, retryFor: "1 minute" }))
      yield* pass(2)
      expect((yield* Fiber.join(impatient)).reason._tag).toBe("Locked")
    })
  )
})
