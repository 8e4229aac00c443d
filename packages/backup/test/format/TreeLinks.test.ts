import { describe, expect, it } from "@effect/vitest"
import type { Node } from "../../src/format/Node.ts"
import * as Tree from "../../src/format/Tree.ts"
import * as TreeLinks from "../../src/format/TreeLinks.ts"
import * as Nodes from "../support/nodes.ts"
import * as Random from "../support/random.ts"

const encode = (nodes: ReadonlyArray<Node>): Buffer => Tree.joinTree(nodes.map(Tree.encodeNode))

const linksOf = (nodes: ReadonlyArray<Node>) => ({
  content: nodes.flatMap((node) => node.content ?? []).join(""),
  subtrees: nodes.flatMap((node) => node.subtree ?? []).join("")
})

const scanned = (bytes: Buffer) => {
  const links = Tree.decodeLinks(bytes)
  return { content: links.content.toString("hex"), subtrees: links.subtrees.toString("hex") }
}

const one = "1a".repeat(32)
const two = "2b".repeat(32)

describe("TreeLinks", () => {
  it("finds the same ids as reading the whole tree, whatever the names are", () => {
    const random = Random.make(123)
    for (let round = 0; round < 1000; round++) {
      const nodes = Array.from({ length: random.number(6) }, () => Nodes.odd(random))
      expect(scanned(encode(nodes))).toEqual(linksOf(nodes))
    }
  })

  it.each([
    '"subtree":"',
    `","subtree":"${one}`,
    `"content":["${one}"]`,
    `x"},{"name":"y","content":["${one}"],"subtree":"${one}"`,
    "subtree",
    "content",
    'content"',
    '"content',
    "\\",
    'a\\"content\\":null'
  ])("is not deceived by a file, a link or an owner called %j", (text) => {
    const nodes = [
      Nodes.make(text, { content: [two], user: text, linkTarget: text, error: text }),
      Nodes.directory(text, two, { extendedAttributes: [{ name: text, value: null }] })
    ]
    expect(scanned(encode(nodes))).toEqual({ content: two, subtrees: two })
  })

  it("needs no JSON for what restic writes", () => {
    const bytes = encode([Nodes.directory("a", one), Nodes.make("b", { content: [one, two] }), Nodes.make("c")])
    expect(TreeLinks.scan(bytes)).toEqual({
      content: Buffer.from(one + two, "hex"),
      subtrees: Buffer.from(one, "hex")
    })
  })

  it.each([
    ["white space", (json: string) => json.replaceAll(":", " : ")],
    ["capitals", (json: string) => json.replaceAll(one, one.toUpperCase())],
    ["no content", (json: string) => json.replace('"content":null,', "")],
    [
      "the fields in another order",
      (json: string) => json.replace(`"content":null,"subtree":"${one}"`, `"subtree":"${one}","content":null`)
    ],
    ["no line feed at the end", (json: string) => json.trimEnd()]
  ])("finds what a tree with %s names", (_, change) => {
    const nodes = [
      Nodes.directory("a", one, { mtime: "2024-01-01T00:00:00Z" }),
      Nodes.make("b", { content: [two, one] })
    ]
    const plain = nodes.map((node) => ({ ...node, mtime: "", atime: "", ctime: "" }))
    const json = change(
      encode(plain)
        .toString()
        .replaceAll(/"[mac]time":"",/g, "")
    )
    expect(scanned(Buffer.from(json))).toEqual({ content: two + one, subtrees: one })
  })

  it.each(["", "{}x", '{"nodes":[', '{"nodes":[{"name":"a","content":["zz"]}]}\n', '{"nodes":[{"subtree":"12"}]}\n'])(
    "refuses %j",
    (json) => {
      expect(() => Tree.decodeLinks(Buffer.from(json))).toThrow(Tree.TreeError)
    }
  )
})
