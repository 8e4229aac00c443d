import { assert, describe, it } from "@effect/vitest"
import { refusal } from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"

/** Names as rclone 1.60 shows them, `rclone lsf` of a local folder, and stores them in B2. */
const asRclone: ReadonlyArray<readonly [string, string]> = [
  ["Icon\r", "Icon␍"],
  ["a\u007fb", "a␡b"],
  ["line\nline", "line␊line"],
  ["real␍", "real‛␍"],
  ["‛\r", "‛‛␍"],
  ["lit‛E9", "lit‛‛E9"],
  ["a／b", "a／b"],
  ["．", "．"],
  ["␀", "␀"],
  ["back\\slash", "back\\slash"]
]

const bytesOf = (...parts: ReadonlyArray<string | number>) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))))

/** The same numbers at every run. */
const numbers = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const pieces = [
  "‛",
  "‛",
  "␍",
  "\r",
  "E9",
  "C3",
  "A9",
  "4",
  "e9",
  "é",
  "␡",
  "\u007f",
  ".",
  "/",
  "\udce9",
  "\udcc3",
  "\udca9",
  "x",
  "😀"
]

const randomName = (below: (most: number) => number, from: ReadonlyArray<string>) =>
  Array.from({ length: 1 + below(8) }, () => from[below(from.length)]).join("")

describe("Spelling.unicode", () => {
  it("spells control characters, and leaves what looks like a byte as it is", () => {
    for (const [name, path] of [
      ["Icon\r", "Icon␍"],
      ["real␍", "real‛␍"],
      ["‛\r", "‛‛␍"],
      ["caf‛E9", "caf‛E9"],
      ["lit‛‛E9", "lit‛‛E9"]
    ] as const) {
      assert.strictEqual(Spelling.unicode.toPath(name), path)
      assert.strictEqual(Spelling.unicode.toName(path), name)
    }
  })

  it("gives every name and every path back", () => {
    const below = numbers(11)
    const whole = pieces.filter((piece) => piece.isWellFormed())
    for (let count = 0; count < 5000; count++) {
      const name = randomName(below, whole)
      assert.strictEqual(Spelling.unicode.toName(Spelling.unicode.toPath(name)), name)
      const path = randomName(
        below,
        whole.filter((piece) => !/[\r\u007f]/.test(piece))
      )
      assert.strictEqual(Spelling.unicode.toPath(Spelling.unicode.toName(path)), path)
    }
  })
})

describe("Spelling.characters", () => {
  it("spells names of a disk as rclone does", () => {
    for (const [name, path] of asRclone) {
      assert.strictEqual(Spelling.characters.toPath(name), path)
      assert.strictEqual(Spelling.characters.toName(path), name)
    }
    const path = Spelling.characters.toPath(Spelling.ofBytes(bytesOf("caf", 0xe9, 0xe8)))
    assert.strictEqual(path, "caf‛E9‛E8")
  })

  it("gives every character back, alone, quoted and between others", () => {
    for (let code = 1; code <= 0x10ffff; code++) {
      if ((code >= 0xd800 && code <= 0xdfff) || code === 0x2f) continue
      const character = String.fromCodePoint(code)
      const name = code % 3 === 0 ? character : code % 3 === 1 ? `‛${character}` : `a${character}‛‛${character}E9`
      const path = Spelling.characters.toPath(name)
      if (refusal(path) !== undefined && !/^\.{1,2}$/.test(path)) assert.fail(`${code.toString(16)}: ${refusal(path)}`)
      if (Spelling.characters.toName(path) !== name) assert.fail(code.toString(16))
    }
  })

  it("gives all bytes back, and tells no two names apart by nothing", () => {
    const below = numbers(9)
    const seen = new Map<string, string>()
    for (let run = 0; run < 50_000; run++) {
      const bytes = Buffer.from(
        Array.from(
          { length: 1 + below(6) },
          () => [0x80 + below(128), 1 + below(126), 0xc3, 0xa9, 0xe2, 0x9b][below(6)]!
        )
      )
      const name = Spelling.ofBytes(bytes)
      const path = Spelling.characters.toPath(name)
      assert.isTrue(path.isWellFormed())
      assert.isTrue(Spelling.isFaithful(name))
      assert.deepStrictEqual(Spelling.toBytes(Spelling.characters.toName(path)), bytes, bytes.toString("hex"))
      assert.strictEqual(seen.get(path) ?? bytes.toString("hex"), bytes.toString("hex"))
      seen.set(path, bytes.toString("hex"))
    }
  })

  it("is one to one both ways for what looks like spellings", () => {
    const below = numbers(1)
    for (let run = 0; run < 100_000; run++) {
      const text = randomName(below, pieces)
      assert.strictEqual(Spelling.characters.toName(Spelling.characters.toPath(text)), text, JSON.stringify(text))
      const path = text.replaceAll(/[\r\u007f\udc80-\udcff]/gu, "‛")
      assert.strictEqual(Spelling.characters.toPath(Spelling.characters.toName(path)), path, JSON.stringify(path))
    }
  })

  it("says of bytes that together are a character that they would not come back", () => {
    assert.isFalse(Spelling.isFaithful(Spelling.characters.toName("‛C3‛A9")))
    assert.isFalse(Spelling.isFaithful(Spelling.characters.toName("x‛E9‛EF‛BF‛BD")))
    assert.isTrue(Spelling.isFaithful(Spelling.characters.toName("‛C3x‛A9")))
    assert.isTrue(Spelling.isFaithful(Spelling.characters.toName("‛‛C3‛‛A9")))
  })
})

describe("Spelling.segments", () => {
  it("calls a name plain exactly where it is a path as it is", () => {
    const below = numbers(7)
    const names = ["", "/", "a", "a/b", ...Array.from({ length: 20_000 }, () => randomName(below, pieces))]
    for (const name of names) {
      const isPath = Spelling.segments.toPath(name) === name && refusal(name) === undefined
      assert.strictEqual(Spelling.isPlain(name), isPath, JSON.stringify(name))
    }
    assert.isTrue(names.some(Spelling.isPlain))
  })

  it("makes a path of every name of a service that has no folders", () => {
    const cases = [
      ["x//y", "x/‛/y"],
      ["/lead", "‛/lead"],
      ["d/", "d/‛"],
      ["e/./f", "e/‛./f"],
      ["../../up", "‛../‛../up"],
      ["///", "‛/‛/‛/‛"],
      ["‛/a‛/‛a", "‛‛/a‛/‛a"],
      [".../.a", ".../.a"]
    ] as const
    for (const [name, path] of cases) {
      assert.strictEqual(Spelling.segments.toPath(name), path)
      assert.strictEqual(Spelling.segments.toName(path), name)
      assert.isUndefined(refusal(path))
    }
  })

  it("is one to one both ways", () => {
    const below = numbers(2)
    for (let run = 0; run < 100_000; run++) {
      const name = randomName(below, ["/", "/", ".", "‛", "a"])
      const path = Spelling.segments.toPath(name)
      assert.isUndefined(refusal(path), JSON.stringify(name))
      assert.strictEqual(Spelling.segments.toName(path), name, JSON.stringify(name))
      if (refusal(name) === undefined)
        assert.strictEqual(Spelling.segments.toPath(Spelling.segments.toName(name)), name)
    }
  })
})

describe("Spelling.ofTyped", () => {
  it("takes a name that a shell has completed, and a path that a listing has shown", () => {
    assert.strictEqual(Spelling.ofTyped("Icon\r"), "Icon␍")
    assert.strictEqual(Spelling.ofTyped("Icon␍"), "Icon␍")
  })
})
