/** The conformance tests that the S3 server versitygw brings, run by their names against the S3 side of an emulator. */
import { execFile } from "node:child_process"
import { find } from "@ourclone/core/testing/Programs"
import { startEmulator } from "../../src/Emulator.ts"

const program = find("versitygw") ?? "versitygw"
/** In milliseconds, of one test. */
const patience = 60_000
/** Tests at once. */
const lanes = 3

/** Why it failed; `undefined` where it passed. */
const failureOf = (words: ReadonlyArray<string>): Promise<string | undefined> =>
  new Promise((resolve) => {
    const env = { ...process.env, AWS_CA_BUNDLE: undefined }
    execFile(program, words, { env, timeout: patience }, (error, out, err) => {
      const said = [...out.split("\n"), ...err.split("\n")].find((line) => line.includes("FAIL"))
      resolve(error === null ? undefined : (said ?? error.message))
    })
  })

/** Of the tests named, those that failed, and why. Each has an emulator of its own: all of them name their buckets alike. */
export const failures = async (names: ReadonlyArray<string>): Promise<ReadonlyMap<string, string>> => {
  const failed = new Map<string, string>()
  const left = [...names]
  const lane = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const keepsVersions = /^(?:Versioning|ListObjectVersions)_/.test(name)
      const emulator = await startEmulator({ s3: { keepsVersions, region: "us-east-1" } })
      const words = ["test", "--access", emulator.keyId, "--secret", emulator.key, "--endpoint", emulator.s3Endpoint!]
      const because = await failureOf([...words, name, ...(keepsVersions ? ["--versioning-enabled"] : [])])
      if (because !== undefined) failed.set(name, because)
      await emulator.close()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return failed
}
