/** The screens on a service, and what is left when one of them is killed. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { type Emulator, startEmulator } from "@ourclone/b2-emulator/Emulator"
import { assert, describe, it } from "vitest"
import { main, missing, open, prepare } from "../Window.ts"
import { fits, sizes } from "./Fits.ts"

const because = missing === undefined ? "" : ` (${missing})`

/** The service of a window's user, once it answers. */
const serve = async (environment: Readonly<Record<string, string>>): Promise<ChildProcess> => {
  const words = [main, "serve", "--addr", "127.0.0.1:0", "--root", environment["HOME"]!]
  const service = spawn(process.execPath, words, { env: environment, stdio: ["ignore", "ignore", "pipe"] })
  for await (const line of createInterface({ input: service.stderr! })) if (line.startsWith("set it up")) break
  service.stderr?.resume()
  return service
}

const kill = (service: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (service.exitCode !== null || service.signalCode !== null) return void resolve()
    service.once("exit", () => resolve())
    service.kill("SIGKILL")
  })

const taskStates = (environment: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  execFileSync(process.execPath, [main, "task", "list", "--json"], { env: environment, encoding: "utf8" })
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line).state._tag)

/** As slow as an upload must be to be seen on its way by a machine that has other things to do; 0 lets it end. */
const pace = ({ network }: Emulator, bytesPerSecond: number): void => {
  network.up.bytesPerSecond = bytesPerSecond
}

describe.skipIf(missing !== undefined)(`the screens${because}`, () => {
  it.for(sizes)("of $columns×$rows attach to a service, say since when it is gone, and attach again", async (size) => {
    const emulator = await startEmulator()
    const prepared = prepare()
    const { environment } = prepared
    let service = await serve(environment)
    const window = await open(size, { prepared })
    const { keys, until } = window
    try {
      await until("service")
      await keys("n", "Enter", "text:photos", "Enter", `text:${emulator.keyId}`, "Enter", `text:${emulator.key}`)
      await keys("Enter", `text:${emulator.endpoint}`, "C-s")
      await until("Added photos")
      await keys("g", "Enter", "n", "text:my-bucket", "C-s")
      await until("my-bucket/")
      fs.mkdirSync(path.join(environment["HOME"]!, "pictures"))
      fs.writeFileSync(path.join(environment["HOME"]!, "pictures/large"), Buffer.alloc(1_000_000))
      await keys("2", "text:~/pictures", "Enter", "text:photos:my-bucket/large", "Enter", "text:c", "C-s")
      await until("Start: S")
      pace(emulator, 40_000)
      await keys("S")
      await until("transferring")

      await kill(service)
      await until("No answer since")
      fits(window, size)
      // What was seen stays, though faint; what is asked now fails by words.
      assert.isTrue(window.lines().some((line) => line.includes("Copy ~/pictures")))
      await keys("p")
      await until("does not answer")

      service = await serve(environment)
      await until("Attached again")
      pace(emulator, 0)
      await until("✓ done")
      assert.deepStrictEqual(new Set(taskStates(environment)), new Set(["Done"]))
      fits(window, size)
    } finally {
      window.close()
      await kill(service)
      await emulator.close()
    }
  })

  it.for(["TUI", "terminal"] as const)("killed with its %s, what runs goes on and is found again", async (what) => {
    const emulator = await startEmulator()
    const prepared = prepare()
    const { environment } = prepared
    const window = await open({ columns: 80, rows: 24 }, { prepared })
    try {
      const { keys, until } = window
      await keys("n", "Enter", "text:photos", "Enter", `text:${emulator.keyId}`, "Enter", `text:${emulator.key}`)
      await keys("Enter", `text:${emulator.endpoint}`, "C-s")
      await until("Added photos")
      await keys("g", "Enter", "n", "text:my-bucket", "C-s")
      await until("my-bucket/")
      fs.mkdirSync(path.join(environment["HOME"]!, "pictures"))
      fs.writeFileSync(path.join(environment["HOME"]!, "pictures/large"), Buffer.alloc(1_000_000))
      await keys("2", "text:~/pictures", "Enter", "text:photos:my-bucket/large", "Enter", "text:c", "C-s")
      await until("Start: S")
      pace(emulator, 40_000)
      await keys("S")
      await until("transferring")
      if (what === "terminal") window.kill()
      else process.kill(window.pid(), "SIGKILL")
    } finally {
      if (what === "TUI") window.close({ keepsFolder: true })
    }
    const again = await open({ columns: 80, rows: 24 }, { prepared })
    try {
      await again.keys("3")
      await again.until("Copy ~/pictures")
      pace(emulator, 0)
      await again.until("✓ done")
      assert.deepStrictEqual(new Set(taskStates(environment)), new Set(["Done"]))
    } finally {
      again.close()
      await emulator.close()
    }
  })
})
