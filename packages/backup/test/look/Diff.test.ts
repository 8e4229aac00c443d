import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as Diff from "../../src/look/Diff.ts"
import type { BlobReader } from "../../src/repository/BlobReader.ts"
import * as Nodes from "../support/nodes.ts"
import { openFixture } from "../support/openFixture.ts"
import * as Trees from "../support/trees.ts"

const first = "87ac3365ad88d8551a9b0d0c64ff6e812899565ff38eb704c299b900b7e71eab"
const second = "a40b275f8adc73971454a76bb2fe5d8bca56eac4b35aa6868883654274d61df6"

const collect = (reader: BlobReader, before: string, after: string, metadata = false) =>
  Effect.map(Stream.runCollect(Diff.compare(reader, before, after, { metadata })), (events) => ({
    changes: events.flatMap((event) => (event._tag === "Change" ? [`${event.modifier} ${event.path}`] : [])),
    statistics: events.at(-1)
  }))

describe("Diff", () => {
  it.effect("says of restic's two snapshots what restic says", () =>
    Effect.gen(function* () {
      const { changes, statistics } = yield* collect((yield* openFixture).reader, first, second)
      expect(changes).toEqual(["+ /tree/added.txt", "M /tree/big.prng", "M /tree/hello.txt", "- /tree/summer.txt"])
      expect(statistics).toEqual({
        _tag: "Statistics",
        changedFiles: 2,
        added: { files: 1, dirs: 0, others: 0, dataBlobs: 3, treeBlobs: 2, bytes: 254_155 },
        removed: { files: 1, dirs: 0, others: 0, dataBlobs: 2, treeBlobs: 2, bytes: 254_170 }
      })
    })
  )

  it.effect("finds nothing between a tree and itself", () =>
    Effect.gen(function* () {
      const none = { files: 0, dirs: 0, others: 0, dataBlobs: 0, treeBlobs: 0, bytes: 0 }
      const { changes, statistics } = yield* collect((yield* openFixture).reader, first, first, true)
      expect(changes).toEqual([])
      expect(statistics).toEqual({ _tag: "Statistics", changedFiles: 0, added: none, removed: none })
    })
  )

  it.effect("tells changes of type, content and metadata apart", () =>
    Effect.gen(function* () {
      const trees = Trees.make()
      const [one, two] = [trees.data("one"), trees.data("two")]
      const before = trees.tree(
        Nodes.make("bitrot", { content: [one] }),
        Nodes.make("content", { content: [one], inode: 1n }),
        Nodes.make("mode", { content: [one] }),
        Nodes.make("same", { content: [one], mtime: "2024-01-01T01:00:00+01:00" }),
        Nodes.make("type", { content: [one] })
      )
      const after = trees.tree(
        Nodes.make("bitrot", { content: [two] }),
        Nodes.make("content", { content: [two], inode: 2n }),
        Nodes.make("mode", { content: [one], mode: 0o600 }),
        Nodes.make("same", { content: [one], mtime: "2024-01-01T00:00:00Z" }),
        Nodes.make("type", { type: "symlink", content: null, linkTarget: "x" })
      )
      const plain = yield* collect(trees.reader, before, after)
      expect(plain.changes).toEqual(["M? /bitrot", "M /content", "T /type"])
      const withMetadata = yield* collect(trees.reader, before, after, true)
      expect(withMetadata.changes).toEqual(["M? /bitrot", "M /content", "U /mode", "TU /type"])
      expect(withMetadata.statistics).toMatchObject({
        changedFiles: 2,
        added: { dataBlobs: 1, bytes: expect.any(Number) }
      })
    })
  )

  it.effect("lists everything below a directory that came or went, and keeps shared blobs out of the sums", () =>
    Effect.gen(function* () {
      const trees = Trees.make()
      const [one, two, three] = [trees.data("one"), trees.data("two"), trees.data("three")]
      const shared = trees.tree(Nodes.make("in-shared", { content: [three] }))
      const gone = trees.tree(
        Nodes.make("file", { content: [one, three] }),
        Nodes.make("pipe", { type: "fifo", content: null })
      )
      const come = trees.tree(Nodes.make("new", { content: [two] }))
      const before = trees.tree(Nodes.directory("gone", gone), Nodes.directory("shared", shared))
      const after = trees.tree(Nodes.directory("come", come), Nodes.directory("shared", shared))
      const { changes, statistics } = yield* collect(trees.reader, before, after)
      expect(changes).toEqual(["+ /come/", "+ /come/new", "- /gone/", "- /gone/file", "- /gone/pipe"])
      const lengths = { one: 3, two: 3, three: 5 }
      expect(statistics).toMatchObject({
        added: { files: 1, dirs: 1, others: 0, dataBlobs: 1, treeBlobs: 2 },
        removed: { files: 1, dirs: 1, others: 1, dataBlobs: 1, treeBlobs: 2 }
      })
      const treeBytes = (id: string) => trees.reader.index.plainLengthOf(trees.reader.index.findHex(1, id))
      expect(statistics).toHaveProperty("removed.bytes", lengths.one + treeBytes(before) + treeBytes(gone))
      expect(statistics).toHaveProperty("added.bytes", lengths.two + treeBytes(after) + treeBytes(come))
    })
  )

  it.effect("compares trees that another program left unsorted", () =>
    Effect.gen(function* () {
      const trees = Trees.make()
      const names = ["c", "a", "b"].map((name) => Nodes.make(name))
      const { changes } = yield* collect(trees.reader, trees.tree(...names), trees.tree(...names.toReversed()))
      expect(changes).toEqual([])
    })
  )
})
