import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Snapshot from "../../src/format/Snapshot.ts"
import * as fixture from "../support/fixture.ts"
import { idOf } from "../support/nodes.ts"
import * as TestRepository from "../support/TestRepository.ts"

const id = idOf("file")
const bare = `{"time":"2024-02-29T12:34:56+01:00","tree":"${idOf("tree")}","paths":["/a"]}`

describe("Snapshot", () => {
  it.effect("writes restic's snapshots again, byte for byte", () =>
    Effect.gen(function* () {
      const repository = yield* TestRepository.openFolder(fixture.path, { password: fixture.password })
      const ids = Object.keys(fixture.expected().snapshots)
      expect(ids).toHaveLength(2)
      for (const one of ids) {
        const json = yield* repository.load("snapshots", one)
        const snapshot = Snapshot.decode(json, one)
        expect(Snapshot.encode(snapshot).toString()).toBe(json.toString())
        expect(snapshot).toMatchObject({
          id: one,
          hostname: "fixture-host",
          paths: ["/srv/fx/tree"],
          excludes: ["*.skip"]
        })
      }
    })
  )

  it("writes all fields in the order of newer restic, and none that is empty but the paths", () => {
    const summary =
      '{"backup_start":"2024-01-01T00:00:00Z","backup_end":"2024-01-01T00:00:01Z","files_new":1,"files_changed":2,' +
      '"files_unmodified":3,"dirs_new":4,"dirs_changed":5,"dirs_unmodified":6,"data_blobs":7,"tree_blobs":8,' +
      '"data_added":9,"data_added_packed":10,"total_files_processed":11,"total_bytes_processed":0}'
    const json =
      `{"time":"2024-01-01T00:00:00.5Z","parent":"${idOf("p")}","tree":"${idOf("t")}","paths":["/a","/\\u003cb"],` +
      `"hostname":"h","username":"u","uid":1000,"gid":100,"excludes":["*"],"tags":["x"],"original":"${idOf("o")}",` +
      `"program_version":"restic 0.19.1","summary":${summary}}`
    const snapshot = Snapshot.decode(Buffer.from(json), id)
    expect(Snapshot.encode(snapshot).toString()).toBe(json)
    expect(snapshot.summary).toMatchObject({ filesNew: 1, dataAddedPacked: 10, totalBytesProcessed: 0 })
    const empty = Snapshot.decode(Buffer.from(bare.replace('["/a"]', "null")), id)
    expect(Snapshot.encode(empty).toString()).toBe(bare.replace('["/a"]', "[]"))
  })

  it("keeps the fields of other programs", () => {
    const json = `${bare.slice(0, -1)},"label":"daily","delete":{"after":"<never>"}}`
    expect(Snapshot.encode(Snapshot.decode(Buffer.from(json), id)).toString()).toBe(
      json.replace("<never>", "\\u003cnever\\u003e")
    )
  })

  it("takes the fields in any order", () => {
    const json = `{"tags":["a"],"paths":["/a"],"tree":"${idOf("tree")}","time":"2024-02-29T12:34:56+01:00"}`
    expect(Snapshot.decode(Buffer.from(json), id)).toMatchObject({ tags: ["a"], paths: ["/a"], uid: 0, hostname: "" })
  })

  it.each([
    ["no tree", bare.replace("tree", "other")],
    ["a tree that is no id", bare.replace(idOf("tree"), "../../etc")],
    ["a time that is none", bare.replace("02-29", "02-30")],
    ["tags that are no texts", bare.replace("paths", "tags").replace('"/a"', "1")],
    ["nothing but a list", "[]"]
  ])("refuses a snapshot with %s", (_, json) => {
    expect(() => Snapshot.decode(Buffer.from(json), id)).toThrow(/snapshot/)
  })

  it("has restic's fields and its two ids as JSON", () => {
    const json = Snapshot.toJson(Snapshot.decode(Buffer.from(bare), id))
    expect(JSON.stringify(json)).toBe(`${bare.slice(0, -1)},"id":"${id}","short_id":"${id.slice(0, 8)}"}`)
  })
})
