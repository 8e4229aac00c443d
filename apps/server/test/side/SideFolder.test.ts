/** A service as a process of its own, with the real program beside it, and what both leave behind. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test, vi } from "vitest"

const main = path.join(import.meta.dirname, "../../../cli/src/main.ts")
const side = JSON.stringify(new URL("../../src/side/SideProcess.ts", import.meta.url).href)

/** Asks its side process something, says so, and goes when its input ends. */
const service = `
import * as Effect from ${JSON.stringify(import.meta.resolve("effect/Effect"))}
import * as SideProcess from ${side}
const command = [process.execPath, ${JSON.stringify(main)}, "serve-side"]
await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
  const side = yield* SideProcess.make({ program: { command, environment: process.env } })
  const answer = yield* side.ask({ _tag: "Kinds" })
  yield* Effect.promise(() => answer.resume().toArray())
  console.log("answered")
  yield* Effect.promise(() => process.stdin.resume().toArray())
})))
process.exit()
`

const start = async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-side-test-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const temporary = path.join(folder, "tmp")
  fs.mkdirSync(temporary)
  const child = spawn(process.execPath, ["--input-type=module", "--eval", service], {
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: temporary },
    stdio: ["pipe", "pipe", "inherit"]
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  await once(child.stdout, "data")
  const folders = () => fs.readdirSync(temporary).filter((name) => name.startsWith("ourclone-side-"))
  expect(folders()).toHaveLength(1)
  return { child, folders }
}

test("a service that is killed leaves no folder of its side process", async () => {
  const { child, folders } = await start()
  child.kill("SIGKILL")
  await vi.waitFor(() => expect(folders()).toEqual([]), { timeout: 20_000, interval: 50 })
})

test("a service that ends has removed the folder of its side process by then", async () => {
  const { child, folders } = await start()
  child.stdin.end()
  await once(child, "exit")
  expect(folders()).toEqual([])
})
