import { describe, expect, it } from "@effect/vitest"
import * as Suggestion from "../../src/configuration/Suggestion.ts"

describe("Suggestion", () => {
  it.each([
    ["photo", "photos"],
    ["phtoos", "photos"],
    ["phatus", "photos"],
    ["PHOTOS", "photos"],
    ["hpotos", "photos"],
    ["bakcup", "backup"],
    ["b3", "b2"],
    ["2b", "b2"]
  ])("%j was meant to be %j", (typed, meant) => {
    expect(Suggestion.nearest(typed, ["backup", "photos", "b2"])).toBe(meant)
  })

  it("says nothing when no word is near", () => {
    expect(Suggestion.nearest("music", ["backup", "photos"])).toBeUndefined()
    expect(Suggestion.nearest("fotus", ["photos"])).toBeUndefined()
    expect(Suggestion.nearest("nosuch", ["touch"])).toBeUndefined()
    expect(Suggestion.didYouMean("music", [])).toBe("")
    expect(Suggestion.didYouMean("photo", ["photos"])).toBe('; did you mean "photos"?')
  })
})
