import * as fs from "node:fs"
import { join } from "node:path"
import * as FilesFrom from "@ourclone/backup/choose/FilesFrom"
import * as PathPattern from "@ourclone/backup/choose/PathPattern"
import { assert, describe, it } from "vitest"
import { temporaryFolder } from "../support/machine.ts"

const texts = (paths: ReadonlyArray<Buffer>) => paths.map(String)

const tree = (): string => {
  const root = temporaryFolder()
  for (const name of ["a.txt", "b.txt", ".hidden", "d/1/x", "d/2/x", "d/2/y", "[x]"]) {
    fs.mkdirSync(join(root, name, ".."), { recursive: true })
    fs.writeFileSync(join(root, name), "")
  }
  return root
}

const found = (root: string, text: string, onNothing: (pattern: string) => void = assert.fail) =>
  texts(FilesFrom.patterns(Buffer.from(text.replaceAll("ROOT", root)), onNothing)).map((path) =>
    path.slice(root.length + 1)
  )

describe("FilesFrom", () => {
  it("expands patterns in order, sorted each, and knows comments and blanks", () => {
    assert.deepEqual(found(tree(), "# no\n  ROOT/d/*/x  \r\n\nROOT/*.txt\nROOT/a.txt"), [
      "d/1/x",
      "d/2/x",
      "a.txt",
      "b.txt",
      "a.txt"
    ])
  })

  it("takes hidden names for *, and no more than one component", () => {
    assert.deepEqual(found(tree(), "ROOT/*"), [".hidden", "[x]", "a.txt", "b.txt", "d"])
  })

  it("tells of patterns that match nothing", () => {
    const nothing: Array<string> = []
    const root = tree()
    assert.deepEqual(
      found(root, "ROOT/nope\nROOT/no*\nROOT/\\[x]", (pattern) => nothing.push(pattern)),
      ["[x]"]
    )
    assert.deepEqual(nothing, [`${root}/nope`, `${root}/no*`])
  })

  it("refuses a pattern that is none, also where nothing could match", () => {
    assert.throws(() => found(tree(), "ROOT/none/[a"), PathPattern.PatternError)
  })

  it("finds names that are not UTF-8", () => {
    const root = temporaryFolder()
    const path = Buffer.concat([Buffer.from(`${root}/l`), Buffer.from([0xe9])])
    fs.writeFileSync(path, "")
    assert.deepEqual(FilesFrom.patterns(Buffer.from(`${root}/l?`), assert.fail), [path])
    assert.deepEqual(FilesFrom.patterns(path, assert.fail), [path])
  })

  it("takes verbatim lines with their spaces, stars and number signs", () => {
    assert.deepEqual(texts(FilesFrom.verbatim(Buffer.from(" a \n\n#b\r\n*\nlast"))), [" a ", "#b", "*", "last"])
  })

  it("takes raw paths with new lines in them", () => {
    assert.deepEqual(texts(FilesFrom.raw(Buffer.from("a\nb\0 c\0"))), ["a\nb", " c"])
    assert.deepEqual(FilesFrom.raw(Buffer.alloc(0)), [])
  })

  it("refuses raw lists that were cut off, and empty paths in them", () => {
    assert.throws(() => FilesFrom.raw(Buffer.from("a\0b")), /has to end with a NUL byte/)
    assert.throws(() => FilesFrom.raw(Buffer.from("a\0\0b\0")), /has an empty path/)
  })
})
