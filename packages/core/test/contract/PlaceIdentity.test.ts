import { assert, describe, it } from "@effect/vitest"
import { isInside, isSame, nowhere, ofPath, overlap } from "../../src/contract/PlaceIdentity.ts"

describe("PlaceIdentity", () => {
  const photos = ofPath("b2:1", "bucket/photos")

  it("is a place and each place around it, the outermost last", () => {
    assert.deepStrictEqual(ofPath("b2:1", "bucket/photos/2024").ids, [
      "bucket/photos/2024",
      "bucket/photos",
      "bucket",
      ""
    ])
    assert.deepStrictEqual(ofPath("b2:1", "").ids, [""])
  })

  it("tells what lies inside what by whole segments", () => {
    assert.isTrue(isInside(ofPath("b2:1", "bucket/photos/2024/may"), photos))
    assert.isTrue(isInside(photos, photos))
    assert.isTrue(isInside(photos, ofPath("b2:1", "")))
    assert.isFalse(isInside(photos, ofPath("b2:1", "bucket/photos/2024")))
    assert.isFalse(overlap(photos, ofPath("b2:1", "bucket/photos2")))
  })

  it("takes equal paths of two accounts for two places, and nowhere for no place at all", () => {
    assert.isTrue(isSame(photos, ofPath("b2:1", "bucket/photos")))
    assert.isFalse(isSame(photos, ofPath("b2:2", "bucket/photos")))
    assert.isFalse(isSame(nowhere, nowhere))
    assert.isFalse(overlap(nowhere, nowhere))
  })
})
