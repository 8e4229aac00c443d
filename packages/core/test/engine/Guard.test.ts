import { assert, describe, it } from "@effect/vitest"
import { ofPath } from "@ourclone/core/contract/PlaceIdentity"
import * as Guard from "@ourclone/core/engine/Guard"
import type { Totals } from "@ourclone/core/engine/Plan"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"

const totals = (some: Partial<Totals>): Totals => ({
  sourceFiles: 10,
  destinationFiles: 0,
  same: 0,
  putFiles: 0,
  putBytes: 0,
  copiedBytes: 0,
  removals: 0,
  ...some
})

describe("Guard.deletion", () => {
  it("stops when the source is empty, unless that is meant", () => {
    const empty = totals({ sourceFiles: 0, destinationFiles: 3, removals: 3 })
    assert.strictEqual(Guard.deletion(empty, { allowsEmptySource: false })?.guard, "empty source")
    assert.isUndefined(Guard.deletion(empty, { allowsEmptySource: true }))
  })

  it("stops when more than half of over a hundred files would go", () => {
    const half = totals({ destinationFiles: 200, removals: 100 })
    const more = totals({ destinationFiles: 200, removals: 101 })
    const few = totals({ destinationFiles: 100, removals: 100 })
    const oneMore = totals({ destinationFiles: 101, removals: 51 })
    assert.isUndefined(Guard.deletion(half, { allowsEmptySource: false }))
    assert.strictEqual(Guard.deletion(more, { allowsEmptySource: false })?.guard, "max delete")
    assert.isUndefined(Guard.deletion(few, { allowsEmptySource: false }))
    assert.strictEqual(Guard.deletion(oneMore, { allowsEmptySource: false })?.guard, "max delete")
  })

  it("keeps to the limit it is given", () => {
    const two = totals({ destinationFiles: 5, removals: 2 })
    assert.isUndefined(Guard.deletion(two, { allowsEmptySource: false, maxDelete: 2 }))
    const stopped = Guard.deletion(two, { allowsEmptySource: false, maxDelete: 1 })
    assert.deepEqual(stopped?.remedy, { code: "allowRemovals", values: { removals: "2" } })
  })
})

describe("Guard.overlap", () => {
  const at = (location: string) => {
    const provider = MemoryProvider.make()
    return { ...provider, place: ofPath("one", location), location, name: `memory:${location}` }
  }

  it("stops a transfer of a place into itself, or into a folder of it", () => {
    assert.include(Guard.overlap(at("a"), at("a"))?.message, "the same place")
    assert.include(Guard.overlap(at("a"), at("a/b"))?.message, "memory:a/b lies inside memory:a")
    assert.include(Guard.overlap(at("a/b"), at("a"))?.message, "memory:a/b lies inside memory:a")
  })

  it("lets neighbours and other accounts be", () => {
    assert.isUndefined(Guard.overlap(at("a"), at("ab")))
    assert.isUndefined(Guard.overlap(at("a"), { ...at("a"), place: ofPath("two", "a") }))
  })
})
