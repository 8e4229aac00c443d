import { createHash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Node } from "../../src/format/Node.ts"
import * as PlainTree from "../../src/format/PlainTree.ts"
import * as Tree from "../../src/format/Tree.ts"
import * as GoJson from "../../src/go/GoJson.ts"
import * as GoQuote from "../../src/go/GoQuote.ts"
import * as GoTime from "../../src/go/GoTime.ts"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as fixture from "../support/fixture.ts"
import * as Nodes from "../support/nodes.ts"
import * as Random from "../support/random.ts"
import * as TestRepository from "../support/TestRepository.ts"

const encode = (nodes: ReadonlyArray<Node>): Buffer => Tree.joinTree(nodes.map(Tree.encodeNode))
const treeOf = (node: string): Buffer => Buffer.from(`{"nodes":[${node}]}\n`)

/** Every tree of the repository that restic has written, as often as a directory has it, with the path it is at. */
const fixtureTrees = Effect.gen(function* () {
  const repository = yield* TestRepository.openFolder(fixture.path, { password: fixture.password })
  const { index } = yield* IndexLoader.load(repository)
  const reader = BlobReader.make(repository, index)
  const trees: Array<{ readonly path: Buffer; readonly snapshot: string; readonly bytes: Buffer }> = []
  const walk = (snapshot: string, id: string, path: Buffer): Effect.Effect<void, unknown> =>
    Effect.gen(function* () {
      const bytes = yield* reader.treeBytes(id)
      trees.push({ path, snapshot, bytes })
      for (const node of Tree.decode(bytes)) {
        if (node.subtree !== undefined) {
          yield* walk(snapshot, node.subtree, Buffer.concat([path, Buffer.from("/"), node.name]))
        }
      }
    })
  for (const [id, { json }] of Object.entries(
    fixture.expected().snapshots as Record<string, { json: { tree: string } }>
  )) {
    yield* walk(id, json.tree, Buffer.alloc(0))
  }
  return trees
})

describe("Tree", () => {
  it.effect("writes every tree of restic's repository again, byte for byte", () =>
    Effect.gen(function* () {
      const trees = yield* fixtureTrees
      expect(trees).toHaveLength(26)
      for (const { bytes } of trees) {
        expect(encode(Tree.decode(bytes)).toString()).toBe(bytes.toString())
        expect(Tree.isReproducible(bytes)).toBe(true)
      }
    })
  )

  it.effect("reads of restic's nodes what restic restored", () =>
    Effect.gen(function* () {
      const { snapshots } = fixture.expected()
      const seen = new Map<string, number>()
      for (const { bytes, path, snapshot } of yield* fixtureTrees) {
        const expected = new Map<string, Record<string, unknown>>(
          snapshots[snapshot].nodes.map((node: { path_b64: string }) => [node.path_b64, node])
        )
        for (const node of Tree.decode(bytes)) {
          const one = expected.get(Buffer.concat([path, Buffer.from("/"), node.name]).toString("base64"))
          expect(one).toBeDefined()
          expect(node.type).toBe(one!.type)
          expect(node.mode).toBe(one!.go_mode)
          expect(GoTime.parse(node.mtime).toString()).toBe(one!.mtime_ns)
          expect(node.uid).toBe(one!.uid)
          if (node.type === "file") expect([node.size, node.content?.length]).toEqual([one!.size, one!.chunks])
          seen.set(snapshot, (seen.get(snapshot) ?? 0) + 1)
        }
      }
      for (const [id, { node_count }] of Object.entries<{ node_count: number }>(snapshots)) {
        expect(seen.get(id)).toBe(node_count)
      }
    })
  )

  it("has restic's id for an empty directory", () => {
    expect(createHash("sha256").update(encode([])).digest("hex")).toBe(
      "ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8"
    )
  })

  it("writes the fields in restic's order and leaves out what is empty", () => {
    const full = Nodes.make("a<b", {
      type: "symlink",
      mode: 134_218_239,
      size: 5,
      linkTarget: "ü\ufffd",
      linkTargetRaw: Buffer.of(0xc3, 0xbc, 0xff),
      extendedAttributes: [
        { name: "user.z", value: Buffer.of(0, 255, 16) },
        { name: "user.a", value: null },
        { name: "user.e", value: Buffer.alloc(0) }
      ],
      genericAttributes: '{"windows.file_attributes":32}',
      device: 259n,
      content: null,
      subtree: "ab".repeat(32),
      error: "e"
    })
    expect(Tree.encodeNode(full)).toBe(
      '{"name":"a\\u003cb","type":"symlink","mode":134218239,"mtime":"2024-02-29T12:34:56.789+01:00",' +
        '"atime":"2024-02-29T12:34:56.789+01:00","ctime":"2024-03-01T00:00:00Z","uid":0,"gid":0,"user":"root",' +
        '"group":"root","inode":1892422,"device_id":65024,"size":5,"links":1,"linktarget":"ü\\ufffd",' +
        '"linktarget_raw":"w7z/","extended_attributes":[{"name":"user.z","value":"AP8Q"},' +
        '{"name":"user.a","value":null},{"name":"user.e","value":""}],' +
        `"generic_attributes":{"windows.file_attributes":32},"device":259,"content":null,"subtree":"${"ab".repeat(32)}",` +
        '"error":"e"}'
    )
    const bare = Nodes.make("n", { mode: 0, user: "", group: "", inode: 0n, deviceId: 0n, links: 0 })
    expect(Tree.encodeNode(bare)).toBe(
      '{"name":"n","type":"file","mtime":"2024-02-29T12:34:56.789+01:00","atime":"2024-02-29T12:34:56.789+01:00",' +
        '"ctime":"2024-03-01T00:00:00Z","uid":0,"gid":0,"content":[]}'
    )
  })

  it("reads back whatever it wrote", () => {
    const random = Random.make(31)
    for (let round = 0; round < 400; round++) {
      const nodes = Array.from({ length: random.number(5) }, () => Nodes.odd(random))
      const bytes = encode(nodes)
      expect(Tree.decode(bytes)).toEqual(
        nodes.map((node) => ({
          quotedName: undefined,
          linkTargetRaw: undefined,
          genericAttributes: undefined,
          ...node
        }))
      )
      expect(Tree.isReproducible(bytes)).toBe(true)
    }
  })

  it("reads plain trees the same way as by JSON", () => {
    const random = Random.make(8)
    let plain = 0
    for (let round = 0; round < 400; round++) {
      const bytes = encode(Array.from({ length: 1 + random.number(3) }, () => Nodes.odd(random)))
      const quickly = PlainTree.read(bytes.toString())
      if (quickly === undefined) continue
      plain += 1
      // A space after the first brace makes it a tree that has to be read as JSON.
      expect(quickly).toEqual(Tree.decode(Buffer.from(`{ ${bytes.toString().slice(1)}`)))
    }
    expect(plain).toBeGreaterThan(20)
    const many = encode([Nodes.make("日本 é", { content: ["ab".repeat(32), "cd".repeat(32)] }), Nodes.make("b")])
    expect(PlainTree.read(many.toString())).toHaveLength(2)
  })

  it("keeps numbers of 64 bits exact", () => {
    const inode = 18_446_744_073_709_551_615n
    const [node] = Tree.decode(
      encode([Nodes.make("a", { inode, deviceId: 9_007_199_254_740_993n, device: 2n ** 63n })])
    )
    expect(node).toMatchObject({ inode, deviceId: 9_007_199_254_740_993n, device: 2n ** 63n })
  })

  it("takes every field but the name and the type as optional, and passes over unknown ones", () => {
    const bytes = treeOf(' {"type":"chardev" ,"later":{"content":1},"name":"z\\\\x41"} ')
    const [node] = Tree.decode(bytes)
    expect(node).toMatchObject({ type: "chardev", device: 0n, content: null, mtime: GoTime.zero, user: "" })
    expect(node?.name.toString()).toBe("zA")
    expect(Tree.isReproducible(bytes)).toBe(false)
    expect(Tree.decode(Buffer.from('{"nodes":null}'))).toEqual([])
  })

  it.each([
    ["an unknown field", (json: string) => json.replace('"uid"', '"later":1,"uid"')],
    ["white space", (json: string) => json.replace('"uid"', ' "uid"')],
    ["no line feed at the end", (json: string) => json.trimEnd()],
    ["another order", (json: string) => json.replace('"uid":0,"gid":0', '"gid":0,"uid":0')],
    [
      "attributes of Windows that are not sorted",
      (json: string) => json.replace('"content"', '"generic_attributes":{"b":1,"a":2},"content"')
    ],
    ["an id in capitals", (json: string) => json.replace("ab", "AB")],
    ["a zero that is left out", (json: string) => json.replace('"links":1', '"links":0')]
  ])("says that a tree with %s would not be the same when written again", (_, change) => {
    const json = encode([Nodes.make("a", { content: ["ab".repeat(32)] })]).toString()
    expect(Tree.isReproducible(Buffer.from(json))).toBe(true)
    expect(change(json)).not.toBe(json)
    expect(Tree.isReproducible(Buffer.from(change(json)))).toBe(false)
  })

  it("keeps a name quoted as another version of Go has quoted it", () => {
    const bytes = Buffer.from(
      encode([Nodes.make("🫨")])
        .toString()
        .replace("🫨", "\\\\U0001fae8")
    )
    const [node] = Tree.decode(bytes)
    expect(node?.name.toString()).toBe("🫨")
    expect(Tree.isReproducible(bytes)).toBe(true)
    const unquoted = Buffer.from(
      encode([Nodes.make("a\u00a0")])
        .toString()
        .replace("\\\\u00a0", "\u00a0")
    )
    expect(unquoted.includes("a\u00a0")).toBe(true)
    expect(Tree.isReproducible(unquoted)).toBe(true)
  })

  it.each(['"', "\\", "<", ">", "&", "\u007f", "\u001f"])(
    "escapes %j in a name that is plain otherwise",
    (character) => {
      const node = Tree.encodeNode(Nodes.make(`a${character}b`))
      expect(node).toContain(`"name":${GoJson.quote(GoQuote.quote(Buffer.from(`a${character}b`)))},`)
      expect(node).not.toContain(`"name":"a${character}b"`)
    }
  )

  it("writes a link's bytes beside its text only where they are no text", () => {
    const link = Nodes.make("l", { type: "symlink", content: null, linkTargetRaw: Buffer.from("zü") })
    expect(Tree.encodeNode(link)).toContain('"linktarget":"zü","content":null')
  })

  it.each([
    ["no JSON", Buffer.from('{"nodes":['), /no JSON/],
    [
      "a line feed in a text",
      Buffer.from(
        encode([Nodes.make("a")])
          .toString()
          .replace("root", "ro\not")
      ),
      /no JSON/
    ],
    ["no object", Buffer.from("[]"), /no list of nodes/],
    ["nodes that are no list", Buffer.from('{"nodes":{}}'), /no list of nodes/],
    ["a node that is no object", treeOf("null"), /node 1 is no object/],
    ["a name with a bare quotation mark", treeOf('{"name":"a\\"b","type":"file"}'), /a\\"b.*name is unreadable/],
    ["a name that is a number", treeOf('{"name":1,"type":"file"}'), /node 1: its name is no text/],
    ["a time that is none", treeOf('{"name":"bad","type":"file","mtime":"2024-02-30T00:00:00Z"}'), /"bad": its mtime/],
    ["a plain node with a time that is none", encode([Nodes.make("bad", { atime: "soon" })]), /"bad": its atime/],
    ["a mode that is too large", encode([Nodes.make("bad", { mode: 2 ** 32 })]), /"bad": its mode/],
    ["a size below zero", treeOf('{"name":"bad","type":"file","size":-1}'), /"bad": its size/],
    ["an inode with a fraction", treeOf('{"name":"bad","type":"file","inode":1.5}'), /"bad": its inode/],
    ["an inode of more than 64 bits", treeOf(`{"name":"bad","inode":${2n ** 64n}}`), /"bad": its inode/],
    [
      "content that is no id",
      treeOf('{"name":"bad","type":"file","content":["../x"]}'),
      /"bad": a part of its content/
    ],
    ["a subtree that is no id", treeOf('{"name":"bad","type":"dir","subtree":"abc"}'), /"bad": its subtree/],
    [
      "attributes that are no list",
      treeOf('{"name":"bad","extended_attributes":{}}'),
      /"bad": its extended_attributes/
    ],
    [
      "nesting without end",
      treeOf(`{"name":"bad","generic_attributes":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`),
      /"bad"/
    ]
  ])("refuses a tree with %s", (_, bytes, message) => {
    expect(() => Tree.decode(bytes)).toThrow(Tree.TreeError)
    expect(() => Tree.decode(bytes)).toThrow(message)
  })

  it("never fails in another way, whatever the bytes are", () => {
    const random = Random.make(77)
    const good = encode([Nodes.odd(random), Nodes.odd(random), Nodes.make("file", { content: ["ab".repeat(32)] })])
    for (let round = 0; round < 3000; round++) {
      const bad = Buffer.from(good)
      for (let change = 0; change <= random.number(3); change++) bad[random.number(bad.length)] = random.number(256)
      const cut = bad.subarray(0, random.number(4) === 0 ? random.number(bad.length) : bad.length)
      for (const read of [Tree.decode, Tree.decodeLinks]) {
        try {
          read(cut)
        } catch (error) {
          expect(error).toBeInstanceOf(Tree.TreeError)
        }
      }
    }
  })

  it("puts names in the order of their bytes", () => {
    const names = ["日", "a", "Z", " ", "\u{1f600}", "\uffff", "ab"].map((name) => Buffer.from(name))
    expect(names.sort(Tree.compareNames).map(String)).toEqual([" ", "Z", "a", "ab", "日", "\uffff", "\u{1f600}"])
  })
})
