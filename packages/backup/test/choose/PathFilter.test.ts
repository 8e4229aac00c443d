import * as PathFilter from "@ourclone/backup/choose/PathFilter"
import * as Selection from "@ourclone/backup/choose/Selection"
import { assert, describe, it } from "vitest"

const patterns = (...list: ReadonlyArray<string>): PathFilter.PathPatterns => ({
  patterns: list,
  insensitivePatterns: []
})

describe("PathFilter", () => {
  it("matches nothing when there is no pattern", () => {
    const filter = PathFilter.make(patterns("", ""))
    assert.isTrue(filter.isEmpty)
    assert.isFalse(filter.matches("/a"))
    assert.deepEqual(filter.look("/a"), { matched: false, mayMatchBelow: false })
  })

  it("lets a later pattern with ! take back a match, and one after that match again", () => {
    const filter = PathFilter.make(patterns("*.txt", "!keep*", "keep-not.txt"))
    assert.deepEqual(["/a.txt", "/keep.txt", "/keep-not.txt", "/b.c"].map(filter.matches), [true, false, true, false])
  })

  it("does not let ! of one list take back a match of the other", () => {
    const filter = PathFilter.make({ patterns: ["a", "!b"], insensitivePatterns: ["B", "!a"] })
    assert.deepEqual(["/a", "/b", "/B", "/A"].map(filter.matches), [true, true, true, false])
  })

  it("holds insensitive patterns against any case, also beyond ASCII", () => {
    const filter = PathFilter.make({ patterns: [], insensitivePatterns: ["*.JPG", "ÄÖ", "ΟΔΟΣ"] })
    assert.deepEqual(["/x/a.jPg", "/äÖ", "/οδος/x", "/οδοσ", "/b.jp"].map(filter.matches), [
      true,
      true,
      false,
      true,
      false
    ])
  })
})

describe("Selection", () => {
  const none = PathFilter.none

  it("takes everything when nothing is said", () => {
    const select = Selection.make(Selection.everything)
    assert.deepEqual(select("/a", true), { isSelected: true, mayContain: true })
    assert.deepEqual(select("/a", false), { isSelected: true, mayContain: false })
  })

  it("goes into directories on the way to an included path, and into no others", () => {
    const select = Selection.make({ includes: patterns("/a/b"), excludes: none })
    assert.deepEqual(select("/a", true), { isSelected: false, mayContain: true })
    assert.deepEqual(select("/a/b", true), { isSelected: true, mayContain: true })
    assert.deepEqual(select("/a/b/c", false), { isSelected: true, mayContain: false })
    assert.deepEqual(select("/b", true), { isSelected: false, mayContain: false })
    assert.deepEqual(select("/a/c", false), { isSelected: false, mayContain: false })
  })

  it("does not go into a directory that ! takes back", () => {
    const select = Selection.make({ includes: patterns("*.txt", "!/a"), excludes: none })
    assert.deepEqual(select("/a", true), { isSelected: false, mayContain: false })
    assert.deepEqual(select("/b", true), { isSelected: false, mayContain: true })
  })

  it("goes everywhere for an included pattern that may start anywhere", () => {
    const select = Selection.make({ includes: patterns("*.txt"), excludes: none })
    assert.deepEqual(select("/a/b", true), { isSelected: false, mayContain: true })
  })

  it("does not go into excluded directories", () => {
    const select = Selection.make({ includes: none, excludes: patterns("/a/b", "!/a/b/c") })
    assert.deepEqual(select("/a/b", true), { isSelected: false, mayContain: false })
    assert.deepEqual(select("/a", true), { isSelected: true, mayContain: true })
  })
})
