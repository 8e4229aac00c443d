import { describe, expect, it } from "@effect/vitest"
import { PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import { Effect } from "effect"
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
    const left: Array<Locks.LeftLock> = []
    expect(yield* Locks.unlock(repository, { all: false, onLeft: (lock) => left.push(lock) })).toBe(0)
    expect(left).toEqual([
      {
        id: (yield* idsOf(repository))[0],
        message: expect.stringMatching(new RegExp(`^it is held by .*pid ${process.pid}`)),
        remedy: { code: "unlockAll" }
      }
    ])
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

  for (const [what, spoil] of [
    ["damaged", (bytes: Uint8Array) => bytes.fill(0)],
    ["cut off", (bytes: Uint8Array) => bytes.subarray(0, 7)]
  ] as const) {
    it.effect(`that are ${what} block, and the way out that the message names is one`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.UTC(2026, 0, 1))
        const { provider, repository } = yield* TestRepository.inMemory()
        const id = yield* leave(repository)
        const stored = provider.memory.files.get(pathOf("locks", id))!
        provider.memory.files.set(pathOf("locks", id), { ...stored, bytes: spoil(stored.bytes) })
        const blocked = new RegExp(`"locks/${id}" can not be read \\(.+\\).*`)
        const unlock = (all: boolean) => TestRepository.skippingTime(Locks.unlock(repository, { all }))
        expect(yield* TestRepository.skippingTime(conflictOf(repository, false))).toMatch(
          new RegExp(`${blocked.source}; unlockAll$`)
        )
        expect(yield* unlock(false)).toBe(0)
        yield* TestClock.adjust(hour)
        expect(yield* TestRepository.skippingTime(conflictOf(repository, false))).toMatch(
          new RegExp(`${blocked.source}; unlockUnreadable$`)
        )
        expect(yield* unlock(false)).toBe(1)
        expect(yield* conflictOf(repository)).toBeUndefined()

        provider.memory.files.set(pathOf("locks", id), { ...stored, bytes: spoil(stored.bytes) })
        expect(yield* unlock(true)).toBe(1)
        expect(yield* conflictOf(repository)).toBeUndefined()
      })
    )
  }

  it.effect("that may not be read block like that, too", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* leave(repository)
      const reason = new PermissionDenied({ message: "permission denied" })
      const refuse = new StorageError({ provider: "here", operation: "read", reason })
      const refusing = { ...provider, readAll: () => Effect.fail(refuse) }
      const closed = { ...repository, load: () => Effect.fail(refuse), provider: refusing }
      expect(yield* TestRepository.skippingTime(conflictOf(closed, false))).toMatch(
        new RegExp(`"locks/${id}" can not be read \\(.*permission denied\\).*unlockAll$`)
      )
      expect(yield* Locks.unlock(closed, { all: true })).toBe(1)
    })
  )

  it.effect("without a byte in them, which a cut upload may leave, do not count, and unlock takes old ones away", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 0, 1))
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* leave(repository, { exclusive: true })
      const stored = provider.memory.files.get(pathOf("locks", id))!
      provider.memory.files.set(pathOf("locks", id), { bytes: Buffer.alloc(0), file: { ...stored.file, size: 0 } })
      expect(yield* conflictOf(repository)).toBeUndefined()
      expect(yield* Locks.unlock(repository, { all: false })).toBe(0)
      yield* TestClock.adjust(hour)
      expect(yield* Locks.unlock(repository, { all: false })).toBe(1)
      expect(yield* idsOf(repository)).toEqual([])
    })
  )
})
