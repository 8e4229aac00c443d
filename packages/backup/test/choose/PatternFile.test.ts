// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a dollar with braces is what is tested
import * as PatternFile from "@ourclone/backup/choose/PatternFile"
import { assert, describe, it } from "vitest"

const environment = { HOME: "/home/me", A_1: "x", "1": "one" }

describe("PatternFile", () => {
  it.each([
    ["$HOME/a", "/home/me/a"],
    ["${HOME}a", "/home/mea"],
    ["$A_1-$A_1", "x-x"],
    ["$NOT_SET/a", "/a"],
    ["a$$b", "a$b"],
    ["$$HOME", "$HOME"],
    ["$1a", "onea"],
    ["a$", "a$"],
    ["$/a", "$/a"],
    ["${}a", "a"],
    ["${HOME", "HOME"],
    ["${$}a", "$a"],
    ["$constructor", ""]
  ])("expands %s", (line, expanded) => {
    assert.strictEqual(PatternFile.expand(line, environment), expanded)
  })

  it("leaves out blanks and comments, and keeps a # further on", () => {
    const text = "\n# a\n   # b\n  c  \r\nd # e\n\t\nlast"
    assert.deepEqual(PatternFile.parse(Buffer.from(text), {}), ["c", "d # e", "last"])
  })

  it("does not take what a variable holds for a comment or a blank", () => {
    assert.deepEqual(PatternFile.parse(Buffer.from("$X\n$NONE"), { X: "#y" }), ["#y", ""])
  })

  it("reads UTF-16 and UTF-8 with a byte order mark", () => {
    const little = Buffer.from("\ufeffü\nb", "utf16le")
    const big = Buffer.from(little).swap16()
    for (const bytes of [little, big, Buffer.from("\ufeffü\nb")]) {
      assert.deepEqual(PatternFile.parse(bytes, {}), ["ü", "b"])
    }
  })
})
