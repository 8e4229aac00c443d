import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as NodeNames from "../../src/look/NodeNames.ts"
import * as Ls from "../../src/look/SnapshotListing.ts"
import type { BlobReader } from "../../src/repository/BlobReader.ts"
import * as NodeWalk from "../../src/repository/NodeWalk.ts"
import * as fixture from "../support/fixture.ts"
import * as Nodes from "../support/nodes.ts"
import { openFixture } from "../support/openFixture.ts"
import * as Trees from "../support/trees.ts"

const list = Effect.fnUntraced(function* (path: string, recursive: boolean) {
  const { reader, repository, snapshots } = yield* openFixture
  return yield* Stream.runCollect(Ls.list(repository, reader, { snapshot: snapshots[0]!, path, recursive }))
})

const walk = (reader: BlobReader, tree: string) => NodeWalk.stream(reader, { tree })

describe("Ls", () => {
  it.effect("gives every node of restic's snapshot, directories before what is in them", () =>
    Effect.gen(function* () {
      const [snapshot] = Object.values<{ nodes: ReadonlyArray<{ path_b64: string }> }>({
        first: fixture.expected().snapshots.fe6973d66d038ad6b12f4c9000abf234237edbd173a03093773959c7b79f2d38
      })
      const listed = yield* list("", true)
      const paths = listed.map(({ path }) => path.toString("base64"))
      expect([...paths].sort()).toEqual(snapshot!.nodes.map((node) => node.path_b64).sort())
      expect(listed.slice(0, 5).map(({ path }) => path.toString())).toEqual([
        "/tree",
        "/tree/big.prng",
        "/tree/deep",
        "/tree/deep/a",
        "/tree/deep/a/b"
      ])
    })
  )

  it.effect("lists a directory alone or with everything below it, and a file as itself", () =>
    Effect.gen(function* () {
      const paths = (path: string, recursive: boolean) =>
        Effect.map(list(path, recursive), (nodes) => nodes.map((node) => node.path.toString()))
      expect(yield* paths("/", false)).toEqual(["/tree"])
      expect(yield* paths("tree/deep/a", false)).toEqual(["/tree/deep/a/b", "/tree/deep/a/hard-2"])
      expect(yield* paths("/tree/deep/a/", true)).toEqual([
        "/tree/deep/a/b",
        "/tree/deep/a/b/c",
        "/tree/deep/a/b/c/leaf.txt",
        "/tree/deep/a/hard-2"
      ])
      expect(yield* paths("/tree/hello.txt", true)).toEqual(["/tree/hello.txt"])
    })
  )

  it.effect("fails with NoSnapshot where nothing lies", () =>
    Effect.gen(function* () {
      for (const path of ["/nowhere", "/tree/hello.txt/x", "/tree/.."]) {
        const error = yield* Effect.flip(list(path, false))
        expect(error).toMatchObject({ reason: { _tag: "NoSnapshot", message: expect.stringContaining(`"${path}"`) } })
      }
    })
  )

  it("gives U+FFFD for bytes that are no text", () => {
    expect(NodeNames.textOf(Buffer.of(0x61, 0xe2, 0x82))).toBe("a\ufffd\ufffd")
  })
})

describe("NodeWalk", () => {
  it.effect("goes down a thousand directories, and reads a tree when its nodes are wanted", () =>
    Effect.gen(function* () {
      const trees = Trees.make()
      let tree = trees.tree(Nodes.make("leaf"))
      for (let depth = 0; depth < 1000; depth++) tree = trees.tree(Nodes.directory("d", tree))
      const all = yield* Stream.runCollect(walk(trees.reader, tree))
      expect(all).toHaveLength(1001)
      expect(all.at(-1)?.path.toString()).toBe(`${"/d".repeat(1000)}/leaf`)
      const before = trees.reads()
      yield* Stream.runDrain(Stream.take(walk(trees.reader, tree), 10))
      expect(trees.reads() - before).toBeLessThan(600)
    })
  )

  it.effect("gives all nodes of a directory that is larger than what is given at once", () =>
    Effect.gen(function* () {
      const trees = Trees.make()
      const below = trees.tree(Nodes.make("x"))
      const nodes = Array.from({ length: 2000 }, (_, index) =>
        index % 100 === 0 ? Nodes.directory(`${10_000 + index}`, below) : Nodes.make(`${10_000 + index}`)
      )
      const all = yield* Stream.runCollect(walk(trees.reader, trees.tree(...nodes)))
      expect(all).toHaveLength(2020)
      expect(all.map(({ path }) => path.toString()).slice(0, 3)).toEqual(["/10000", "/10000/x", "/10001"])
    })
  )
})
