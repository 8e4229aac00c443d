import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { AllowedRoots } from "../../src/places/AllowedRoots.ts"
import * as LocalFolders from "../../src/places/LocalFolders.ts"

test("the folder picker shows the folders that may be used, and no others, nor a way up to them", async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "folders-")))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => path.join(folder, name)
  for (const name of ["home/photos/2024", "home/state", "outside"]) fs.mkdirSync(at(name), { recursive: true })
  fs.symlinkSync(at("outside"), at("home/link"))
  fs.writeFileSync(at("home/file"), "")
  const roots = await AllowedRoots.make({ roots: [at("home")], closed: [at("home/state")] })
  const shown = async (name: string | null) => {
    const answer = await LocalFolders.list(roots, name)
    if (answer._tag !== "Found") return answer._tag
    return { parent: answer.found.parent, folders: answer.found.folders.map((one) => one.path) }
  }
  expect(await shown(null)).toEqual({ parent: null, folders: [at("home")] })
  expect(await shown(at("home"))).toEqual({ parent: null, folders: [at("home/photos")] })
  expect(await shown(at("home/photos"))).toEqual({ parent: at("home"), folders: [at("home/photos/2024")] })
  for (const name of ["outside", "home/link", "home/state", ""])
    expect([name, await shown(at(name))]).toEqual([name, "Refused"])
  expect(await shown(at("home/none"))).toBe("NotThere")
})
