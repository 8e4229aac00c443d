import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Snapshot from "../../src/format/Snapshot.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as SnapshotFilter from "../../src/repository/SnapshotFilter.ts"
import * as SnapshotGroups from "../../src/repository/SnapshotGroups.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import { at } from "../support/snapshots.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { defaultGrouping } = SnapshotGroups

const store = (repository: Repository, snapshots: ReadonlyArray<Snapshot.Snapshot>) =>
  Effect.forEach(snapshots, (snapshot) => repository.save("snapshots", Snapshot.encode(snapshot)))

const first = at("2024-01-01T10:00:00+09:00")
const second = at("2024-01-01T02:00:00Z", { tags: ["a", "b"], hostname: "other" })
const third = at("2024-01-01T01:30:00-05:00", { tags: ["a"], paths: ["/home", "/etc"] })

describe("Snapshots", () => {
  it.effect("come oldest first, whatever offset they are written with", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      yield* store(repository, [third, first, second])
      const { snapshots } = yield* Snapshots.loadAll(repository)
      expect(snapshots.map(({ time }) => time)).toEqual([first.time, second.time, third.time])
    })
  )

  it.effect("that cannot be read are named, and hide none of the others", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const [damaged] = yield* store(repository, [first, second])
      const noSnapshot = yield* repository.save("snapshots", Buffer.from("{}"))
      const stored = provider.memory.files.get(`snapshots/${damaged}`)
      expect(stored).toBeDefined()
      stored!.bytes[40]! ^= 1
      const { snapshots, unreadable } = yield* Snapshots.loadAll(repository)
      expect(snapshots.map(({ time }) => time)).toEqual([second.time])
      expect(unreadable.map(({ id }) => id).sort()).toEqual([damaged, noSnapshot].sort())
      for (const { message } of unreadable) expect(message).toMatch(/damaged|not readable/)
    })
  )

  it.effect("are found as latest, as the ones before it and by the beginning of an id", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const [, id = ""] = yield* store(repository, [first, second, third])
      const find = (text: string, filter?: SnapshotFilter.SnapshotFilter) => Snapshots.find(repository, text, filter)
      expect((yield* find("latest")).time).toBe(third.time)
      expect((yield* find("latest~1")).time).toBe(second.time)
      expect((yield* find("latest", { hosts: ["other"], tags: [], paths: [] })).time).toBe(second.time)
      expect((yield* find(id)).time).toBe(second.time)
      expect((yield* find(id.slice(0, 20))).id).toBe(id)
    })
  )

  it.effect("that are not there, or not the only ones meant, are NoSnapshot", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      // Of 17 ids two begin with the same digit.
      const times = Array.from({ length: 17 }, (_, index) => at(`2024-01-01T00:00:${10 + index}Z`))
      const ids = yield* store(repository, times)
      const digit = ids.map((id) => id[0]!).find((one, index, all) => all.indexOf(one) !== index)!
      const wrong = [digit, "latest~17", "latest~x", "", "../config", "f".repeat(64)]
      for (const text of wrong) {
        const error = yield* Effect.flip(Snapshots.find(repository, text))
        expect(error).toMatchObject({ _tag: "RepositoryError", reason: { _tag: "NoSnapshot" } })
      }
      const none = yield* Effect.flip(Snapshots.find(repository, "latest", { hosts: ["x"], tags: [], paths: [] }))
      expect(none.message).toContain("there are no snapshots that match")
    })
  )

  it("are named with a folder in them after a colon", () => {
    expect(Snapshots.parse("latest")).toEqual({ id: "latest", subfolder: "" })
    expect(Snapshots.parse("1a2b:home/a:b")).toEqual({ id: "1a2b", subfolder: "home/a:b" })
  })

  it("match filters as restic's do", () => {
    const kept = (filter: Partial<SnapshotFilter.SnapshotFilter>) =>
      [first, second, third].filter((one) => SnapshotFilter.matches(one, { ...SnapshotFilter.everything, ...filter }))
    expect(kept({})).toEqual([first, second, third])
    expect(kept({ hosts: ["other", "x"] })).toEqual([second])
    expect(kept({ tags: [["a", "b"]] })).toEqual([second])
    expect(kept({ tags: [["b"], [""]] })).toEqual([first, second])
    expect(kept({ paths: ["/etc", "/home"] })).toEqual([third])
  })

  it("are grouped by what they are of", () => {
    const again = at("2024-02-01T00:00:00Z", { paths: ["/etc", "/home"], tags: ["b", "a"] })
    const keys = (text: string) =>
      SnapshotGroups.group([first, second, third, again], SnapshotGroups.parse(text)!).map(
        ({ key, snapshots }) => [key, snapshots.length] as const
      )
    expect(keys("")).toEqual([[{ hostname: "", paths: null, tags: null }, 4]])
    expect(keys("paths,host")).toEqual([
      [{ hostname: "host", paths: ["/home"], tags: null }, 1],
      [{ hostname: "other", paths: ["/home"], tags: null }, 1],
      [{ hostname: "host", paths: ["/etc", "/home"], tags: null }, 2]
    ])
    expect(keys("tags")).toEqual([
      [{ hostname: "", paths: null, tags: null }, 1],
      [{ hostname: "", paths: null, tags: ["a", "b"] }, 2],
      [{ hostname: "", paths: null, tags: ["a"] }, 1]
    ])
    expect(SnapshotGroups.parse("host,constructor")).toBeUndefined()
  })

  it("are the parent of a backup when they are the newest before it with all of its paths", () => {
    const options = {
      host: "host",
      paths: ["/home"],
      tags: [],
      time: "2025-01-01T00:00:00Z",
      grouping: defaultGrouping
    }
    const parent = (more: Partial<Snapshots.ParentOptions> = {}) =>
      Snapshots.parentFor([first, second, third], { ...options, ...more })
    expect(parent()).toBe(third)
    expect(parent({ time: "2024-01-01T01:00:00Z" })).toBe(first)
    expect(parent({ time: "2024-01-01T00:59:59Z" })).toBeUndefined()
    expect(parent({ host: "other" })).toBe(second)
    expect(parent({ paths: ["/var"] })).toBeUndefined()
    expect(parent({ host: "new", grouping: { ...defaultGrouping, host: false } })).toBe(third)
    expect(parent({ tags: ["b"], grouping: { host: false, paths: true, tags: true } })).toBe(second)
  })
})
