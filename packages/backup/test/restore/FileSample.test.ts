import { assert, describe, it } from "@effect/vitest"
import type { Node } from "@ourclone/backup/format/Node"
import type * as BlobReader from "@ourclone/backup/repository/BlobReader"
import { Damaged, RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import * as FileSample from "@ourclone/backup/restore/FileSample"
import * as SeededRandom from "@ourclone/backup/restore/SeededRandom"
import * as Effect from "effect/Effect"
import { node } from "../support/SampleBackup.ts"

const directory = (name: string): Node => node(name, { type: "dir", subtree: name })

const trees: Readonly<Record<string, ReadonlyArray<Node>>> = {
  root: [node("a", {}), directory("d"), node("link", { type: "symlink" }), node("z", {})],
  d: [directory("e"), node("f", {})],
  e: Array.from({ length: 97 }, (_, index) => node(`n${String(index).padStart(2, "0")}`, {}))
}

const damage = new RepositoryError({ repository: "test", reason: new Damaged({ message: "broken", file: "d" }) })

const reader = (damaged?: string): Pick<BlobReader.BlobReader, "tree"> => ({
  tree: (id) => (id === damaged ? Effect.fail(damage) : Effect.succeed(trees[id]!))
})

const take = (size: FileSample.SampleSize, seed: string, damaged?: string, unreadable: Array<string> = []) =>
  FileSample.take(reader(damaged), {
    tree: "root",
    size,
    random: SeededRandom.make(seed),
    onUnreadable: (path) => unreadable.push(String(path))
  })

const paths = (sample: FileSample.FileSample) => sample.chosen.map(({ path }) => String(path))

describe("FileSample", () => {
  it.effect("takes all files, in order, when there are no more than asked for", () =>
    Effect.gen(function* () {
      const sample = yield* take({ files: 1000 }, "s")
      assert.strictEqual(sample.candidates, 100)
      assert.strictEqual(sample.chosen.length, 100)
      assert.deepEqual([...paths(sample).slice(0, 3), paths(sample).at(-1)], ["/a", "/z", "/d/f", "/d/e/n96"])
      assert.deepEqual(paths(yield* take({ percent: 100 }, "s")), paths(sample))
    })
  )

  it.effect("takes as many as asked for, the same for the same seed", () =>
    Effect.gen(function* () {
      const sample = paths(yield* take({ files: 7 }, "s"))
      assert.strictEqual(new Set(sample).size, 7)
      assert.deepEqual(paths(yield* take({ files: 7 }, "s")), sample)
      assert.notDeepEqual(paths(yield* take({ files: 7 }, "t")), sample)
      assert.deepEqual(paths(yield* take({ files: 0 }, "s")), [])
    })
  )

  it.effect("takes each file as often as any other", () =>
    Effect.gen(function* () {
      const counts = new Map<string, number>()
      for (let seed = 0; seed < 2000; seed++) {
        for (const path of paths(yield* take({ files: 10 }, String(seed))))
          counts.set(path, (counts.get(path) ?? 0) + 1)
      }
      assert.strictEqual(counts.size, 100)
      for (const count of counts.values()) assert.closeTo(count, 200, 70)
    })
  )

  it.effect("takes about the share asked for, and at least one file", () =>
    Effect.gen(function* () {
      let total = 0
      for (let seed = 0; seed < 100; seed++) total += (yield* take({ percent: 20 }, String(seed))).chosen.length
      assert.closeTo(total, 2000, 200)
      assert.strictEqual((yield* take({ percent: 0.0001 }, "s")).chosen.length, 1)
    })
  )

  it.effect("tells of a directory it can not read and goes on", () =>
    Effect.gen(function* () {
      const unreadable: Array<string> = []
      const sample = yield* take({ files: 1000 }, "s", "d", unreadable)
      assert.deepEqual(unreadable, ["/d"])
      assert.deepEqual(paths(sample), ["/a", "/z"])
    })
  )
})
