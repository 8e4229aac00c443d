import { assert, describe, it } from "@effect/vitest"
import { makeUnsafe, parent } from "@ourclone/core/contract/RemotePath"
import * as Filter from "@ourclone/core/filter/Filter"
import { Result } from "effect"
import {
  files,
  type GlobCase,
  globCases,
  ignoreCaseCases,
  refusedHere,
  refusedPatterns,
  ruleCases,
  sizes
} from "./filterCases.ts"

const make = (options: Filter.FilterOptions) => Result.getOrThrow(Filter.make(options))

const failure = (options: Filter.FilterOptions) =>
  Result.match(Filter.make(options), { onFailure: (error) => error.message, onSuccess: () => "no failure" })

const passing = (filter: Filter.Filter, names: ReadonlyArray<string> = files) =>
  names.filter((name) => filter.includes({ path: makeUnsafe(name), size: sizes[name] ?? 0, modifiedAt: 0 }))

/** The directories above a path, which a listing must not pass over. */
const above = (path: string): Array<string> =>
  path === "" ? [] : [parent(makeUnsafe(path)), ...above(parent(makeUnsafe(path)))]

const assertReachable = (filter: Filter.Filter, names: ReadonlyArray<string>) => {
  for (const name of names) {
    for (const directory of above(name))
      assert.isTrue(filter.mayContain(makeUnsafe(directory)), `${directory} of ${name}`)
  }
}

const globTest = ({ matches, pattern }: GlobCase, ignoreCase: boolean) =>
  it(`"${pattern}"${ignoreCase ? " without regard to case" : ""} matches ${matches.length} of ${files.length} files`, () => {
    const only = make({ filter: [`+ ${pattern}`, "- *"], ignoreCase })
    assert.deepStrictEqual(
      passing(only),
      files.filter((file) => matches.includes(file))
    )
    assertReachable(only, passing(only))
    if (pattern.endsWith("/")) return
    const others = make({ filter: [`- ${pattern}`], ignoreCase })
    assert.deepStrictEqual(
      passing(others),
      files.filter((file) => !matches.includes(file))
    )
    assertReachable(others, passing(others))
  })

describe("Filter patterns", () => {
  for (const globCase of globCases) globTest(globCase, false)
  for (const globCase of ignoreCaseCases) globTest(globCase, true)

  for (const pattern of [...refusedPatterns, ...refusedHere]) {
    it(`"${pattern}" is refused by name`, () => {
      assert.match(failure({ exclude: [pattern] }), /^exclude ".*": .+/)
      assert.include(failure({ exclude: [pattern] }), pattern)
    })
  }
})

describe("Filter rules", () => {
  for (const { options, passes } of ruleCases) {
    it(`${JSON.stringify(options)} lets ${passes.length} files pass`, () => {
      const filter = make(options)
      assert.deepStrictEqual(
        passing(filter),
        files.filter((file) => passes.includes(file))
      )
      assertReachable(filter, passing(filter))
    })
  }

  it("lets a listing pass over directories that nothing can match below", () => {
    const pruned = (options: Filter.FilterOptions, ...directories: ReadonlyArray<string>) =>
      directories.filter((directory) => !make(options).mayContain(makeUnsafe(directory)))
    const all = ["", "a", "a/b", "a/b/c", "ab", "b"]
    assert.deepStrictEqual(pruned({}, ...all), [])
    assert.deepStrictEqual(pruned({ exclude: ["*.jpg", "/a"] }, ...all), [])
    assert.deepStrictEqual(pruned({ exclude: ["/a/"] }, ...all), ["a", "a/b", "a/b/c"])
    assert.deepStrictEqual(pruned({ exclude: ["b/**"] }, ...all), ["a/b", "a/b/c", "b"])
    assert.deepStrictEqual(pruned({ exclude: ["/a/*"] }, ...all), [])
    assert.deepStrictEqual(pruned({ include: ["/a/*.jpg"] }, ...all), ["a/b", "a/b/c", "ab", "b"])
    assert.deepStrictEqual(pruned({ include: ["/a/b/**"] }, ...all), ["ab", "b"])
    assert.deepStrictEqual(pruned({ include: ["/*.jpg"] }, ...all), ["a", "a/b", "a/b/c", "ab", "b"])
    assert.deepStrictEqual(pruned({ include: ["/a**"] }, ...all), ["b"])
    assert.deepStrictEqual(pruned({ include: ["/{ab,b}/**"] }, ...all), ["a", "a/b", "a/b/c"])
    assert.deepStrictEqual(pruned({ include: ["*.jpg"] }, ...all), [])
    assert.deepStrictEqual(pruned({ filter: ["+ /a/b/*", "- /a/**"] }, ...all), ["a/b/c"])
    assert.deepStrictEqual(pruned({ filesFrom: ["a/b/x"] }, ...all), ["a/b/c", "ab", "b"])
    assert.deepStrictEqual(pruned({ include: ["A/**"], ignoreCase: true }, ...all), [])
  })

  it("never passes over a directory that holds a file it lets through, whatever the rules", () => {
    const patterns = [...globCases, ...ignoreCaseCases].map(({ pattern }) => pattern)
    for (let index = 0; index < 4000; index++) {
      const rule = (step: number) =>
        `${(index * step) % 7 < 3 ? "+" : "-"} ${patterns[(index * step + step) % patterns.length]}`
      const filter = make({ filter: [rule(31), rule(17), rule(53), ...(index % 2 ? ["- **"] : [])] })
      assertReachable(filter, passing(filter))
    }
  })

  it("keeps files by age, both ends included", () => {
    const now = Date.UTC(2024, 0, 10)
    const passes = (options: Filter.FilterOptions, age: number) =>
      make({ ...options, now }).includes({ path: makeUnsafe("a"), size: 0, modifiedAt: now - age })
    const day = 86_400_000
    assert.deepStrictEqual(
      [day - 1, day, day + 1].map((age) => passes({ minAge: "1d" }, age)),
      [false, true, true]
    )
    assert.deepStrictEqual(
      [day - 1, day, day + 1].map((age) => passes({ maxAge: "1d" }, age)),
      [true, true, false]
    )
    assert.deepStrictEqual(
      [day - 1, day, day + 1].map((age) => passes({ maxAge: "2024-01-09T00:00:00Z" }, age)),
      [true, true, false]
    )
    assert.isTrue(passes({ minAge: "off" }, -5))
  })

  it("says when it lets everything pass", () => {
    assert.isTrue(make({}).isEmpty)
    assert.isTrue(make({ filter: ["- a", "!"], maxSize: "off" }).isEmpty)
    assert.isTrue(make({ filesFrom: [] }).isEmpty)
    for (const options of [{ include: ["*"] }, { maxSize: "1" }, { maxAge: "1" }, { filesFrom: [""] }]) {
      assert.isFalse(make(options).isEmpty)
    }
  })

  it("names the option, what it was given, and what is wrong with it", () => {
    assert.strictEqual(failure({ include: ["a{b"] }), 'include "a{b": "{" has no "}"; write "\\{" for the character')
    assert.include(failure({ filter: ["*.jpg"] }), 'filter "*.jpg": a rule begins with "+ " or "- "')
    assert.include(failure({ filterFrom: ["+ a\n+ [b"] }), 'filter-from "+ [b"')
    assert.include(failure({ minSize: "big" }), 'min-size "big"')
    assert.include(failure({ maxAge: "yesterday" }), 'max-age "yesterday"')
    assert.include(failure({ minAge: "2d", maxAge: "1d" }), 'min-age "2d": it is more than the greatest, "1d"')
    assert.include(failure({ filesFrom: ["a"], include: ["b"] }), "files-from")
  })
})
