import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { filesBelow } from "../filesBelow.ts"

test("files that a link leads to are none of the folder's, so that nothing outside of it is changed or counted", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-files-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  fs.mkdirSync(path.join(folder, "outside"))
  fs.writeFileSync(path.join(folder, "outside", "mine.txt"), "mine")
  fs.mkdirSync(path.join(folder, "inside", "deep"), { recursive: true })
  fs.writeFileSync(path.join(folder, "inside", "deep", "a.txt"), "a")
  fs.symlinkSync("../outside", path.join(folder, "inside", "folder"))
  fs.symlinkSync("../outside/mine.txt", path.join(folder, "inside", "file"))
  expect(filesBelow(path.join(folder, "inside"))).toEqual([path.join(folder, "inside", "deep", "a.txt")])
})
