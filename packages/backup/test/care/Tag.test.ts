import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Tag from "../../src/care/Tag.ts"
import * as Snapshot from "../../src/format/Snapshot.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import { idOf } from "../support/nodes.ts"
import { at } from "../support/snapshots.ts"
import * as TestRepository from "../support/TestRepository.ts"

const stored = Effect.fnUntraced(function* (repository: Repository, fields: Partial<Snapshot.Snapshot> = {}) {
  const content = at("2024-01-01T00:00:00.5+01:00", fields)
  const id = yield* repository.save("snapshots", Snapshot.encode(content))
  return yield* Snapshots.find(repository, id)
})

describe("Tag", () => {
  it("changes lists of tags as restic does", () => {
    const tags = ["a", "b", "c"]
    expect(Tag.changed(tags, { set: ["x", "y"] })).toEqual(["x", "y"])
    expect(Tag.changed(tags, { set: [""] })).toEqual([])
    expect(Tag.changed(tags, { add: ["c", "d", "d"] })).toEqual(["a", "b", "c", "d"])
    expect(Tag.changed(tags, { remove: ["a"] })).toEqual(["c", "b"])
    expect(Tag.changed(tags, { remove: ["c", "x"] })).toEqual(["a", "b"])
    expect(Tag.changed(tags, { add: ["d"], remove: ["b"] })).toEqual(["a", "d", "c"])
    expect(Tag.changed(tags, { add: ["a"], remove: ["x"] })).toBe(tags)
  })

  it.effect("replaces the snapshot and keeps all else of it, with the id it had first", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const first = yield* stored(repository, { tags: ["a"], unknown: { label: "x" }, excludes: ["*.o"] })
      const change = yield* Tag.change(repository, first, { add: ["b"] })
      expect(change?.oldId).toBe(first.id)
      const { snapshots } = yield* Snapshots.loadAll(repository)
      expect(snapshots).toEqual([{ ...first, id: change?.snapshot.id, tags: ["a", "b"], original: first.id }])
      const again = yield* Tag.change(repository, snapshots[0]!, { set: [""] })
      expect(again?.snapshot).toMatchObject({ tags: [], original: first.id })
    })
  )

  it.effect("keeps the original of a copy", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const copy = yield* stored(repository, { original: idOf("elsewhere") })
      expect((yield* Tag.change(repository, copy, { add: ["b"] }))?.snapshot.original).toBe(idOf("elsewhere"))
    })
  )

  it.effect("writes nothing where the tags are right already", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const snapshot = yield* stored(repository, { tags: ["a"] })
      const before = [...provider.memory.files.keys()]
      for (const options of [{ add: ["a"] }, { remove: ["b"] }, { set: ["a"] }]) {
        expect(yield* Tag.change(repository, snapshot, options)).toBeUndefined()
      }
      expect([...provider.memory.files.keys()]).toEqual(before)
    })
  )

  it.effect("leaves the old snapshot when the new one is not what was written", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const snapshot = yield* stored(repository)
      const spoiling: Repository = {
        ...repository,
        save: (type, json) =>
          Effect.tap(repository.save(type, json), (id) =>
            Effect.sync(() => {
              provider.memory.files.get(`snapshots/${id}`)!.bytes[20]! ^= 1
            })
          )
      }
      expect(yield* Effect.flip(Tag.change(spoiling, snapshot, { add: ["b"] }))).toMatchObject({
        reason: { _tag: "Damaged" }
      })
      expect(provider.memory.files.has(`snapshots/${snapshot.id}`)).toBe(true)
    })
  )
})
