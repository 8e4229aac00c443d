import { hash } from "node:crypto"
import { assert, describe, it } from "vitest"
import type { DirectoryResult, Failure, FoundDirectory } from "../../src/archive/ArchiveMessages.ts"
import { ArchiveWalk, type WalkJob } from "../../src/archive/ArchiveWalk.ts"
import * as BackupTargets from "../../src/archive/BackupTargets.ts"
import { headOf } from "../../src/archive/DirectoryReader.ts"
import { NodeText } from "../../src/archive/NodeText.ts"
import * as Tree from "../../src/format/Tree.ts"
import { node } from "../support/SampleBackup.ts"

const id = (text: string | Uint8Array): string => hash("sha256", text)

/** What a thread gives of a folder: names that end in `/` are folders. */
const nodes = (path: string, names: ReadonlyArray<string>, more: Partial<FoundDirectory> = {}): DirectoryResult => {
  const text = new NodeText()
  const directories: Array<FoundDirectory> = []
  for (const one of names) {
    const name = one.replace("/", "")
    const start = text.begin()
    if (name === one) text.add(Tree.encodeNode(node(name, { content: [] })))
    else {
      const treeAt = text.add(headOf(node(name, { type: "dir" })))
      text.add("0".repeat(64), '"}')
      const found = { name, path: `${path}/${name}`, start, treeAt, end: text.size, deviceId: 1n, isLeftEmpty: false }
      directories.push({ ...found, parentTree: undefined, node: "new", ...more })
    }
  }
  return { _tag: "Nodes", nodes: text.nodes(), directories }
}

/** Walks over `/top`; `answer` says what became of each job. Gives the trees by their names. */
const walk = (answer: (job: WalkJob["job"]) => DirectoryResult) => {
  const trees = new Map<string, Buffer>()
  const failures: Array<Failure> = []
  const changes: Array<string> = []
  const started = new ArchiveWalk(
    BackupTargets.make(["/top"], "/", () => ({ names: [], deviceId: undefined })),
    undefined,
    {
      onTree: (parts) => {
        const tree = Buffer.concat(parts)
        trees.set(id(tree), tree)
        return id(tree)
      },
      onFailure: (failure) => failures.push(failure),
      onDirectory: (change) => changes.push(change)
    }
  )
  while (!started.isFinished) {
    for (const one of started.take(3)) started.accept(one, one.job.targets ? nodes("", ["top/"]) : answer(one.job))
  }
  const namesIn = (tree: string): unknown =>
    Object.fromEntries(
      Tree.decode(trees.get(tree) ?? Tree.joinTree([])).map(({ name, subtree }) => [
        name.toString(),
        subtree === undefined ? "" : trees.has(subtree) ? namesIn(subtree) : subtree
      ])
    )
  return { names: namesIn(started.tree!), failures, changes, trees }
}

const failure: Failure = { path: "/top/a", during: "archival", message: "EACCES" }

describe("a walk over directories", () => {
  it("puts the tree of each directory in the one that it is in", () => {
    const { changes, names } = walk(({ path }) => {
      if (path === "/top") return nodes(path, ["a/", "b", "c/"])
      return path === "/top/a" ? nodes(path, ["x", "y/"]) : { _tag: "Tree", id: id(path) }
    })
    assert.deepEqual(names, { top: { a: { x: "", y: id("/top/a/y") }, b: "", c: id("/top/c") } })
    assert.deepEqual(changes, ["new", "new", "new", "new"])
  })

  it.each([
    [["a/"], {}],
    [["a/", "b"], { b: "" }],
    [["0", "a/"], { 0: "" }],
    [["0", "a/", "b", "a2/"], { 0: "", b: "" }],
    [["a/", "a2/", "b", "c/"], { b: "", c: id("/top/c") }]
  ])("leaves a directory out that can not be read: %s", (names, expected) => {
    const result = walk(({ path }) => {
      if (path === "/top") return nodes(path, names)
      return path.startsWith("/top/a") ? { _tag: "Failed", failure } : { _tag: "Tree", id: id(path) }
    })
    assert.deepEqual(result.names, { top: expected })
    assert.lengthOf(result.failures, names.filter((name) => name.startsWith("a")).length)
    for (const [name, tree] of result.trees)
      assert.strictEqual(name, id(Tree.joinTree(Tree.decode(tree).map(Tree.encodeNode))))
  })

  it("joins slices, and slices of slices, in order, whenever they come", () => {
    const begun = new Set<string>()
    const { names } = walk(({ names: slice, path }) => {
      if (slice === undefined) {
        const slices = [["a", "b"], ["c", "d"], ["e"]].map((one) => ({ names: one, parentTree: undefined }))
        return path === "/top" ? { _tag: "Sliced", slices } : { _tag: "Tree", id: id(path) }
      }
      if (!begun.has(slice.join())) {
        begun.add(slice.join())
        return { _tag: "NotBegun", parentTree: undefined }
      }
      if (slice.join() !== "c,d") return nodes(path, slice)
      return { _tag: "Sliced", slices: [["c"], ["d"]].map((one) => ({ names: one, parentTree: undefined })) }
    })
    assert.deepEqual(Object.keys((names as { top: object }).top), ["a", "b", "c", "d", "e"])
  })

  it("gives a job that a thread has not begun its tree again, and holds no nodes once their tree is made", () => {
    const tree = new Uint8Array([1, 2, 3])
    const given: Array<DirectoryResult> = []
    const asked: Array<unknown> = []
    walk(({ names: slice, parentTree, path }) => {
      if (path !== "/top") return { _tag: "Tree", id: id(path) }
      if (slice === undefined) return { _tag: "Sliced", slices: [{ names: ["a"], parentTree: tree }] }
      asked.push(parentTree && [...parentTree])
      const moved = structuredClone(parentTree, { transfer: parentTree === undefined ? [] : [parentTree.buffer] })
      if (asked.length === 1) return { _tag: "NotBegun", parentTree: moved }
      const result = nodes(path, slice)
      given.push(result)
      return result
    })
    assert.deepEqual(asked, [
      [1, 2, 3],
      [1, 2, 3]
    ])
    assert.deepEqual(
      given.map((one) => (one._tag === "Nodes" ? one.nodes.byteLength : -1)),
      [0]
    )
  })

  it("keeps a mount point as an empty directory, and reads nothing in it", () => {
    const { names, trees } = walk(({ path }) => nodes(path, ["mounted/"], { isLeftEmpty: true }))
    assert.deepEqual(names, { top: { mounted: {} } })
    assert.isTrue(trees.has("ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8"))
  })

  it("calls a directory unmodified only when its node and its tree are what they were", () => {
    const change = (more: Partial<FoundDirectory>) =>
      walk(({ path }) => (path === "/top" ? nodes(path, ["a/"], more) : { _tag: "Tree", id: id("tree") })).changes[0]
    assert.strictEqual(change({ node: "same", parentTree: id("tree") }), "unmodified")
    assert.strictEqual(change({ node: "same", parentTree: id("another") }), "changed")
    assert.strictEqual(change({ node: "changed", parentTree: id("tree") }), "changed")
  })
})
