import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as GoTime from "../../src/go/GoTime.ts"
import * as Find from "../../src/look/Find.ts"
import { openFixture } from "../support/openFixture.ts"

const first = "fe6973d66d038ad6b12f4c9000abf234237edbd173a03093773959c7b79f2d38"
const second = "337b72175f5a061420b5383dc35371a4a31cc6f542b214a72c895dc33478b737"
const helloBlob = "e8683617c77cf073bd1e4da85c56f5aa647e9416be3576bb20cd57a989c2ca64"
const rootTree = "87ac3365ad88d8551a9b0d0c64ff6e812899565ff38eb704c299b900b7e71eab"

/** Newest snapshot first, as restic does. */
const match = Effect.fnUntraced(function* (options: Partial<Find.PatternOptions>) {
  const { reader, snapshots } = yield* openFixture
  return yield* Stream.runCollect(
    Find.byPattern(reader, snapshots.toReversed(), { patterns: [], ignoreCase: false, ...options })
  )
})

const paths = (options: Partial<Find.PatternOptions>) =>
  Effect.map(match(options), (matches) => [...new Set(matches.map(({ path }) => path.toString()))])

const objects = Effect.fnUntraced(function* (options: Partial<Find.IdOptions>) {
  const { reader, repository, snapshots } = yield* openFixture
  const all = { blobs: [], trees: [], packs: [], ...options }
  return yield* Stream.runCollect(Find.byId(repository, reader, snapshots.toReversed(), all))
})

describe("Find in the repository that restic has written", () => {
  it.effect("gives for a name what restic gives, in the newest snapshot first", () =>
    Effect.gen(function* () {
      const matches = yield* match({ patterns: ["hello*"] })
      expect(matches.map(({ snapshot }) => snapshot.id)).toEqual([second, first])
      const [found] = matches
      expect(found!.path.toString()).toBe("/tree/hello.txt")
      expect(found!.node).toMatchObject({
        type: "file",
        mode: 420,
        inode: 1892423n,
        deviceId: 65024n,
        size: 21,
        links: 1
      })
    })
  )

  it.effect("gives everything below a directory that matches", () =>
    Effect.gen(function* () {
      expect(yield* paths({ patterns: ["links"] })).toEqual([
        "/tree/links",
        "/tree/links/hard-1",
        "/tree/links/sym-abs",
        "/tree/links/sym-dangling",
        "/tree/links/sym-rel"
      ])
    })
  )

  it.effect("takes patterns of paths, several of them, and disregards case when asked to", () =>
    Effect.gen(function* () {
      expect(yield* paths({ patterns: ["/tree/deep/a/*", "nowhere", "summer.*"] })).toEqual([
        "/tree/deep/a/b",
        "/tree/deep/a/b/c",
        "/tree/deep/a/b/c/leaf.txt",
        "/tree/deep/a/hard-2",
        "/tree/summer.txt"
      ])
      expect(yield* paths({ patterns: ["HELLO.TXT"] })).toEqual([])
      expect(yield* paths({ patterns: ["HELLO.TXT"], ignoreCase: true })).toEqual(["/tree/hello.txt"])
    })
  )

  it.effect("keeps to times of modification, both ends included", () =>
    Effect.gen(function* () {
      const changed = GoTime.parse("2024-03-01T00:00:00Z")
      const ofHello = (options: Partial<Find.PatternOptions>) =>
        Effect.map(match({ patterns: ["hello.txt"], ...options }), (all) => all.map(({ snapshot }) => snapshot.id))
      expect(yield* ofHello({ oldest: changed })).toEqual([second])
      expect(yield* ofHello({ oldest: changed + 1n })).toEqual([])
      expect(yield* ofHello({ newest: changed })).toEqual([second, first])
      expect(yield* ofHello({ newest: changed - 1n })).toEqual([first])
    })
  )

  it.effect("gives the files that have a blob, with the trees they are in", () =>
    Effect.gen(function* () {
      const copy = ["/tree/deep/copy-of-hello.txt", "76a63100f4ac17260a4093a7c850cf58d9635b508131db14eb532b5a860fce66"]
      const original = ["/tree/hello.txt", "589fe0f49c7c0eee091474c338b7e0b0a79eeed9ad3fa5a4a235b2a73902b81c"]
      for (const blobs of [[helloBlob], [helloBlob.slice(0, 8)], [helloBlob.toUpperCase()]]) {
        const found = yield* objects({ blobs })
        expect(
          found.map(({ id, parentTree, path, snapshot, type }) => [type, id, snapshot.id, path.toString(), parentTree])
        ).toEqual([
          ["blob", helloBlob, second, ...copy],
          ["blob", helloBlob, first, ...copy],
          ["blob", helloBlob, first, ...original]
        ])
      }
    })
  )

  it.effect("gives a file once, however often it has the blob", () =>
    Effect.gen(function* () {
      const found = yield* objects({ blobs: ["07854d2f"] })
      expect(found.map(({ path, snapshot }) => [path.toString(), snapshot.id])).toEqual([
        ["/tree/sparse.img", second],
        ["/tree/sparse.img", first]
      ])
    })
  )

  it.effect("gives the directories that a tree is, the root too", () =>
    Effect.gen(function* () {
      const found = yield* objects({ trees: [rootTree.slice(0, 10), "76a63100"] })
      expect(found.map(({ path, snapshot, type }) => [type, path.toString(), snapshot.id])).toEqual([
        ["tree", "/tree/deep", second],
        ["tree", "/", first],
        ["tree", "/tree/deep", first]
      ])
    })
  )

  it.effect("gives what is in a pack, and fails for one that is in no index", () =>
    Effect.gen(function* () {
      const found = yield* objects({ packs: ["79933c22"] })
      expect([...new Set(found.map(({ path }) => path.toString()))].sort()).toEqual([
        "/tree/added.txt",
        "/tree/big.prng",
        "/tree/hello.txt"
      ])
      const error = yield* Effect.flip(objects({ packs: ["79933c22", "000000"] }))
      expect(error).toMatchObject({ reason: { _tag: "Missing", message: expect.stringContaining('"000000"') } })
    })
  )
})
