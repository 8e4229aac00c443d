/** Commands against a service: the same words, output and exit codes as here. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest"
import { refusal } from "../../src/far/Server.ts"
import { post } from "../B2Cli.ts"
import { makeCli, type Ran } from "../Cli.ts"

const main = path.join(import.meta.dirname, "../../src/main.ts")
let folder = ""
let socket = ""
let service: ChildProcess
const said: Array<string> = []

beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-far-")))
  socket = path.join(folder, "socket")
  const environment = {
    ...{ HOME: folder, XDG_STATE_HOME: path.join(folder, "state"), XDG_CACHE_HOME: path.join(folder, "cache") },
    OURCLONE_CONFIG: path.join(folder, "config.toml"),
    PATH: process.env.PATH,
    OURCLONE_PAGE: path.join(folder, "not built")
  }
  const words = ["serve", "--addr", "127.0.0.1:0", "--socket", socket, "--root", path.join(folder, "data")]
  service = spawn(process.execPath, [main, ...words], { env: environment, stdio: ["ignore", "ignore", "pipe"] })
  fs.mkdirSync(path.join(folder, "data/from/deep"), { recursive: true })
  fs.writeFileSync(path.join(folder, "data/from/a.txt"), "one")
  fs.writeFileSync(path.join(folder, "data/from/deep/b.txt"), "second")
  for await (const line of createInterface({ input: service.stderr! })) {
    said.push(line)
    if (line.startsWith("set it up")) break
  }
}, 60_000)

afterAll(async () => {
  const ended = new Promise((resolve) => service.once("exit", resolve))
  service.kill("SIGTERM")
  await ended
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
})

/** The same words here and there. */
const both = async (...words: ReadonlyArray<string>) => {
  const cli = makeCli()
  const inFolder = words.map((word) => word.replace(/^@@/, path.join(folder, "data")))
  const here = await cli.run(...inFolder)
  const there = await cli.run(...inFolder, "--server", `unix:${socket}`)
  return { here, there }
}

test.each([
  ["ls", "@@/from"],
  ["ls", "@@/absent"],
  ["lsjson", "@@/from", "-R"],
  ["size", "@@/from"],
  ["stat", "@@/from/a.txt"],
  ["cat", "@@/from/deep/b.txt", "@@/from/a.txt"],
  ["cat", "@@/from/absent"],
  ["du", "@@/from"],
  ["hashsum", "md5", "@@/from"],
  ["copyto", "--dry-run", "@@/from/a.txt", "@@/to/b.txt"],
  ["moveto", "--dry-run", "@@/from/a.txt", "@@/to/b.txt"],
  ["bisync", "--dry-run", "@@/from", "@@/other"],
  ["link", "@@/from/a.txt"],
  ["touch", "@@/from/a.txt"],
  ["check", "@@/from", "@@/from/deep"],
  ["sync", "--dry-run", "@@/from", "@@/elsewhere"],
  ["copy", "@@/absent", "@@/to"]
])("%s %s says the same there as here", async (...words) => {
  const { here, there } = await both(...words)
  expect({ ...there, error: there.error.trim() }).toEqual({ ...here, error: here.error.trim() })
})

test.each([
  ["task", "prune"],
  ["remote", "list"],
  ["notify", "list"],
  ["state", "save", "/a"],
  ["rcat", "/a/b"],
  ["copyurl", "http://localhost/a", "/a/b"]
])("%s %s does nothing on this machine while OURCLONE_SERVER names another one", async (...words) => {
  const { code, error, out } = await makeCli({ environment: { OURCLONE_SERVER: "unix:/nowhere" } }).run(...words)
  expect([code, out]).toEqual([2, ""])
  expect(error).toMatch(new RegExp(`ourclone ${words[0]} .*OURCLONE_SERVER= before the command`))
})

test("what nobody means of another machine goes on with OURCLONE_SERVER set, and flags before a command are no command", async () => {
  const cli = makeCli({ environment: { OURCLONE_SERVER: "unix:/nowhere" } })
  expect((await cli.run("version")).code).toBe(0)
  // What a service starts may have its environment.
  for (const words of [["task", "run", "--id", "1"], ["task", "watch-folders"], ["serve-side"], ["serve"]]) {
    expect(refusal(words, { OURCLONE_SERVER: "unix:/nowhere" })).toBeUndefined()
  }
  expect((await cli.run("mount", "list")).error).toMatch(/does not answer at .*nowhere/)
  const log = path.join(folder, "log")
  const listed = await makeCli().run(
    "--log-file",
    log,
    "--server",
    `unix:${socket}`,
    "ls",
    path.join(folder, "data/from")
  )
  expect([listed.code, listed.out]).toEqual([0, expect.stringContaining("a.txt")])
})

test("a service without a page says what makes it", () => {
  expect(said.filter((line) => line.includes("page"))).toEqual([expect.stringContaining("npm run build")])
})

test("a copy is a task of the service, which ends with the same words", async () => {
  const { here, there } = await both("copy", "@@/from", "@@/to")
  expect([here.code, there.code]).toEqual([0, 0])
  expect(fs.readFileSync(path.join(folder, "data/to/deep/b.txt"), "utf8")).toBe("second")
  const cli = makeCli()
  const words = ["copy", path.join(folder, "data/from"), path.join(folder, "data/new"), "--server", `unix:${socket}`]
  const far = await cli.run(...words)
  const again = await cli.run("copy", path.join(folder, "data/from"), path.join(folder, "data/new2"))
  // The line at the end holds how long it took and, from a second on, how fast it was.
  const plain = (text: string) => text.replace(/ in [\d:.]+( s)?(, [\d.]+ \w+\/s)?$/gm, "")
  expect([far.code, plain(far.error)]).toEqual([again.code, plain(again.error)])
})

test("what is about this machine is not sent to another, and what is not allowed there is refused", async () => {
  const cli = makeCli()
  const remote = await cli.run("remote", "list", "--server", `unix:${socket}`)
  expect([remote.code, remote.error]).toEqual([2, expect.stringContaining("ourclone remote is about this machine")])
  // Others of its group may run there.
  expect(refusal(["task", "prune", "--server", "unix:/there"], {})).toContain("ourclone task prune is about")
  expect(refusal(["task", "list", "--server", "unix:/there"], {})).toBeUndefined()
  const outside = await cli.run("ls", "/etc", "--server", `unix:${socket}`)
  expect([outside.code, outside.error]).toEqual([7, expect.stringContaining("--root allows more")])
  const nobody = await cli.run("ls", "/etc", "--server", "unix:/nowhere/socket")
  expect([nobody.code, nobody.error]).toEqual([5, expect.stringContaining("does not answer")])
  const wrong = await cli.run("ls", "/etc", "--server", "nonsense")
  expect(wrong.code).toBe(2)
})

test("tasks of a service are told, and told what to do, as those of this machine", async () => {
  const at = (name: string) => path.join(folder, "data", name)
  const cli = makeCli({
    environment: { XDG_STATE_HOME: path.join(folder, "state"), OURCLONE_CONFIG: path.join(folder, "config.toml") }
  })
  const server = ["--server", `unix:${socket}`]
  expect((await cli.run("copy", at("from"), at("told"), "--exclude", "*.jpg", ...server)).code).toBe(0)
  const { id } = JSON.parse((await cli.run("task", "list", "--json", "--limit", "1", ...server)).out)
  for (const words of [
    ["list"],
    ["list", "--all", "--limit", "2"],
    ["show", id],
    ["watch", "zzzz"],
    ["why", "a.txt"],
    ["why", "nothing of that name"],
    ["watch", id],
    ["watch", "--json", id],
    ["pause", id],
    ["cancel", id, "zzzz"]
  ]) {
    const here = await cli.run("task", ...words)
    const there = await cli.run("task", ...words, ...server)
    const plain = ({ out, ...rest }: typeof here) => ({
      ...rest,
      words,
      out: words.includes("--json")
        ? out
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line))
        : out
    })
    expect(plain(there)).toEqual(plain(here))
    if (words[0] === "list" || words[0] === "show") expect(`${here.out}${here.error}`).toContain(id.slice(0, 4))
  }

  // A file that is one piece of bytes is through at once, and the next one waits for it.
  const large = [1, 2, 3, 4].map((number) => at(`from/large${number}`))
  for (const file of large) fs.writeFileSync(file, "x".repeat(20_000))
  const slow = cli.run("copy", at("from"), at("slowly"), "--bwlimit", "1k", ...server)
  const running = async (): Promise<string> => {
    for (;;) {
      const lines = (await cli.run("task", "list", "--json", ...server)).out.trim().split("\n")
      const task = lines.map((line) => JSON.parse(line)).find(({ state }) => state._tag === "Running")
      if (task !== undefined) return task.id
    }
  }
  const task = await running()
  const act = (what: string) => cli.run("task", what, task, ...server)
  const paused = await act("pause")
  expect([paused.code, paused.error]).toEqual([0, expect.stringMatching(/^task .*: paused by /)])
  expect((await act("pause")).code).toBe(1)
  expect((await act("resume")).code).toBe(0)
  expect(await running()).toBe(task)
  const cancelled = await act("cancel")
  expect([cancelled.code, cancelled.error]).toEqual([0, expect.stringMatching(/^task .*: cancelled by /)])
  expect((await slow).code).toBe(130)
  for (const file of large) fs.rmSync(file)
  expect((await act("retry")).code).toBe(0)
  expect((await cli.run("task", "watch", task, ...server)).code).toBe(0)
}, 600_000)

/** Beside the service, on its journal and configuration. */
const beside = () =>
  makeCli({
    environment: { XDG_STATE_HOME: path.join(folder, "state"), OURCLONE_CONFIG: path.join(folder, "config.toml") }
  })

/** Without what is of each time, and of who asked. */
const steady = ({ code, error, out }: Ran) => ({
  code,
  error: error.replace(/task [0-9a-z]{8,}/g, "task ID").replace(/\bin [\d:.]+( s)?\b/g, "in TIME"),
  out: out.replace(/"(id|by|createdAt|lookedAt|startedAt|endedAt|origin|isOfService)":("[^"]*"|\d+|null|true),?/g, "")
})

test("schedules of a service are made, listed, turned, run and removed as those of this machine", async () => {
  const cli = beside()
  const at = (name: string) => path.join(folder, "data", name)
  const server = ["--server", `unix:${socket}`]
  const work = ["--", "copy", at("from"), at("by the clock")]
  const add = (cron: string, ...more: ReadonlyArray<string>) => [
    "schedule",
    "add",
    "nightly",
    ...["--cron", cron, "--zone", "Europe/Berlin", ...more]
  ]
  const told = async (...words: ReadonlyArray<string>) => {
    const [flags, rest] = words.includes("--")
      ? [words.slice(0, words.indexOf("--")), words.slice(words.indexOf("--"))]
      : [words, []]
    return [steady(await cli.run(...flags, ...rest)), steady(await cli.run(...flags, ...server, ...rest))] as const
  }
  const same = async (code: number, ...words: ReadonlyArray<string>) => {
    const [here, there] = await told(...words)
    expect({ words, ...there }).toEqual({ words, ...here })
    expect({ words, code: there.code }).toEqual({ words, code })
  }
  await same(0, "schedule", "list")
  await same(2, ...add("99 2 * * *"), ...work)
  await same(2, ...add("30 2 * * *"), "--", "ls", at("from"))
  await same(4, "schedule", "run", "nightly")
  await same(4, "schedule", "off", "nightly")
  await same(0, "schedule", "due", "--cron", "0 9 * * MON")

  const made = await cli.run(...add("30 2 * * *"), ...work)
  expect((await cli.run("schedule", "remove", "nightly", ...server)).code).toBe(0)
  const far = await cli.run(...add("30 2 * * *"), ...server, ...work)
  expect([far.code, far.error]).toEqual([made.code, made.error])
  // The name is taken.
  await same(2, ...add("30 2 * * *"), ...work)
  await same(0, "schedule", "list")
  await same(0, "schedule", "list", "--json")
  await same(0, "schedule", "off", "nightly")
  await same(0, "schedule", "list")
  await same(0, "schedule", "on", "nightly")

  const ran = await cli.run("schedule", "run", "nightly", ...server)
  expect([ran.code, ran.error]).toEqual([0, expect.stringMatching(/^task \w+: /)])
  const [, id = ""] = /^task (\w+)/.exec(ran.error) ?? []
  expect((await cli.run("task", "watch", id, ...server)).code).toBe(0)
  expect(fs.readFileSync(at("by the clock/a.txt"), "utf8")).toBe("one")
  const hooked = await cli.run(...add("@daily", "--before", "true"), ...server, ...work)
  expect([hooked.code, hooked.error]).toEqual([2, expect.stringContaining("on the machine of the service alone")])
  expect((await cli.run("schedule", "remove", "nightly", ...server)).code).toBe(0)
  await same(0, "schedule", "list")
}, 600_000)

test("a command is run by a service in the background as on this machine", async () => {
  const cli = beside()
  const server = ["--server", `unix:${socket}`]
  const at = (name: string) => path.join(folder, "data", name)
  const start = async (more: ReadonlyArray<string>, ...words: ReadonlyArray<string>) =>
    steady(await cli.run("task", "start", ...more, "--", ...words))
  const work = ["copy", at("from"), at("in the background")]
  for (const [code, words] of [
    [0, work],
    [2, ["ls", at("from")]],
    [2, ["copy", "--dry-run", ...work.slice(1)]]
  ] as const) {
    const there = await start(server, ...words)
    expect({ words, ...there }).toEqual({ words, ...(await start([], ...words)) })
    expect({ words, code: there.code }).toEqual({ words, code })
  }
  const { code, out } = await cli.run("task", "start", "--json", "--priority", "3", ...server, "--", ...work)
  const task = JSON.parse(out)
  expect([code, task.kind, task.priority]).toEqual([0, "copy", 3])
  expect((await cli.run("task", "watch", task.id, ...server)).code).toBe(0)
  const hooked = await start([...server, "--after", "true"], ...work)
  expect([hooked.code, hooked.error]).toEqual([2, expect.stringContaining("on the machine of the service alone")])
}, 600_000)

test("a task of a service is taken back there, which says as much as here", async () => {
  const emulator = await startEmulator({})
  onTestFinished(() => emulator.close())
  await post(emulator, "b2_create_bucket", { bucketName: "far-undo", bucketType: "allPrivate" })
  const { endpoint, key: applicationKey, keyId } = emulator
  const remote = { type: "b2", keyId, applicationKey, endpoint }
  const lines = Object.entries(remote).map(([name, value]) => `${name} = "${value}"`)
  fs.writeFileSync(path.join(folder, "config.toml"), ["[remotes.b2]", ...lines, ""].join("\n"), { mode: 0o600 })
  const cli = beside()
  const server = ["--server", `unix:${socket}`]
  const from = path.join(folder, "data/undone")
  fs.mkdirSync(from)
  const write = (name: string, text: string) => fs.writeFileSync(path.join(from, name), text)
  write("old.txt", "before")
  expect((await cli.run("copy", from, "b2:far-undo", ...server)).code).toBe(0)
  write("old.txt", "overwritten")
  write("new.txt", "new")
  expect((await cli.run("copy", from, "b2:far-undo", ...server)).code).toBe(0)
  const newest = JSON.parse((await cli.run("task", "list", "--json", "--limit", "1", ...server)).out)
  expect(newest).toMatchObject({ kind: "copy", request: { source: from }, state: { _tag: "Done" } })
  const { id } = newest
  const both = async (...words: ReadonlyArray<string>) => {
    const there = steady(await cli.run("task", "undo", ...words, ...server))
    expect({ words, ...there }).toEqual({ words, ...steady(await cli.run("task", "undo", ...words)) })
    return there
  }
  expect(await both("--dry-run", id)).toMatchObject({ code: 0, error: expect.stringContaining("1 file brought back") })
  expect((await both("zzzz")).code).toBe(4)
  const undone = await cli.run("task", "undo", id, ...server)
  expect([undone.code, undone.error]).toEqual([0, "1 file brought back, 1 file hidden that was new\n"])
  expect((await cli.run("cat", "b2:far-undo/old.txt", ...server)).out).toBe("before")
  expect((await cli.run("ls", "b2:far-undo", ...server)).out).not.toContain("new.txt")
  // It was taken back already, and what takes back is no transfer.
  await both(id)
  const last = JSON.parse((await cli.run("task", "list", "--json", "--limit", "1", ...server)).out)
  expect((await both(last.id)).code).toBe(2)
}, 600_000)
