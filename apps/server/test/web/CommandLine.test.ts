/** The command that the page gives to copy asks the command line for what the page asks the service for. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { commandLine, wordsOf } from "../../web/src/words/commandLine.ts"

const main = path.join(import.meta.dirname, "../../../cli/src/main.ts")

const saysNothing = (value: unknown): boolean => value === false || (Array.isArray(value) && value.length === 0)
/** Of how it is shown each face decides. */
const shown = ["scan", "items"]
const plain = (request: object) =>
  Object.fromEntries(Object.entries(request).filter(([name, value]) => !saysNothing(value) && !shown.includes(name)))

test.each([
  ["copy", { source: "/a b/it's", destination: "b2:bucket/x", include: ["*.jpg"], exclude: ["-x", "a $HOME"] }],
  ["move", { source: "b2:bucket", destination: "/to", bwlimit: "10M", transfers: 3, checksum: true, update: true }],
  [
    "sync",
    {
      ...{ source: "/from", destination: "b2:bucket", minSize: "10k", maxSize: "1G", maxAge: "30d" },
      ...{ maxDelete: 312, maxCost: 1.5, allowEmptySource: true }
    }
  ],
  [
    "backup",
    {
      ...{ repository: "home", paths: ["/home/ann/Documents", "/srv/x y"], exclude: ["*.tmp", "node_modules"] },
      ...{ tag: ["work", "daily"], excludeCaches: true, scan: true }
    }
  ],
  [
    "restore",
    {
      ...{ repository: "home", snapshot: "0123abcd:/home/ann", target: "/tmp/x", overwrite: "never" },
      ...{ include: ["/a [b].txt"], verify: true, items: true }
    }
  ]
])("%s", (kind, request) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-words-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  fs.writeFileSync(
    path.join(folder, "config.toml"),
    '[repositories.home]\nlocation = "/nowhere"\npassword = "secret"\n',
    { mode: 0o600 }
  )
  const environment = {
    ...{ PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder },
    OURCLONE_CONFIG: path.join(folder, "config.toml")
  }
  // A schedule keeps what a command would ask for, without doing it. The shell takes the line apart.
  const line = commandLine(kind, request) ?? ""
  expect(line).toMatch(/^ourclone /)
  const words = line.replace(/^ourclone /, '"$0" "$1" schedule add one --cron @daily --json -- ')
  const { status, stderr, stdout } = spawnSync("sh", ["-c", words, process.execPath, main], {
    env: environment,
    encoding: "utf8"
  })
  expect([status, stderr]).toEqual([0, expect.anything()])
  const made = JSON.parse(stdout)
  const { compression, directory, ...asked } = plain(made.request)
  expect([made.kind, asked, compression ?? "auto"]).toEqual([kind, plain(request), "auto"])
})

test("what has no words of its own, or is not known to have any, gives no command", () => {
  const sides = { source: "/a", destination: "/b" }
  expect(wordsOf("copy", { ...sides, paths: ["only this"] })).toBeUndefined()
  expect(wordsOf("copy", { ...sides, source: "-a" })).toBeUndefined()
  expect(wordsOf("backup", { repository: "home", paths: ["Documents"], directory: "/home/ann" })).toBeUndefined()
  expect(wordsOf("createBucket", { bucket: "b2:x" })).toBeUndefined()
  expect(wordsOf("constructor", {})).toBeUndefined()
})
