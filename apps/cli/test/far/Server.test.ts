/** Commands against a service: the same words, output and exit codes as here. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { afterAll, beforeAll, expect, test } from "vitest"
import { refusal } from "../../src/far/Server.ts"
import { makeCli } from "../Cli.ts"

const main = path.join(import.meta.dirname, "../../src/main.ts")
let folder = ""
let socket = ""
let service: ChildProcess

beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-far-")))
  socket = path.join(folder, "socket")
  const environment = {
    ...{ HOME: folder, XDG_STATE_HOME: path.join(folder, "state"), XDG_CACHE_HOME: path.join(folder, "cache") },
    OURCLONE_CONFIG: path.join(folder, "config.toml"),
    PATH: process.env.PATH
  }
  const words = ["serve", "--addr", "127.0.0.1:0", "--socket", socket, "--root", path.join(folder, "data")]
  service = spawn(process.execPath, [main, ...words], { env: environment, stdio: ["ignore", "ignore", "pipe"] })
  fs.mkdirSync(path.join(folder, "data/from/deep"), { recursive: true })
  fs.writeFileSync(path.join(folder, "data/from/a.txt"), "one")
  fs.writeFileSync(path.join(folder, "data/from/deep/b.txt"), "second")
  for await (const line of createInterface({ input: service.stderr! })) if (line.startsWith("set it up")) break
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
  ["task", "list"],
  ["task", "start", "copy", "/a", "/b"],
  ["task", "cancel", "1"],
  ["schedule", "list"],
  ["schedule", "remove", "nightly"],
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
  for (const words of [["task", "run", "--id", "1"], ["serve-side"], ["serve"]]) {
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

test("a copy is a task of the service, which ends with the same words", async () => {
  const { here, there } = await both("copy", "@@/from", "@@/to")
  expect([here.code, there.code]).toEqual([0, 0])
  expect(fs.readFileSync(path.join(folder, "data/to/deep/b.txt"), "utf8")).toBe("second")
  const cli = makeCli()
  const words = ["copy", path.join(folder, "data/from"), path.join(folder, "data/new"), "--server", `unix:${socket}`]
  const far = await cli.run(...words)
  const again = await cli.run("copy", path.join(folder, "data/from"), path.join(folder, "data/new2"))
  // The line at the end holds how long it took.
  const plain = (text: string) => text.replace(/[\d.]+ ?(ms|s)\b|[\d.,]+ \w+\/s/g, "#")
  expect([far.code, plain(far.error)]).toEqual([again.code, plain(again.error)])
})

test("what is about this machine is not sent to another, and what is not allowed there is refused", async () => {
  const cli = makeCli()
  const remote = await cli.run("remote", "list", "--server", `unix:${socket}`)
  expect([remote.code, remote.error]).toEqual([2, expect.stringContaining("about this machine")])
  const outside = await cli.run("ls", "/etc", "--server", `unix:${socket}`)
  expect([outside.code, outside.error]).toEqual([1, expect.stringContaining("--root allows more")])
  const nobody = await cli.run("ls", "/etc", "--server", "unix:/nowhere/socket")
  expect([nobody.code, nobody.error]).toEqual([5, expect.stringContaining("does not answer")])
  const wrong = await cli.run("ls", "/etc", "--server", "nonsense")
  expect(wrong.code).toBe(2)
})
