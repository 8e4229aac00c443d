/** A backup to B2 where every twentieth request fails in each of nine ways. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, assert, beforeEach, it } from "vitest"
import { type EmulatorProcess, startEmulator } from "../bench/EmulatorProcess.ts"
import { exactDifferences } from "../trials/exactDifferences.ts"
import { generateTree } from "../trials/generateTree.ts"

const main = path.resolve(import.meta.dirname, "../../apps/cli/src/main.ts")

let folder: string
let emulator: EmulatorProcess

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-faults-"))
  emulator = await startEmulator(["--fault", "all=5%", "--seed", "11"])
})
afterEach(async () => {
  await emulator.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

const ourclone = (...args: ReadonlyArray<string>): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        OURCLONE_PASSWORD: "under faults",
        OURCLONE_REPOSITORY: "b2://under-faults/repository",
        B2_APPLICATION_KEY_ID: emulator.keyId,
        B2_APPLICATION_KEY: emulator.key,
        B2_ENDPOINT: emulator.endpoint
      }
    })
    let said = ""
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, said }))
  })

it("ends clean: it checks to the last byte and restores to the last attribute", async () => {
  const source = path.join(folder, "source")
  generateTree(source, { seed: 5, files: 300 })
  const succeed = async (...args: ReadonlyArray<string>) => {
    const { code, said } = await ourclone(...args)
    assert.strictEqual(code, 0, `${args.join(" ")}: ${said}`)
  }
  await succeed("bucket", "create", "b2://under-faults")
  await succeed("repo", "init")
  await succeed("backup", source)
  await succeed("repo", "check", "--read-data")
  await succeed("restore", "latest", "--target", path.join(folder, "back"))
  assert.deepStrictEqual(exactDifferences(source, path.join(folder, "back", source)), [])
})
