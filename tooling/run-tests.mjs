// One vitest run over the whole repository, and the one line about it that machines read.
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { installDebianPackages } from "./debian-packages.mjs"

const reporter = fileURLToPath(new URL("ci-reporter.mjs", import.meta.url))

const s3Server = fileURLToPath(new URL("s3Server.ts", import.meta.url))

/** What a program ends with that was ended by Ctrl-C, a hangup, or a request to end: then nothing more is wanted. */
const unwanted = ["SIGINT", "SIGHUP", "SIGTERM"].map((signal) => 128 + os.constants.signals[signal])

const readCounts = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"))
  } catch {
    return { passed: 0, failed: 0, skipped: 0 } // vitest ended before it could report
  }
}

/**
 * Resolves with vitest's status, after the last line: `Tests: N passed, N failed, N skipped`. A run of everything first builds
 * an S3 server of others, and is over where that is ended from outside.
 */
export const runTests = async (run, say, args) => {
  if (args.length === 0) {
    const status = await run("node", [s3Server, "240"], {})
    if (unwanted.includes(status)) return status
  }
  installDebianPackages(say)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tests-"))
  const report = path.join(folder, "counts.json")
  try {
    const vitest = ["run", "--maxWorkers=3", "--reporter=default", `--reporter=${reporter}`, ...args]
    const status = await run("vitest", vitest, { OURCLONE_TEST_REPORT: report })
    const { passed, failed, skipped } = readCounts(report)
    const failures = status === 0 ? failed : Math.max(failed, 1)
    process.stdout.write(`Tests: ${passed} passed, ${failures} failed, ${skipped} skipped\n`)
    return failures === 0 ? 0 : status || 1
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
