import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import { expect, onTestFinished, test } from "vitest"

const makeRoot = (): string => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-made-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  return root
}

test("a folder is made with those above it, for its user alone, and made twice it is there", () => {
  const folder = path.join(makeRoot(), "a/b/c")
  makeFolder(folder)
  makeFolder(folder)
  for (const each of [folder, path.dirname(folder)]) expect(fs.statSync(each).mode & 0o777).toBe(0o700)
})

test("a link to a folder is one", () => {
  const root = makeRoot()
  fs.symlinkSync(os.tmpdir(), path.join(root, "link"))
  makeFolder(path.join(root, "link"))
})

test("a file that is in the way is told", () => {
  const file = path.join(makeRoot(), "file")
  fs.writeFileSync(file, "")
  expect(() => makeFolder(file)).toThrow("EEXIST")
  expect(() => makeFolder(path.join(file, "a/b"))).toThrow("ENOTDIR")
})

test.runIf(fs.existsSync("/proc/self"))("where nothing can be made, that is told and does not last for ever", () => {
  expect(() => makeFolder("/proc/ourclone")).toThrow("/proc/ourclone")
  expect(() => makeFolder("/proc/ourclone/a/b")).toThrow("/proc/ourclone")
})
