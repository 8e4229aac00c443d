/**
 * `npm run s3-server`: an S3 server of other people for the tests of this checkout, kept in the tool cache. It is versitygw, which
 * brings a suite of conformance tests, where Go is at hand to build it: two minutes on two cores, once. Otherwise it is moto, where
 * Python is. `npm test` begins with it, and gives it a number of seconds at most; what was not there by then begins anew next time.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { builtFolder, find } from "@ourclone/core/testing/Programs"

const versitygw = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
const moto = "moto[server,s3]==5.2.5"

const folder = builtFolder()
const [seconds] = process.argv.slice(2)

/** Whether it ended well, in time. What it says goes to standard error. */
const did = (program: string, words: ReadonlyArray<string>, environment: NodeJS.ProcessEnv = {}): boolean => {
  const { status } = spawnSync(program, words, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", 2, 2],
    ...(seconds === undefined ? {} : { timeout: Number(seconds) * 1000 })
  })
  return status === 0
}
const isThere = (program: string, word: string): boolean => spawnSync(program, [word]).status === 0

/** What Go fetches and compiles on the way is taken away again. */
const buildVersitygw = (): void => {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-go-"))
  const own = {
    GOPATH: path.join(work, "path"),
    GOCACHE: path.join(work, "cache"),
    GOMODCACHE: path.join(work, "modules")
  }
  try {
    did("go", ["install", "-modcacherw", "-ldflags=-s -w", versitygw], { ...own, GOBIN: folder, CGO_ENABLED: "0" })
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

const installMoto = (): void => {
  const environment = path.join(folder, "moto")
  const program = path.join(folder, "moto_server")
  fs.rmSync(program, { force: true })
  if (!did("python3", ["-m", "venv", environment])) return
  if (!did(path.join(environment, "bin", "pip"), ["install", "--quiet", "--no-compile", moto])) return
  fs.symlinkSync(path.join(environment, "bin", "moto_server"), program)
}

const found = (): string | undefined => find("versitygw") ?? find("moto_server")

fs.mkdirSync(folder, { recursive: true })
if (find("versitygw") === undefined && isThere("go", "version")) buildVersitygw()
if (found() === undefined && isThere("python3", "--version")) installMoto()
console.error(found() ?? "there is no S3 server of others: tests that need one are skipped")
