import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as LockFile from "../../src/format/LockFile.ts"
import { pathOf } from "../../src/format/RepositoryFile.ts"
import * as Locks from "../../src/repository/Locks.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import { deadHere, idsOf, leave } from "../support/locks.ts"
import * as TestRepository from "../support/TestRepository.ts"

const hour = 3_600_000

const conflictOf = (repository: Repository, exclusive = true) =>
  Locks.refuseConflicts(repository, exclusive, () => false).pipe(
    Effect.as(undefined),
    Effect.catchReason("RepositoryError", "Locked", (reason) =>
      Effect.succeed(`${reason.message}; ${reason.remedy?.code}`)
    )
  )

const test = (
  name: string,
  steps: (repository: Repository) => Generator<Effect.Effect<unknown, unknown>, void, never>
) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 0, 1))
      const { repository } = yield* TestRepository.inMemory()
      yield* Effect.gen(() => steps(repository)) as Effect.Effect<void, unknown>
    })
  )

describe("locks", () => {
  test("of a killed run on this machine are taken away without being asked", function* (repository) {
    yield* leave(repository, deadHere())
    expect(yield* conflictOf(repository)).toBeUndefined()
    expect(yield* idsOf(repository)).toEqual([])
  })

  test("of a killed run whose process id belongs to another now are taken away too", function* (repository) {
    const own = LockFile.make(true, 0)
    yield* leave(repository, { ...own, birth: `${own.birth}0` })
    expect(yield* conflictOf(repository)).toBeUndefined()
  })

  test("of a run of this machine stay, however long it has been silent", function* (repository) {
    yield* leave(repository, { ...LockFile.make(true, 0), time: "2025-12-24T00:00:00Z" })
    expect(yield* conflictOf(repository)).toContain("in use by")
    expect(yield* Locks.unlock(repository, { all: false })).toBe(0)
  })

  test("of a container with our name, whose process ids mean nothing here, stay for half an hour", function* (repository) {
    const elsewhere = { ...deadHere(), namespace: "pid:[1]" }
    yield* leave(repository, { ...elsewhere, time: new Date(Date.UTC(2026, 0, 1) - hour / 4).toISOString() })
    expect(yield* conflictOf(repository)).toContain("in use by")
    yield* TestClock.adjust(hour / 2)
    expect(yield* conflictOf(repository)).toBeUndefined()
  })

  test("that restic has left on this machine block until they are unlocked, as with restic", function* (repository) {
    const { birth: _, namespace: __, ...lock } = deadHere() as LockFile.LockFile
    yield* leave(repository, { ...lock, time: "2025-12-31T20:00:00Z" })
    expect(yield* conflictOf(repository)).toMatch(/no longer runs; unlock$/)
    expect(yield* Locks.unlock(repository, { all: false })).toBe(1)
    expect(yield* conflictOf(repository)).toBeUndefined()
  })

  test("of another machine block however old they are; unlock takes those older than half an hour", function* (repository) {
    const fresh = yield* leave(repository, {}, hour / 4)
    yield* leave(repository, {}, 2 * hour)
    const ahead = yield* leave(repository, {}, -2 * hour)
    expect(yield* conflictOf(repository)).toContain("elsewhere")
    expect(yield* Locks.unlock(repository, { all: false })).toBe(1)
    expect([...(yield* idsOf(repository))].sort()).toEqual([fresh, ahead].sort())
    expect(yield* Locks.unlock(repository, { all: true })).toBe(2)
  })

  test("that are not exclusive allow others of the kind", function* (repository) {
    yield* leave(repository)
    expect(yield* conflictOf(repository, false)).toBeUndefined()
  })

  it.effect("that can not be read block, and the message says how to go on", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* leave(repository)
      provider.memory.files.get(pathOf("locks", id))!.bytes.fill(0)
      const fiber = yield* Effect.forkChild(conflictOf(repository, false))
      for (let count = 0; count < 10; count++) {
        yield* TestClock.adjust("1 second")
        yield* TestClock.withLive(Effect.sleep(1))
      }
      expect(yield* Fiber.join(fiber)).toMatch(new RegExp(`"locks/${id}" can not be read.*; unlockAll$`))
      expect(yield* Locks.unlock(repository, { all: true })).toBe(1)
    })
  )

  it.effect("without a byte in them, which a cut upload may leave, do not count", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* leave(repository, { exclusive: true })
      const stored = provider.memory.files.get(pathOf("locks", id))!
      provider.memory.files.set(pathOf("locks", id), { bytes: Buffer.alloc(0), file: { ...stored.file, size: 0 } })
      expect(yield* conflictOf(repository)).toBeUndefined()
    })
  )
})
