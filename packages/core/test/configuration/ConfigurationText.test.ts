import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import * as ConfigurationText from "../../src/configuration/ConfigurationText.ts"

const parse = (text: string) => {
  const parsed = ConfigurationText.parse(text)
  if (Result.isFailure(parsed)) throw new Error(parsed.failure.message)
  return parsed.success
}

const problem = (text: string) => {
  const parsed = ConfigurationText.parse(text)
  if (Result.isSuccess(parsed)) throw new Error("this should not have parsed")
  return parsed.failure
}

const example = `# my remotes

[remotes.photos]   # on B2
type = "b2"
# from the web page
keyId = "0012"
list = [
  "[remotes.fake]", # ]
  'x = 1'
]
long = """
[remotes.fake]
type = "no" \\"""""
hardDelete = true

# the second
[remotes."a.b c"]
type = 's3'
`

describe("ConfigurationText", () => {
  it("finds the remotes, their options and where they are written", () => {
    const remotes = parse(example)
    expect([...remotes.keys()]).toEqual(["photos", "a.b c"])
    const photos = remotes.get("photos")!
    expect(photos.type).toBe("b2")
    expect(photos.options.hardDelete).toBe(true)
    expect(photos.placeOf()).toEqual({ line: 3, column: 1 })
    expect(photos.placeOf("keyId")).toEqual({ line: 6, column: 1 })
    expect(photos.placeOf("long")).toEqual({ line: 11, column: 1 })
    expect(photos.placeOf("hardDelete")).toEqual({ line: 14, column: 1 })
    expect(remotes.get("a.b c")!.placeOf("type")).toEqual({ line: 18, column: 1 })
  })

  it("finds them however TOML lets them be written", () => {
    const remotes = parse('\uFEFFremotes.one.type = "b2"\r\n  remotes . "two" = { type = "s3", region = "eu" }\r\n')
    expect([...remotes.values()].map(({ name, type }) => [name, type])).toEqual([
      ["one", "b2"],
      ["two", "s3"]
    ])
    expect(remotes.get("one")!.placeOf("type")).toEqual({ line: 1, column: 1 })
    expect(remotes.get("two")!.placeOf("region")).toEqual({ line: 2, column: 3 })
  })

  it("takes an empty text for no remotes", () => {
    expect(parse("").size).toBe(0)
    expect(parse("# nothing\n").size).toBe(0)
  })

  it.each([
    ['[remotes.a]\ntype = "b2\nkeyId = "x"\n', 2, 11, "strings cannot contain newlines"],
    ["[remotes.a]\ntype = b2\n", 2, 8, "write text in quotes"],
    ["[remotes.a\n", 1, 11, "expected ']'"],
    ["[remotes.a]\n  keyId\n", 2, 8, "expected '='"],
    ['[remotes.a]\ntype = "b2"\n\n  type = "s3"\n', 4, 3, '"type" is given twice'],
    ['[remotes.a]\ntype = "b2"\n[remotes.a]\n', 3, 1, '"remotes.a" is given twice'],
    ["\n[remote.a]\n", 2, 1, 'did you mean "remotes"'],
    ["remotes = 3\n", 1, 1, "must hold tables"],
    ["[remotes]\n\na = 3\n", 3, 1, "written as [remotes.a]"],
    ['[remotes.a]\nkeyId = "x"\n', 1, 1, 'add a line such as type = "b2"'],
    ["[remotes.a]\n\n  type = 3\n", 3, 3, "must be a text"]
  ])("names the line, the column and the remedy in %j", (text, line, column, words) => {
    const found = problem(text)
    expect(found.message).toContain(words)
    expect({ line: found.line, column: found.column }).toEqual({ line, column })
  })

  it("never repeats a secret that somebody forgot to put in quotes", () => {
    expect(problem("[remotes.a]\nkey = K005topsecret\n").message).not.toContain("topsecret")
    expect(problem("[remotes.a]\nkey = 99999999999999999999\n").message).not.toContain("99999")
  })

  it("appends a remote and leaves the rest byte for byte", () => {
    const text = ConfigurationText.add(example, "music", "b2", { keyId: "x", hardDelete: false, connections: 4 })
    expect(text).toBe(`${example}\n[remotes.music]\ntype = "b2"\nkeyId = "x"\nhardDelete = false\nconnections = 4\n`)
    expect(ConfigurationText.remove(text, "music")).toBe(example)
    expect(ConfigurationText.add("", "music", "b2", {})).toBe('[remotes.music]\ntype = "b2"\n')
    expect(ConfigurationText.add("# a", "music", "b2", {})).toBe('# a\n\n[remotes.music]\ntype = "b2"\n')
    expect(ConfigurationText.add("# a\r\n", "music", "b2", {})).toBe('# a\r\n\r\n[remotes.music]\r\ntype = "b2"\r\n')
  })

  it("writes names and values that TOML reads back as they were", () => {
    const options = { odd: 'a"b\\c\nd\u0000\u007f#é😀', "k e=y": "]", n: -1.5 }
    const remotes = parse(ConfigurationText.add("", 'x.y"z', "b2", options))
    expect(remotes.get('x.y"z')?.options).toEqual({ ...options })
  })

  it("cuts a remote out and leaves the rest byte for byte", () => {
    expect(ConfigurationText.remove(example, "photos")).toBe(
      `# my remotes\n\n# the second\n[remotes."a.b c"]\ntype = 's3'\n`
    )
    expect(ConfigurationText.remove(example, "a.b c")).toBe(example.split('[remotes."a.b')[0])
    expect(ConfigurationText.remove(example, "absent")).toBe(example)
  })

  it("cuts out every statement of a remote, wherever they stand", () => {
    const text = '[remotes]\na.type = "b2"\nb.type = "s3"\na.keyId = "x"\n[remotes.a.more]\nx = 1\n# end'
    expect(ConfigurationText.remove(text, "a")).toBe('[remotes]\nb.type = "s3"\n# end')
  })
})
