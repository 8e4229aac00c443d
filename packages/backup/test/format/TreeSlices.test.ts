import { hash } from "node:crypto"
import { assert, describe, it } from "vitest"
import * as Tree from "../../src/format/Tree.ts"
import * as TreeSlices from "../../src/format/TreeSlices.ts"
import * as random from "../support/random.ts"
import { node } from "../support/SampleBackup.ts"

const make = (names: ReadonlyArray<Buffer>): Buffer =>
  Tree.joinTree(
    names.map((name) =>
      Tree.encodeNode(
        node("", {
          name,
          content: [hash("sha256", name)],
          extendedAttributes: [{ name: "user.a", value: Buffer.from('{"name":"x","type":"file"}') }]
        })
      )
    )
  )

const numbers = random.make(7)
const names = [...new Set(Array.from({ length: 400 }, () => random.oddName(numbers).toString("latin1")))]
  .map((name) => Buffer.from(name, "latin1"))
  .sort(Buffer.compare)

/** Names of each slice, one character for each byte. */
const cut = (tree: Uint8Array, firsts: ReadonlyArray<string>) =>
  TreeSlices.slice(tree, firsts).map((slice) => Tree.decode(slice).map(({ name }) => name.toString("latin1")))

const texts = names.map((name) => name.toString("latin1"))

describe("slices of a tree", () => {
  it.each([1, 2, 7, 100, 399])("have the nodes from each name to the next, every %s names", (size) => {
    const expected = Array.from({ length: Math.ceil(texts.length / size) }, (_, index) =>
      texts.slice(index * size, (index + 1) * size)
    )
    assert.deepEqual(
      cut(
        make(names),
        expected.map((slice) => slice[0]!)
      ),
      expected
    )
  })

  it("are empty where the tree has no such names", () => {
    assert.deepEqual(cut(make([Buffer.from("m")]), ["a", "b", "n", "o"]), [[], ["m"], [], []])
    assert.deepEqual(cut(make([]), ["a", "b"]), [[], []])
  })

  it("leave every node byte for byte as it was", () => {
    const slices = TreeSlices.slice(make(names), [texts[0]!, texts[100]!])
    assert.deepEqual(Buffer.from(slices[1]!), make(names.slice(100)))
  })

  it("are made of a tree that is written in another way", () => {
    const spaced = Buffer.from(JSON.stringify({ nodes: JSON.parse(make(names.slice(0, 9)).toString()).nodes }, null, 1))
    assert.deepEqual(cut(spaced, [texts[0]!, texts[5]!]), [texts.slice(0, 5), texts.slice(5, 9)])
  })
})
