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
})
