/** `npm run s3-server`, with stand-ins for Go and Python, in a tool cache of its own. */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { builtFile } from "@ourclone/core/testing/Programs"
import { afterEach, beforeEach, expect, it } from "vitest"

const script = path.join(import.meta.dirname, "../s3Server.ts")

let scratch = ""
let environment: NodeJS.ProcessEnv = {}

beforeEach(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-s3-server-"))
  const programs = path.join(scratch, "programs")
  fs.mkdirSync(programs)
  for (const name of ["dirname", "sh", "sleep"]) {
    const file = ["/bin", "/usr/bin"].map((folder) => path.join(folder, name)).find((one) => fs.existsSync(one))
    fs.symlinkSync(file ?? name, path.join(programs, name))
  }
  environment = { PATH: programs, XDG_CACHE_HOME: path.join(scratch, "cache") }
})
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }))

const standIn = (name: string, body: string): void => {
  fs.writeFileSync(path.join(scratch, "programs", name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
}

const run = (...words: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [script, ...words], { encoding: "utf8", env: environment })

const leftovers = (): ReadonlyArray<string> => {
  const folder = path.join(scratch, "cache", "ourclone", "bin")
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []
}

const builds = `[ "$1" = version ] || { echo '#!/bin/sh' >"$GOBIN/versitygw"; /bin/chmod +x "$GOBIN/versitygw"; }`
/** Waits for a child of its own, which outlives it where only the first process is ended. */
const hangs = `[ "$1" = version ] && exit 0; echo building >&2; sleep 100 & wait`

it("puts what Go built into a folder of its version", () => {
  standIn("go", builds)
  const { status, stderr } = run("60")
  expect({ status, stderr }).toEqual({ status: 0, stderr: `${builtFile("versitygw", environment)}\n` })
  expect(leftovers()).toEqual(["versitygw-v1.8.0"])
})

it("does not ask a machine again that can not, until it is told to", () => {
  standIn("go", `[ "$1" = version ] || { echo tried >&2; exit 1; }`)
  const first = run("60")
  expect({ status: first.status, stderr: first.stderr }).toEqual({
    status: 0,
    stderr: "tried\nthere is no S3 server of others: tests that need one are skipped\n"
  })
  expect(leftovers()).toEqual(["versitygw-v1.8.0.failed"])
  const second = run("60")
  expect(second.status).toBe(0)
  expect(second.stderr).not.toContain("tried\n")
  standIn("go", builds)
  expect(run().status).toBe(0)
  expect(leftovers()).toEqual(["versitygw-v1.8.0"])
})

it("installs moto where only Python is, and again when its interpreter has gone", () => {
  const pip = `printf '#!/bin/sh\\n[ "$1 $2 $3" = "-m moto.server --help" ]\\n' >"\${0%/*}/python"; /bin/chmod +x "\${0%/*}/python"`
  standIn(
    "python3",
    `[ "$1" = -m ] || exit 0; /bin/mkdir -p "$3/bin"; printf '%s\\n' '#!/bin/sh' '${pip.replaceAll("'", `'\\''`)}' >"$3/bin/pip"; /bin/chmod +x "$3/bin/pip"`
  )
  const installed = { status: 0, stderr: `${builtFile("moto_server", environment)}\n` }
  expect(run("60")).toMatchObject(installed)
  fs.rmSync(path.join(path.dirname(builtFile("moto_server", environment)), "environment", "bin", "python"))
  expect(run("60")).toMatchObject(installed)
  expect(leftovers()).toEqual(["moto_server-5.2.5"])
})

// Its standard error stays open for as long as anything lives that was started.
it("ends a build with all that it started when its time is over", () => {
  standIn("go", hangs)
  expect(run("1")).toMatchObject({ status: 0, signal: null })
  expect(leftovers()).toEqual(["versitygw-v1.8.0.failed"])
})

it("ends with all that it started when it is told to, and counts nothing as tried", async () => {
  standIn("go", hangs)
  const child = spawn(process.execPath, [script, "60"], { env: environment })
  await once(child.stderr, "data")
  child.kill("SIGTERM")
  expect(await once(child, "close")).toEqual([143, null])
  expect(leftovers()).toEqual([])
})

it("fails no test run where its folder can not be written to", () => {
  standIn("go", builds)
  fs.writeFileSync(path.join(scratch, "cache"), "")
  expect(run("60").status).toBe(0)
})
