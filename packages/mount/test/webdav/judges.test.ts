/** Programs of others against the WebDAV door: the suite `litmus`, and the client `cadaver`. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"

const isInstalled = (name: string) =>
  ["/usr/bin", "/usr/local/bin"].some((folder) => fs.existsSync(path.join(folder, name)))
const shown = (name: string, program: string) => (isInstalled(program) ? name : `${name} (${program} is not installed)`)

const run = async (program: string, args: ReadonlyArray<string>, input: string, cwd: string) => {
  const child = spawn("timeout", ["-k", "5", "120", program, ...args], { cwd, stdio: ["pipe", "pipe", "inherit"] })
  let output = ""
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString()
  })
  child.stdin.end(input)
  await once(child, "close")
  return output
}

describe.skipIf(!isInstalled("litmus") && !isInstalled("cadaver"))("a WebDAV server", () => {
  let server: ChildProcess
  let url = ""
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-webdav-"))

  beforeAll(async () => {
    server = spawn(process.execPath, [path.join(import.meta.dirname, "serveMemory.ts")], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    url = String((await once(server.stdout!, "data"))[0]).trim()
  })
  afterAll(async () => {
    server.kill("SIGKILL")
    await once(server, "close")
    fs.rmSync(folder, { recursive: true })
  })

  it.skipIf(!isInstalled("litmus"))(shown("passes litmus whole", "litmus"), async () => {
    const output = await run("litmus", ["-k", url], "", folder)
    const summaries = [...output.matchAll(/summary for `(\w+)': of (\d+) tests run: (\d+) passed, (\d+) failed/g)]
    assert.deepEqual(
      summaries.map(([, name, ran, passed]) => [name, passed === ran]),
      ["basic", "copymove", "props", "locks", "http"].map((name) => [name, true]),
      output
    )
  })

  it.skipIf(!isInstalled("cadaver"))(shown("is used by cadaver", "cadaver"), async () => {
    fs.writeFileSync(path.join(folder, "file"), "hello\n")
    const lines = [
      "put file",
      "mkcol d",
      "move file d/g",
      "ls d",
      "lock d/g",
      "propset d/g k v",
      "propget d/g k",
      "unlock d/g",
      "get d/g back",
      "rmcol d",
      "ls",
      "quit"
    ]
    const output = await run("cadaver", [url], `${lines.join("\n")}\n`, folder)
    assert.notInclude(output, "failed")
    assert.include(output, "Value of k is: v")
    assert.strictEqual(fs.readFileSync(path.join(folder, "back"), "utf8"), "hello\n")
  })
})
