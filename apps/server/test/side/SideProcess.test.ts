/** With a stand-in for the real program: it answers, hangs or dies as its order says. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { text } from "node:stream/consumers"
import { Effect, Exit, Scope } from "effect"
import { expect, onTestFinished, test, vi } from "vitest"
import * as SideProcess from "../../src/side/SideProcess.ts"
import type { Order } from "../../src/side/SideWire.ts"

const standIn = `
import * as fs from "node:fs"
import * as http from "node:http"
import * as readline from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"
const held = import.meta.filename + ".held"
while (fs.existsSync(held)) await sleep(20)
const lines = readline.createInterface({ input: process.stdin })
lines.once("line", (line) => {
  const { socket, token } = JSON.parse(line)
  http.createServer(async (request, response) => {
    if (request.headers["x-token"] !== token) return response.writeHead(403).end()
    let body = ""
    for await (const piece of request) body += piece
    const { type } = JSON.parse(request.headers["x-order"] ? Buffer.from(request.headers["x-order"], "base64url") : body)
    if (type === "hang") return
    if (type === "die") process.exit(3)
    if (type === "plugin") {
      process.stderr.write('error: the plugin "x" 1.0.0 ended the process (exit code 3)\\n')
      process.exit(1)
    }
    response.end(String(process.pid))
  }).listen(socket, () => console.log("ready"))
})
lines.once("close", () => process.exit(0))
`

/** While there is a file `held`, no process comes to its first word. */
const makeHeld = async (patienceMillis: number, startMillis?: number) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-side-test-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, "side.mjs")
  fs.writeFileSync(file, standIn)
  const scope = Scope.makeUnsafe()
  onTestFinished(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const program = { command: [process.execPath, file] as const, environment: {} }
  const options = { program, patienceMillis, ...(startMillis === undefined ? {} : { startMillis }) }
  const side = await Effect.runPromise(Effect.provideService(SideProcess.make(options), Scope.Scope, scope))
  return { side, held: `${file}.held` }
}

const makeSide = async (patienceMillis: number) => (await makeHeld(patienceMillis)).side

const order = (type: string): Order => ({ _tag: "Rows", type, request: {} })

const ask = async (side: SideProcess.SideProcess, type: string): Promise<string> =>
  text(await Effect.runPromise(side.ask(order(type))))

test("one process answers again and again, and another is started when it has died", async () => {
  const side = await makeSide(20_000)
  const first = await ask(side, "pid")
  expect(await ask(side, "pid")).toBe(first)
  await expect(ask(side, "die")).rejects.toThrow(/ended/)
  const second = await ask(side, "pid")
  expect(second).not.toBe(first)
})

test("a plugin that ends the process is named to whoever asked, and nothing else that was said is", async () => {
  const side = await makeSide(20_000)
  await expect(ask(side, "plugin")).rejects.toThrow(
    'the side process ended before it answered: the plugin "x" 1.0.0 ended the process (exit code 3)'
  )
  await expect(ask(side, "die")).rejects.toThrow(/ended before it answered$/)
})

test("an order that hangs times out alone: what is asked meanwhile and afterwards is answered by another process", async () => {
  const side = await makeSide(1_500)
  const first = await ask(side, "pid")
  const hanging = ask(side, "hang")
  expect(await ask(side, "pid")).toBe(first)
  await expect(hanging).rejects.toThrow("no answer within 2 s")
  expect(await ask(side, "pid")).not.toBe(first)
})

const answered = (side: SideProcess.SideProcess) =>
  vi.waitFor(() => ask(side, "pid"), { timeout: 120_000, interval: 50 })

test("a process that is slow to start is waited for, and answers those who ask again", async () => {
  const { held, side } = await makeHeld(300)
  fs.writeFileSync(held, "")
  await expect(ask(side, "pid")).rejects.toThrow("has not started within 0 s, as on a busy machine: ask again later")
  const started = side.pid()
  fs.rmSync(held)
  expect(await answered(side)).toBe(String(started))
})

test("one that does not start at all gives its place to another", async () => {
  const { held, side } = await makeHeld(20_000, 5_000)
  fs.writeFileSync(held, "")
  const asked = ask(side, "pid")
  const first = side.pid()
  await expect(asked).rejects.toThrow("did not start within 5 s; another is tried")
  fs.rmSync(held)
  expect(await answered(side)).not.toBe(String(first))
})

test("a body that breaks off ends its own order, and nothing else", async () => {
  const side = await makeSide(20_000)
  const first = await ask(side, "pid")
  async function* broken() {
    yield new TextEncoder().encode("some")
    throw new Error("nothing more was sent")
  }
  const failure = await Effect.runPromise(Effect.flip(side.ask(order("pid"), broken())))
  expect(failure).toMatchObject({ _tag: "BodyBroken", message: "nothing more was sent" })
  expect(await ask(side, "pid")).toBe(first)
})
