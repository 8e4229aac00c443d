import { assert, describe, it } from "@effect/vitest"
import * as GlobPattern from "@ourclone/core/filter/GlobPattern"
import { Result } from "effect"

const matches = (glob: string, path: string) =>
  Result.getOrThrow(GlobPattern.make(glob, { ignoreCase: false })).matches(path)

/** A number below `below`, the same ones in every run. */
const chooser = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

describe("GlobPattern", () => {
  it("matches the same with and without regard to case where everything is in lower case, by name, *, ** and lists", () => {
    const choose = chooser(7)
    const pick = <A>(list: ReadonlyArray<A>): A => list[choose(list.length)]!
    const some = (most: number, make: () => string) => Array.from({ length: choose(most + 1) }, make).join("")
    const names = ["a", "b", "ab", "a/b", "/", "*", "*", "{a,b}", "{a,}", "{,b/a}", "{*,a}", "\\*", "\\{", "."]
    const seen = { refused: 0, matched: 0, covered: 0 }
    for (let index = 0; index < 4000; index++) {
      const glob = `${pick(["", "", "/"])}${some(3, () => pick(names))}${pick(["", "", "", "**", "/**", "/"])}`
      const paths = Array.from({ length: 8 }, () => some(7, () => pick(["a", "b", "/", "*", "{", "ab", "."])))
      const exact = GlobPattern.make(glob, { ignoreCase: false })
      const folded = GlobPattern.make(glob, { ignoreCase: true })
      assert.strictEqual(Result.isFailure(exact), Result.isFailure(folded), glob)
      if (Result.isFailure(exact) || Result.isFailure(folded)) {
        seen.refused++
        continue
      }
      for (const path of paths) {
        const isMatch = exact.success.matches(path)
        assert.strictEqual(isMatch, folded.success.matches(path), `"${glob}" and "${path}"`)
        const below = `${path}/`
        const covers = exact.success.coversAllBelow(below)
        assert.strictEqual(covers, folded.success.coversAllBelow(below), `"${glob}" and all below "${path}"`)
        assert.strictEqual(
          exact.success.mayMatchBelow(below),
          folded.success.mayMatchBelow(below),
          `"${glob}" and something below "${path}"`
        )
        seen.matched += isMatch ? 1 : 0
        seen.covered += covers ? 1 : 0
      }
    }
    for (const [what, count] of Object.entries(seen)) assert.isAbove(count, 50, what)
  })

  it("decides on a name of 5,000 letters by patterns that would keep a search by trial and error for ever", () => {
    const letters = "a".repeat(5000)
    for (const glob of [
      "{{(a+)+b}}",
      "{{(a|a)*b}}",
      "{{(a*)*(a*)*b}}",
      "{{.*(a?){50}a{50}b}}",
      "*a*a*a*a*a*a*a*a*a*a*b",
      "*a*a*a*a*a*a*a*a*a*[b]",
      "/**a**a**a**a**a**a**b",
      "{a,aa}*{a,aa}*{a,aa}*{a,aa}*{a,aa}*b"
    ]) {
      assert.isFalse(matches(glob, letters), glob)
      assert.isTrue(matches(glob, `${letters}b`), glob)
    }
  })
})
