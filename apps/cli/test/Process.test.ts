/** What only a process of its own shows: signals, closed pipes, and what the first word is. */
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import { expect, onTestFinished, test } from "vitest"

const main = path.join(import.meta.dirname, "..", "src", "main.ts")

const makeFolder = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-cli-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

const start = (folder: string, words: ReadonlyArray<string>, environment: Record<string, string> = {}) => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: path.join(folder, "state"), ...environment }
  })
  let error = ""
  child.stderr.on("data", (data) => {
    error += data
  })
  const ended = new Promise<{ readonly code: number | null; readonly error: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, error }))
  )
  return { child, ended, errorSoFar: () => error }
}

test.each([["version"], ["--version"]])("%s prints the version", async (word) => {
  const { child, ended } = start(makeFolder(), [word])
  let out = ""
  child.stdout.on("data", (data) => {
    out += data
  })
  expect((await ended).code).toBe(0)
  expect(out).toMatch(/^ourclone \d+\.\d+\.\d+\n$/)
})

/** The modules that the program loads for these words, and its exit code. */
const loading = async (folder: string, words: ReadonlyArray<string>) => {
  const hooks = `import { registerHooks } from "node:module"
import { appendFileSync } from "node:fs"
registerHooks({ load: (url, context, next) => (appendFileSync("loaded", url + "\\n"), next(url, context)) })`
  const { child, ended } = start(folder, words, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hooks)}`
  })
  child.stdout.resume()
  const { code } = await ended
  return { code, loaded: fs.readFileSync(path.join(folder, "loaded"), "utf8") }
}

test.each([
  ["prints its version", ["--version"], false],
  ["prints its help", ["--help"], false],
  ["copies everything", ["copy", "from", "to"], false],
  ["copies what a filter chooses", ["copy", "from", "to", "--exclude", "*.bak"], true]
])("the engine of filters is loaded only for a filter: a run that %s", async (_, words, isLoaded) => {
  const folder = makeFolder()
  fs.mkdirSync(path.join(folder, "from"))
  const { code, loaded } = await loading(folder, words)
  expect(code).toBe(0)
  expect(loaded).toContain("/apps/cli/src/main.ts")
  expect(/\/re2js\//.test(loaded)).toBe(isLoaded)
})

test.each([
  ["alone where it is the first word", ["ls", "from"], false],
  ["with all others behind a flag, which might take it for its value", ["--json", "ls", "from"], true]
])("a command is loaded %s", async (_, words, areAll) => {
  const folder = makeFolder()
  fs.mkdirSync(path.join(folder, "from"))
  const { code, loaded } = await loading(folder, words)
  expect(code).toBe(0)
  expect(loaded).toContain("/commands/ls.ts")
  expect(loaded.includes("/commands/backup.ts")).toBe(areAll)
})

test("a listing whose reader goes away ends quietly", async () => {
  const folder = makeFolder()
  fs.mkdirSync(path.join(folder, "many"))
  for (let index = 0; index < 5000; index++)
    fs.writeFileSync(path.join(folder, "many", `a-rather-long-name-${index}`), "")
  const { child, ended } = start(folder, ["ls", "many"])
  child.stdout.once("data", () => child.stdout.destroy())
  const { code, error } = await ended
  expect(error).toBe("")
  expect([0, 141]).toContain(code)
})

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143]
] as const)("%s stops a large upload with %i, and the next run goes on with it", async (signal, expected) => {
  const folder = makeFolder()
  fs.mkdirSync(path.join(folder, "from"))
  fs.writeFileSync(path.join(folder, "from", "big.bin"), Buffer.alloc(3_000_000, "x"))
  const emulator = await startEmulator({ control: true, minimumPartSize: 100_000, recommendedPartSize: 100_000 })
  onTestFinished(() => emulator.close())
  const environment = {
    B2_APPLICATION_KEY_ID: emulator.keyId,
    B2_APPLICATION_KEY: emulator.key,
    B2_ENDPOINT: emulator.endpoint
  }
  const parts = () => emulator.log?.requests("b2_upload_part").length ?? 0
  const { child, ended } = start(folder, ["copy", "--bwlimit", "1M", "from", "b2:some-bucket"], environment)
  while (parts() < 5) await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill(signal)
  const { code, error } = await ended
  expect(code).toBe(expected)
  expect(error).toContain("interrupted")
  expect(parts()).toBeLessThan(25)
  const again = await start(folder, ["copy", "from", "b2:some-bucket"], environment).ended
  expect(again).toEqual({ code: 0, error: expect.stringContaining("1 file copied") })
  expect(parts()).toBeLessThan(30 + 5)
})

test.each([
  ["SIGINT", "SIGINT", 130],
  ["SIGINT", "SIGTERM", 143],
  ["SIGTERM", "SIGINT", 130],
  ["SIGHUP", "SIGTERM", 143]
] as const)(
  "%s asks a run that waits for its reader to stop, and %s ends it with %i",
  async (first, second, expected) => {
    const folder = makeFolder()
    // A pipe holds less than the first piece of it.
    fs.writeFileSync(path.join(folder, "big"), Buffer.alloc(8 * 1024 * 1024))
    const { child, ended, errorSoFar } = start(folder, ["cat", "big"])
    await new Promise((resolve) => child.stdout.once("readable", resolve))
    child.kill(first)
    await expect.poll(errorSoFar, { timeout: 240_000 }).toContain("interrupted")
    child.kill(second)
    await new Promise((resolve) => child.once("exit", resolve))
    child.stdout.resume()
    expect((await ended).code).toBe(expected)
  }
)

test("SIGINT stops a backup with 130, leaves no lock, and keeps what was stored", async () => {
  const folder = makeFolder()
  const content = randomBytes(90_000_000)
  const environment = { OURCLONE_REPOSITORY: path.join(folder, "repository"), OURCLONE_PASSWORD: "secret" }
  expect((await start(folder, ["repo", "init"], environment).ended).code).toBe(0)
  const stored = (type: string) => {
    const place = path.join(folder, "repository", type)
    return fs.existsSync(place)
      ? fs.readdirSync(place, { recursive: true }).filter((name) => /\b[0-9a-f]{64}$/.test(String(name)))
      : []
  }
  const backup = ["backup", "--stdin"]
  const { child, ended } = start(folder, backup, environment)
  // It waits for more, so that it can not end before it hears of the signal.
  child.stdin.on("error", () => {})
  child.stdin.write(content)
  while (stored("data").length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  child.kill("SIGINT")
  const { code, error } = await ended
  expect(code).toBe(130)
  expect(error).toContain("interrupted")
  expect(stored("locks")).toEqual([])
  expect(stored("snapshots")).toEqual([])
  expect(stored("index").length).toBeGreaterThan(0)
  const next = start(folder, [...backup, "--json"], environment)
  let out = ""
  next.child.stdout.on("data", (data) => {
    out += data
  })
  next.child.stdin.end(content)
  expect((await next.ended).code).toBe(0)
  const { data_added: added } = JSON.parse(out.trim().split("\n").at(-1)!)
  expect(added).toBeLessThan(content.length - 20_000_000)
})

test("--skip-if-unchanged makes no second snapshot of the folder it runs in, though the journal in it has changed", async () => {
  const folder = makeFolder()
  fs.mkdirSync(path.join(folder, "from"))
  fs.writeFileSync(path.join(folder, "from", "a"), "a")
  const repository = path.join(folder, "repository")
  const environment = { OURCLONE_REPOSITORY: repository, OURCLONE_PASSWORD: "secret" }
  await start(folder, ["repo", "init"], environment).ended
  const backup = ["backup", ".", "--skip-if-unchanged"]
  await start(path.join(folder, "from"), ["mkdir", path.join(folder, "made")]).ended
  expect(fs.readdirSync(path.join(folder, "from", "state", "ourclone", "tasks"))).toContain("journal.sqlite")
  expect((await start(path.join(folder, "from"), backup, environment).ended).code).toBe(0)
  const { code, error } = await start(path.join(folder, "from"), backup, environment).ended
  expect(code).toBe(0)
  expect(error).toContain("nothing has changed")
  expect(fs.readdirSync(path.join(repository, "snapshots"))).toHaveLength(1)
})
