import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, it } from "vitest"

const main = path.resolve(import.meta.dirname, "../../cli/src/main.ts")

const run = (words: ReadonlyArray<string>, input: string, check: (out: ReturnType<typeof spawnSync>) => void): void => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tui-"))
  try {
    const environment = {
      ...process.env,
      HOME: folder,
      XDG_STATE_HOME: path.join(folder, "state"),
      XDG_CACHE_HOME: path.join(folder, "cache"),
      OURCLONE_CONFIG: path.join(folder, "config.toml"),
      LANG: "C.UTF-8"
    }
    const words_ = ["--disable-warning=ExperimentalWarning", main, ...words]
    check(spawnSync(process.execPath, words_, { input, env: environment, encoding: "utf8" }))
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

it("without a terminal the screens say so, and end with 2", () =>
  run(["tui"], "", ({ status, stderr, stdout }) => {
    assert.include(String(stderr), "need a terminal; use the commands")
    assert.strictEqual(stdout, "")
    assert.strictEqual(status, 2)
  }))

it("by lines, why something can not be done is said once, and what means nothing with what does", () =>
  run(["tui", "--linear"], "storage\n1 t\nnonsense\n.nonsense\n", ({ stdout }) => {
    const text = String(stdout)
    assert.strictEqual(text.split("Choose a storage that was added").length, 2)
    assert.strictEqual(text.split('nonsense" means nothing here. Say a number, or: Open (an empty line)').length, 3)
  }))

it("over a pipe the linear mode asks, answers and ends with its input, in lines alone", () =>
  run(["tui", "--linear"], "tasks\nlog\nstorage\n2\nnonsense\n", ({ status, stdout }) => {
    const text = String(stdout)
    assert.include(text, "2. + Add Storage")
    assert.include(text, "Storage › Add Storage")
    assert.include(text, "Backblaze B2")
    assert.include(text, '"nonsense" means nothing here')
    assert.notInclude(text, "\u001b")
    assert.strictEqual(status, 0)
  }))
