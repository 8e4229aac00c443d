import { assert, describe, it } from "@effect/vitest"
import { bucketRefusal, encode, fileRefusal } from "@ourclone/provider-b2/api/B2Names"

describe("B2Names", () => {
  it("codes names as B2 publishes it, and leaves plain ones alone", () => {
    assert.strictEqual(encode("photos/2024/IMG_0001.jpg"), "photos/2024/IMG_0001.jpg")
    assert.strictEqual(encode("dir/name with space+plus,&é.txt"), "dir/name%20with%20space%2Bplus%2C%26%C3%A9.txt")
    assert.strictEqual(encode("100% #1?.txt"), "100%25%20%231%3F.txt")
    assert.strictEqual(decodeURIComponent(encode("日本/😀~!$'()*;=:@[]")), "日本/😀~!$'()*;=:@[]")
  })

  it("refuses bucket names that B2 would refuse, and says why", () => {
    for (const name of ["abcdef", "My-Bucket.2024", "a".repeat(63), "b2-snapshots-0123"]) {
      assert.isUndefined(bucketRefusal(name), name)
    }
    assert.include(bucketRefusal("short") ?? "", "6 to 63")
    assert.include(bucketRefusal("a".repeat(64)) ?? "", "64")
    for (const name of ["under_score", "-leading", "trailing-", "two..dots", "spa ces", "ümläut"]) {
      assert.include(bucketRefusal(name) ?? "", "letters, digits", name)
    }
    assert.include(bucketRefusal("b2-photos") ?? "", "Backblaze")
  })

  it("refuses file names that B2 would refuse, counting bytes and not characters", () => {
    assert.isUndefined(fileRefusal("a".repeat(1024)))
    assert.isDefined(fileRefusal("a".repeat(1025)))
    assert.isUndefined(fileRefusal("é".repeat(512)))
    assert.include(fileRefusal("é".repeat(513)) ?? "", "1026")
    for (const name of ["", "a\tb", "a\u007fb", "a\nb"]) assert.isDefined(fileRefusal(name), JSON.stringify(name))
  })
})
