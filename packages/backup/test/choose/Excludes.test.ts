// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a dollar with braces is what is tested
import * as fs from "node:fs"
import { join } from "node:path"
import * as Excludes from "@ourclone/backup/choose/Excludes"
import * as PatternFile from "@ourclone/backup/choose/PatternFile"
import { skipWithout } from "@ourclone/core/testing/Programs"
import * as Effect from "effect/Effect"
import { assert, beforeEach, describe, it } from "vitest"
import { temporaryFolder } from "../support/machine.ts"
import * as sourceTree from "../support/sourceTree.ts"

const tree = (): string => {
  const root = join(temporaryFolder(), "root")
  fs.mkdirSync(root)
  sourceTree.write(root)
  return root
}

/** What of the tree does not stay, without the names above it and what is below other such names. */
const gone = (options: Excludes.ExcludeOptions): ReadonlyArray<string> => {
  const root = tree()
  const kept = new Set(sourceTree.kept(root, options))
  return sourceTree
    .kept(root, {})
    .filter((path) => !kept.has(path))
    .map((path) => path.slice(root.length + 1))
}

const problemOf = (options: Excludes.ExcludeOptions): string =>
  Effect.runSync(Effect.flip(Excludes.resolve(options))).message

describe("Excludes", () => {
  it("leaves nothing out when nothing is said", () => {
    assert.deepEqual(gone({}), [])
  })

  it("keeps a cache directory with its tag and leaves out the rest of it", () => {
    assert.deepEqual(gone({ caches: true }), ["cache/.nobackup", "cache/sub/", "cache/sub/f"])
  })

  it("looks for tag files by name and by how they begin", () => {
    assert.deepEqual(gone({ ifPresent: [".nobackup"] }), [
      "cache/CACHEDIR.TAG",
      "cache/sub/",
      "cache/sub/f",
      "tag-2/f",
      "tag/f"
    ])
    assert.deepEqual(gone({ ifPresent: [".nobackup:header: y"] }), ["tag/f"])
  })

  it("leaves out files that are larger, not those that are as large", () => {
    assert.deepEqual(gone({ largerThan: 1999 }), ["big"])
    assert.deepEqual(gone({ largerThan: 2000 }), [])
  })

  it("names the option and the pattern that can not be used", () => {
    assert.match(problemOf({ patterns: ["a", "[b"] }), /^exclude: the pattern "\[b" is not valid/)
    assert.match(problemOf({ insensitivePatterns: ["[b"] }), /^iexclude: the pattern/)
    assert.match(problemOf({ ifPresent: [":header"] }), /^exclude-if-present: ":header" names no file/)
  })
})

describe("a file of patterns", () => {
  const patternsOf = (environment?: PatternFile.Environment) =>
    PatternFile.parse(Buffer.from("# a comment\n\n  $OURCLONE_TEST_SECRET/bar  \r\n$$x\n"), environment)

  it("knows the variables that it is given, and nothing else of the environment", () => {
    process.env.OURCLONE_TEST_SECRET = "secret"
    assert.deepEqual(patternsOf({ OURCLONE_TEST_SECRET: "foo" }), ["foo/bar", "$x"])
    assert.deepEqual(patternsOf({}), ["/bar", "$x"])
  })

  it("is taken as it is written when there is no environment", () => {
    assert.deepEqual(patternsOf(), ["$OURCLONE_TEST_SECRET/bar", "$$x"])
  })
})

describe("Excludes beside restic", () => {
  beforeEach((context) => skipWithout(context, "restic"))

  const file = "# comment\n\n  *.o  \n$OURCLONE_TEST/bar\n${OURCLONE_TEST}x\n$$HOME\n$OURCLONE_TEST_NOT_SET[br]\n"

  it.each([
    ["patterns", ["foo/*/x.txt", "*.o", "[^a-z]*sh"], {}],
    ["**", ["deep/**/c", "foo/**/baz"], {}],
    ["anchored ones", ["/foo", "ROOT/deep/*/x", "ROOT/**/baz/"], {}],
    ["negation", ["foo/*", "!foo/bar", "*.txt", "!ü.txt"], {}],
    ["odd names", ["d??", "back\\\\slash", "star\\*", "[[]br]", "-*"], {}],
    ["brackets", ["[!f]oo", "[!d]eep", "[!a-d]eep", "[^s]ig", "b[!i]g"], {}],
    ["other case", [], { insensitivePatterns: ["FOO/BAR", "É", "*.O"] }],
    ["tags", [], { caches: true, ifPresent: [".nobackup"] }],
    ["size", [], { largerThan: 1999 }],
    ["files", [], {}]
  ] as ReadonlyArray<readonly [string, ReadonlyArray<string>, Excludes.ExcludeOptions]>)(
    "leaves out the same by %s",
    (_, patterns, more) => {
      const root = tree()
      const list = join(temporaryFolder(), "list")
      fs.writeFileSync(list, file)
      process.env.OURCLONE_TEST = "foo"
      const given = patterns.map((pattern) => pattern.replace("ROOT", root))
      const files = patterns.length === 0 && Object.keys(more).length === 0 ? [list] : []
      const listed = files.flatMap((name) => PatternFile.parse(fs.readFileSync(name), process.env))
      const options = { ...more, patterns: [...given, ...listed] }
      const asked = [
        ...given.flatMap((pattern) => ["--exclude", pattern]),
        ...(options.insensitivePatterns ?? []).flatMap((pattern) => ["--iexclude", pattern]),
        ...files.flatMap((name) => ["--exclude-file", name]),
        ...(options.ifPresent ?? []).flatMap((name) => ["--exclude-if-present", name]),
        ...(options.caches ? ["--exclude-caches"] : []),
        ...(options.largerThan === undefined ? [] : ["--exclude-larger-than", String(options.largerThan)])
      ]
      const theirs = sourceTree.keptByRestic(root, join(temporaryFolder(), "repository"), asked)
      assert.deepEqual(sourceTree.kept(root, options), theirs)
      assert.isBelow(theirs.length, sourceTree.kept(root, {}).length)
    }
  )
})
