import * as PathPattern from "@ourclone/backup/choose/PathPattern"
import { assert, describe, it } from "vitest"

const matching = (pattern: string, paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { matches } = PathPattern.parse(pattern)
  return paths.filter(matches)
}

/** Pattern, what it matches, what it does not: as restic's documentation and its own tests have them. */
const table: ReadonlyArray<readonly [string, ReadonlyArray<string>, ReadonlyArray<string>]> = [
  ["*.go", ["/foo/bar/test.go", "/test.go", "/a.go/below"], ["/foo/bar/test.c", "/foo.gox"]],
  ["test.*", ["/a/test.x"], ["/a/atest.x"]],
  ["foo", ["/foo", "/x/foo", "/x/foo/y/z"], ["/foox", "/xfoo", "/Foo"]],
  ["foo/", ["/x/foo/y"], ["/x/food"]],
  ["foo/bar", ["/foo/bar", "/x/foo/bar/baz"], ["/foo/x/bar", "/bar/foo"]],
  ["*/bar", ["/foo/bar", "/x/foo/bar"], ["/bar", "/foo"]],
  ["/foo", ["/foo", "/foo/bar"], ["/x/foo", "/food"]],
  ["/foo/*/x", ["/foo/a/x", "/foo/a/x/below"], ["/foo/x", "/foo/a/b/x", "/y/foo/a/x"]],
  ["/", ["/", "/anything/at/all"], []],
  ["foo/**/bar", ["/foo/bar", "/foo/a/bar", "/z/foo/a/b/c/bar/d"], ["/foo", "/bar/foo"]],
  ["/foo/**/bar", ["/foo/bar", "/foo/a/b/bar"], ["/x/foo/bar"]],
  ["/foo/**", ["/foo", "/foo/bar"], ["/bar/foo"]],
  ["**/bar", ["/bar", "/a/b/bar/c"], ["/barn"]],
  ["**", ["/a", "/a/b"], []],
  ["foo/**/bar/**/x", ["/foo/bar/x", "/foo/1/bar/2/3/x"], ["/foo/x/bar"]],
  ["fo**", ["/foo", "/x/fo"], ["/f/oo"]],
  ["?", ["/a", "/ü", "/𝄞", "/aa/b"], ["/ab"]],
  ["[a-c]x", ["/ax", "/cx"], ["/dx", "/x"]],
  ["[^a-c]x", ["/dx", "/ßx"], ["/ax", "/x"]],
  ["[c-a]x", [], ["/ax", "/bx"]],
  ["[!a]x", ["/!x", "/ax"], ["/bx"]],
  ["[\\]a]x", ["/]x", "/ax"], ["/bx"]],
  ["a[+-9]b", ["/a,b", "/a5b"], ["/a/b"]],
  ["\\*", ["/*"], ["/a"]],
  ["a.b", ["/a.b"], ["/axb"]],
  ["a+(b)|{c}$", ["/a+(b)|{c}$"], ["/aab"]],
  ["-x", ["/-x"], ["/x"]],
  ["]", ["/]"], ["/["]],
  ["./foo//bar/../baz", ["/foo/baz"], ["/foo/bar"]],
  ["a\nb", ["/a\nb"], ["/a"]],
  ["a*", ["/a\nb"], []]
]

describe("PathPattern", () => {
  it.each(table)("%s matches what restic's does", (pattern, yes, no) => {
    assert.deepEqual(matching(pattern, [...yes, ...no]), yes)
  })

  it.each(["[", "[a", "[]a]", "[-a]", "[a-]", "a\\", "[a/b]", "[\\"])("refuses %s", (pattern) => {
    assert.throws(() => PathPattern.parse(pattern), PathPattern.PatternError)
  })

  it.each([
    ["/a/b/c", ["/", "/a", "/a/b", "/a/b/c", "/a/b/c/d"], ["/b", "/a/c", "/ab"]],
    ["/a/*/c", ["/a", "/a/x", "/a/x/c/d"], ["/b", "/a/x/d"]],
    ["/a/**/c", ["/", "/a", "/a/x/y/z"], ["/b"]],
    ["/**/c", ["/", "/x/y"], []],
    ["b/c", ["/", "/x", "/b/d"], []],
    ["/", ["/", "/x"], []]
  ] as const)("%s may match below what leads to it and nowhere else", (pattern, yes, no) => {
    assert.deepEqual([...yes, ...no].filter(PathPattern.parse(pattern).mayMatchBelow), [...yes])
  })

  it("takes a byte that is not UTF-8 for one character", () => {
    const path = Buffer.from([0x2f, 0xe9, 0x74, 0x2f, 0xc3, 0xa9])
    assert.isTrue(PathPattern.parse("?t").matches(PathPattern.textOf(path)))
    assert.isTrue(PathPattern.parse("*/é").matches(PathPattern.textOf(path)))
    assert.isFalse(PathPattern.parse("ét").matches(PathPattern.textOf(path)))
    const same = PathPattern.parse(PathPattern.textOf(Buffer.from([0xe9, 0x74])))
    assert.isTrue(same.matches(PathPattern.textOf(path)))
    assert.isFalse(same.matches(PathPattern.textOf(Buffer.from([0x2f, 0xe8, 0x74]))))
  })

  it("takes any number of stars for any texts, as a comparison character by character does", () => {
    const isMatch = (pattern: string, name: string): boolean => {
      if (pattern === "") return name === ""
      if (pattern[0] === "*") return isMatch(pattern.slice(1), name) || (name !== "" && isMatch(pattern, name.slice(1)))
      return name !== "" && (pattern[0] === "?" || pattern[0] === name[0]) && isMatch(pattern.slice(1), name.slice(1))
    }
    const texts = (letters: string, length: number): ReadonlyArray<string> =>
      length === 0
        ? [""]
        : texts(letters, length - 1).flatMap((text) => [...letters].map((letter) => `${text}${letter}`))
    const names = [1, 2, 3, 4, 5].flatMap((length) => texts("ab", length))
    let matched = 0
    // "**" alone is another thing, and so is a pattern that is empty.
    for (const pattern of texts("ab*?", 5).filter((text) => !/^\*+$/.test(text))) {
      const { matches } = PathPattern.parse(`/${pattern}`)
      for (const name of names) {
        const expected = isMatch(pattern, name)
        if (matches(`/${name}`) !== expected) assert.fail(`"${pattern}" and "${name}": ${expected} is right`)
        matched += expected ? 1 : 0
      }
    }
    assert.isAbove(matched, 1000)
  })

  it("decides on a name of 5,000 letters by patterns that would keep a search by trial and error for ever", () => {
    const letters = "a".repeat(5000)
    for (const pattern of ["*a*a*a*a*a*a*a*a*b", "*a*?*[a]*a?a*a*a*a*b", "/x/*a*a*a*a*a*a*a*a*a*b/y"]) {
      const [before, after] = pattern.startsWith("/") ? ["/x/", "/y"] : ["/", ""]
      const { matches } = PathPattern.parse(pattern)
      assert.isFalse(matches(`${before}${letters}${after}`), pattern)
      assert.isTrue(matches(`${before}${letters}b${after}`), pattern)
    }
  })
})
