/**
 * `npm run exec node tooling/trials/schemathesis.ts [-- --examples N --seed N --phases coverage,fuzzing]`: asks every route of a service what its own
 * document says can be asked, and what can not, by schemathesis with all its checks.
 *
 * Schemathesis is found on the PATH, or is the program that SCHEMATHESIS names (`pip install schemathesis`). Events are
 * left out, as their answer has no end. What a schema can not say stands in `schemathesis.toml`. Ends with its exit code, and with 1
 * where the log tells of a mistake.
 */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { startEmulator } from "../bench/EmulatorProcess.ts"

const { values } = parseArgs({
  options: {
    examples: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    phases: { type: "string", default: "coverage,fuzzing,stateful" }
  }
})

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-schemathesis-"))
const at = (name: string) => path.join(folder, name)
const home = at("home")
fs.mkdirSync(path.join(home, "from"), { recursive: true })
fs.writeFileSync(path.join(home, "from", "a.txt"), "one")

const emulator = await startEmulator([])
const main = path.join(import.meta.dirname, "../../apps/cli/src/main.ts")
const service = spawn(process.execPath, [main, "serve", "--addr", "127.0.0.1:0", "--root", home], {
  env: {
    PATH: process.env.PATH,
    HOME: home,
    XDG_STATE_HOME: at("state"),
    XDG_CACHE_HOME: at("cache"),
    OURCLONE_CONFIG: at("config.toml")
  },
  stdio: ["ignore", "ignore", "pipe"]
})
const said: Array<string> = []
const { token, url } = await new Promise<{ readonly token: string; readonly url: string }>((resolve, reject) => {
  createInterface({ input: service.stderr }).on("line", (line) => {
    said.push(line)
    const [, url, token] = /set it up .*(http:\S+)\/setup#(\S+)/.exec(line) ?? []
    if (url !== undefined && token !== undefined) resolve({ token, url })
  })
  service.once("exit", () => reject(new Error(said.join("\n"))))
})

const password = "a long enough password"
let credential: Readonly<Record<string, string>> = {}
const post = async (name: string, body: unknown): Promise<Response> => {
  const headers = { "content-type": "application/json", ...credential }
  const answer = await fetch(`${url}/api/v1/${name}`, { method: "POST", headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`)
  return answer
}
const entered = await post("setup", { token, name: "ann", password })
credential = { cookie: entered.headers.get("set-cookie")?.split(";")[0] ?? "" }
const scopes = ["read", "run", "storage", "backup", "mount", "admin"]
const made = (await (await post("tokens", { name: "trial", scopes, endsAt: null })).json()) as { secret: string }
credential = { authorization: `Bearer ${made.secret}` }
const { endpoint, key: applicationKey, keyId } = emulator
await post("storage/remotes", { name: "photos", type: "b2", options: { keyId, applicationKey, endpoint } })
await post("tasks", { kind: "copy", request: { source: `${home}/from`, destination: "photos:my-bucket" } })
const document = at("openapi.json")
fs.writeFileSync(document, await (await fetch(`${url}/api/openapi.json`, { headers: credential })).text())

/** These end who may ask: of what comes after them everything would be refused. */
const ending = ["DELETE /api/v1/tokens/{id}", "DELETE /api/v1/session", "DELETE /api/v1/sessions"]

const run = (phases: string, chosen: ReadonlyArray<string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const words = [
      ...["--config-file", path.join(import.meta.dirname, "schemathesis.toml")],
      ...["run", document, "--url", url, "--checks", "all", "--continue-on-failure"],
      ...["--header", `Authorization: Bearer ${made.secret}`],
      ...["--max-examples", values.examples, "--seed", values.seed, "--request-timeout", "60"],
      ...["--phases", phases, ...chosen]
    ]
    const trial = spawn(process.env.SCHEMATHESIS ?? "schemathesis", words, { stdio: "inherit", cwd: folder })
    trial.once("error", reject)
    trial.once("exit", (code) => resolve(code ?? 1))
  })
const rest = await run(values.phases, [
  ...["--exclude-path", "/api/v1/events"],
  ...ending.flatMap((name) => ["--exclude-name", name])
])
const last = await run(
  "coverage",
  ending.flatMap((name) => ["--include-name", name])
)
const mistakes = said.filter((line) => line.startsWith("error "))
for (const line of mistakes) console.log(line)
service.removeAllListeners("exit")
const ended = new Promise((resolve) => service.once("exit", resolve))
service.kill("SIGTERM")
await ended
await emulator.stop()
fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
process.exit(mistakes.length > 0 ? 1 : rest || last)
