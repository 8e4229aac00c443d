import { hash } from "node:crypto"
import { assert, describe, it } from "vitest"
import { headOf } from "../../src/archive/DirectoryReader.ts"
import * as ParentTree from "../../src/archive/ParentTree.ts"
import type { Node } from "../../src/format/Node.ts"
import * as Tree from "../../src/format/Tree.ts"
import { node } from "../support/SampleBackup.ts"

const ids = ["one", "two"].map((text) => hash("sha256", text))
const file = node("file", { size: 10, inode: 7n, content: ids })
const empty = node("empty", { content: [] })
const folder = node("folder", { type: "dir", links: 0, subtree: ids[0] })
const link = node("link", { type: "symlink", linkTarget: "x" })
const before = [empty, file, folder, link]

const strict = { ignoreCtime: false, ignoreInode: false }
const lenient = { ignoreCtime: true, ignoreInode: true }

/** What the parent says of these nodes, as a thread finds them on the disk. */
const ask = (now: ReadonlyArray<Node>, options = strict, tree = Tree.joinTree(before.map(Tree.encodeNode))) => {
  const parent = ParentTree.make(tree, options)
  return now.map((one) => {
    const found = { ...one, content: null, subtree: undefined }
    return parent.find(headOf(found), found)
  })
}

const later = "2024-02-29T12:34:57+01:00"
const contentOf = (change: Partial<Node>, options = strict) => ask([{ ...file, ...change }], options)[0]?.content

describe("the tree of the parent snapshot", () => {
  it("has what is unchanged, whether it is compared as text or decoded", () => {
    const expected = [
      { isSame: true, content: "[]" },
      { isSame: true, content: `["${ids[0]}","${ids[1]}"]` },
      { isSame: true, subtree: ids[0] },
      { isSame: true }
    ]
    assert.deepEqual(ask(before), expected)
    const decoded = ask([node("a new one", {}), ...before]).slice(1)
    assert.deepEqual(
      decoded.map((one) => ({ ...one })),
      [expected[0]!, expected[1]!, expected[2]!, { isSame: true, subtree: undefined }]
    )
  })

  it("does not have what is new, and has what follows it or what was removed", () => {
    assert.deepEqual(
      ask([node("b", {}), file, link]).map((one) => one?.isSame),
      [undefined, true, true]
    )
    assert.deepEqual(
      ask([empty, link]).map((one) => one?.isSame),
      [true, true]
    )
  })

  it.each<Partial<Node>>([{ size: 11 }, { mtime: later }, { ctime: later }, { inode: 8n }])(
    "gives no content of a file with another %o",
    (change) => assert.isUndefined(contentOf(change))
  )

  it("gives the content of a file whose other metadata, or the offset of whose times, has changed", () => {
    const sameInstant = "2024-02-29T11:34:56Z"
    const changes: ReadonlyArray<Partial<Node>> = [
      { mode: 0o600 },
      { uid: 9 },
      { deviceId: 3n },
      { mtime: sameInstant, ctime: sameInstant }
    ]
    for (const change of changes) assert.isDefined(contentOf(change))
    assert.isTrue(ask([{ ...file, mtime: sameInstant, atime: sameInstant, ctime: sameInstant }])[0]?.isSame)
    assert.isFalse(ask([{ ...file, mode: 0o600 }])[0]?.isSame)
  })

  it("passes over ctime and inode when it is told to, but not over size and mtime", () => {
    assert.isDefined(contentOf({ ctime: later }, { ...strict, ignoreCtime: true }))
    assert.isUndefined(contentOf({ inode: 8n }, { ...strict, ignoreCtime: true }))
    assert.isDefined(contentOf({ ctime: later, inode: 8n }, lenient))
    assert.isUndefined(contentOf({ size: 11 }, lenient))
    assert.isUndefined(contentOf({ mtime: later }, lenient))
  })

  it("knows nothing when it can not be decoded", () => {
    assert.deepEqual(ask(before, strict, Buffer.from('{"nodes":[{"name":"\\\\q"}]}\n')), [
      undefined,
      undefined,
      undefined,
      undefined
    ])
  })
})
