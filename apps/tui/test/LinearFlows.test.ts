/** Lines over a pipe: said in advance, as each waits until the one before is done. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "vitest"

const main = path.resolve(import.meta.dirname, "../../cli/src/main.ts")

const run = (
  lines: ReadonlyArray<string>,
  folder: string
): Promise<{ readonly out: string; readonly status: number | null }> =>
  new Promise((resolve, reject) => {
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      XDG_STATE_HOME: path.join(folder, "state"),
      XDG_CACHE_HOME: path.join(folder, "cache"),
      OURCLONE_CONFIG: path.join(folder, "config.toml"),
      LANG: "C.UTF-8"
    }
    const words = ["--disable-warning=ExperimentalWarning", main, "tui", "--linear"]
    const child = spawn(process.execPath, words, { cwd: folder, env, stdio: ["pipe", "pipe", "inherit"] })
    let out = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text
    })
    child.once("error", reject)
    child.once("close", (status) => resolve({ out, status }))
    child.stdin.end(lines.map((line) => `${line}\n`).join(""))
  })

describe("by lines over a pipe", () => {
  const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tui-")))
    try {
      await work(folder)
    } finally {
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  it("a repository is made, a backup taken, and restored after its plan", () =>
    inFolder(async (folder) => {
      fs.mkdirSync(path.join(folder, "pictures"))
      fs.writeFileSync(path.join(folder, "pictures/a.txt"), "kept")
      const make = ["backup", "n", "~/repository", "home", "correct horse", "correct horse", ".done", "wait"]
      const back = ["backup", "1", "b", "~/pictures", ".done", "wait"]
      const restore = ["backup", "1", "R", "~/restored", ".done", "S", "wait"]
      const { out, status } = await run([...make, ...back, ...restore], folder)
      assert.include(out, "Make repository home")
      assert.include(out, "Back up ~/pictures → home")
      assert.include(out, "Restore")
      assert.notInclude(out, "correct horse")
      assert.strictEqual(status, 0)
      assert.strictEqual(fs.readFileSync(path.join(folder, "restored", folder, "pictures/a.txt"), "utf8"), "kept")
    }))
})
