import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import * as StaticPage from "../../src/http/StaticPage.ts"

test("a screen of a storage with a dot in its name is the page, and a file that is none is not", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-static-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  fs.mkdirSync(path.join(folder, "assets"))
  fs.writeFileSync(path.join(folder, "index.html"), "the page")
  fs.writeFileSync(path.join(folder, "assets", "a.js"), "the script")
  const { answer } = StaticPage.load(folder)
  const text = async (name: string) => answer(new Request(`http://localhost${name}`))?.text()
  for (const name of ["/", "/storage/nas.home", "/storage/notes.txt", "/backup/my.repo/abc"]) {
    expect([name, await text(name)]).toEqual([name, "the page"])
  }
  expect(await text("/assets/a.js")).toBe("the script")
  for (const name of ["/assets/b.js", "/favicon.ico", "/assets/../index.html.gz"]) {
    expect([name, await text(name)]).not.toEqual([name, "the script"])
  }
  expect([await text("/assets/b.js"), await text("/favicon.ico")]).toEqual([undefined, undefined])
})
