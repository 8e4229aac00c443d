import { assert, describe, it } from "@effect/vitest"
import { isInside, isSame, nowhere, ofPath, overlap } from "../../src/contract/PlaceIdentity.ts"

describe("PlaceIdentity", () => {
  const photos = ofPath("b2:1", "bucket/photos")

  it("is the way from the whole account to the place", () => {
    const names = (path: string) => ofPath("b2:1", path).ways.map((way) => way.map(({ name }) => name))
    assert.deepStrictEqual(names("bucket/photos/2024"), [["", "bucket", "photos", "2024"]])
    assert.deepStrictEqual(names(""), [[""]])
  })

  it("tells what lies inside what by whole segments", () => {
    assert.isTrue(isInside(ofPath("b2:1", "bucket/photos/2024/may"), photos))
    assert.isTrue(isInside(photos, photos))
    assert.isTrue(isInside(photos, ofPath("b2:1", "")))
    assert.isFalse(isInside(photos, ofPath("b2:1", "bucket/photos/2024")))
    assert.isFalse(overlap(photos, ofPath("b2:1", "bucket/photos2")))
  })

  it("goes by the names of what was not there yet, and by nothing but ids where both have one", () => {
    const at = (...steps: ReadonlyArray<readonly [name: string, id?: string]>) => ({
      account: "local",
      ways: [steps.map(([name, id]) => (id === undefined ? { name } : { name, id }))]
    })
    const before = at(["", "1"], ["a", "2"], ["b"], ["c"])
    const after = at(["", "1"], ["a", "2"], ["b", "3"], ["c", "4"])
    assert.isTrue(isSame(before, after))
    assert.isTrue(isSame(after, before))
    assert.isTrue(isInside(at(["", "1"], ["a", "2"], ["b", "3"], ["c", "4"], ["d"]), before))
    assert.isTrue(isSame(after, at(["", "1"], ["other", "9"], ["mounted", "4"])))
    assert.isFalse(isSame(after, at(["", "1"], ["a", "2"], ["b", "3"], ["c", "5"])))
    assert.isFalse(isSame(before, at(["", "1"], ["a", "7"], ["b"], ["c"])))
  })

  it("takes equal paths of two accounts for two places, and nowhere for no place at all", () => {
    assert.isTrue(isSame(photos, ofPath("b2:1", "bucket/photos")))
    assert.isFalse(isSame(photos, ofPath("b2:2", "bucket/photos")))
    assert.isFalse(isSame(nowhere, nowhere))
    assert.isFalse(overlap(nowhere, nowhere))
  })
})
