import { assert, describe, it } from "@effect/vitest"
import * as RemotePath from "@ourclone/core/contract/RemotePath"

describe("RemotePath", () => {
  it("orders by UTF-8 bytes, as B2 does and as JavaScript does not", () => {
    const names = ["a", "a-b", "a.txt", "a/b", "A", "é", "～", "😀", "z", "a/b/c", "", "\ue000", "😀/x", "ab"]
    const byBytes = [...names].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    assert.deepStrictEqual([...names].sort(RemotePath.compare), byBytes)
    assert.notDeepEqual([...names].sort(), byBytes)
  })

  it("refuses what could leave the root or name nothing", () => {
    for (const path of ["/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "\ud83d", "a\0b", "a\nb", "a\u007fb"]) {
      assert.isString(RemotePath.refusal(path), JSON.stringify(path))
    }
  })

  it("takes every other name as it is", () => {
    for (const path of ["", "a", "...", "a/...", ".a", "a.", "..a", "a b", "e\u0301", "é", "C:\\x", "a␊b"]) {
      assert.isUndefined(RemotePath.refusal(path), JSON.stringify(path))
    }
  })

  it("knows what lies within a directory", () => {
    assert.isTrue(RemotePath.isWithin("a/b", "a"))
    assert.isTrue(RemotePath.isWithin("a", "a"))
    assert.isTrue(RemotePath.isWithin("a", ""))
    assert.isFalse(RemotePath.isWithin("ab", "a"))
  })
})
