/**
 * `npm run s3-server`: an S3 server of other people for the tests of this checkout, kept in the tool cache. It is versitygw, which
 * brings a suite of conformance tests, where Go is at hand to build it: two minutes on two cores, once. Otherwise it is moto, where
 * Python is. `npm test` begins with it and gives it a number of seconds, all steps together. What could not be built by then is not
 * tried again by `npm test`, only by this command.
 */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { type Built, builtFile, builtVersions, find, starts } from "@ourclone/core/testing/Programs"

const [seconds] = process.argv.slice(2)

const stopped = new AbortController()
let stoppedBy: NodeJS.Signals | undefined
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    stoppedBy ??= signal
    stopped.abort()
  })
}
const over =
  seconds === undefined
    ? stopped.signal
    : AbortSignal.any([stopped.signal, AbortSignal.timeout(Number(seconds) * 1000)])

const endGroup = (leader: number | undefined): void => {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL")
  } catch {} // all of it has ended
}

/** Whether it ended well, in time: when that is over it is ended with all that it started. What it says goes to standard error. */
const did = (program: string, words: ReadonlyArray<string>, environment: NodeJS.ProcessEnv = {}): Promise<boolean> =>
  new Promise((resolve) => {
    if (over.aborted) return resolve(false)
    const child = spawn(program, words, {
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ["ignore", 2, 2]
    })
    const end = (): void => endGroup(child.pid)
    over.addEventListener("abort", end)
    child.once("error", () => resolve(false))
    child.once("close", (status) => {
      over.removeEventListener("abort", end)
      resolve(status === 0)
    })
  })

const remove = (file: string): void => fs.rmSync(file, { recursive: true, force: true, maxRetries: 5 })

/** Builds `program` with `tool`, unless it is there or, in a test run, did not work before. */
const build = async (
  program: Built,
  tool: string,
  word: string,
  into: (half: string) => Promise<boolean>
): Promise<boolean> => {
  const file = builtFile(program)
  if (starts(file)) {
    console.error(file)
    return true
  }
  const folder = path.dirname(file)
  const failed = `${folder}.failed`
  if (seconds !== undefined && fs.existsSync(failed)) {
    console.error(`${program} could not be built here before; npm run s3-server tries again`)
    return false
  }
  if (!(await did(tool, [word]))) return false
  fs.mkdirSync(path.dirname(folder), { recursive: true })
  const half = fs.mkdtempSync(`${folder}.`)
  try {
    if ((await into(half)) && starts(path.join(half, program))) {
      remove(folder)
      fs.renameSync(half, folder)
      remove(failed)
      console.error(file)
      return true
    }
  } finally {
    remove(half)
  }
  if (stoppedBy === undefined) fs.writeFileSync(failed, "tried, failed\n")
  return false
}

/** What Go fetches and compiles on the way is taken away again. */
const buildVersitygw = async (half: string): Promise<boolean> => {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-go-"))
  const own = {
    GOPATH: path.join(work, "path"),
    GOCACHE: path.join(work, "cache"),
    GOMODCACHE: path.join(work, "modules")
  }
  const source = `github.com/versity/versitygw/cmd/versitygw@${builtVersions.versitygw}`
  const words = ["install", "-modcacherw", "-ldflags=-s -w", source]
  try {
    return await did("go", words, { ...own, GOBIN: half, CGO_ENABLED: "0" })
  } finally {
    remove(work)
  }
}

/** Scripts of an environment name its first place: this one finds it beside itself, also once it was renamed. */
const motoScript = `#!/bin/sh
exec "$(dirname "$0")/environment/bin/python" -m moto.server "$@"
`

const installMoto = async (half: string): Promise<boolean> => {
  const environment = path.join(half, "environment")
  const what = `moto[server,s3]==${builtVersions.moto_server}`
  fs.writeFileSync(path.join(half, "moto_server"), motoScript, { mode: 0o755 })
  return (
    (await did("python3", ["-m", "venv", environment])) &&
    did(path.join(environment, "bin", "pip"), ["install", "--quiet", "--no-compile", "--only-binary=:all:", what])
  )
}

try {
  const isBuilt =
    (await build("versitygw", "go", "version", buildVersitygw)) ||
    (await build("moto_server", "python3", "--version", installMoto))
  if (!isBuilt && stoppedBy === undefined && (find("versitygw") ?? find("moto_server")) === undefined) {
    console.error("there is no S3 server of others: tests that need one are skipped")
  }
} catch (error) {
  console.error(`no S3 server of others was built: ${error}`)
}
if (stoppedBy !== undefined) process.exitCode = 128 + os.constants.signals[stoppedBy]
