/**
 * `npm run versitygw`: builds an S3 server of other people, which brings a suite of conformance tests, for tests of this checkout.
 * It takes Go, and a quarter of an hour on two cores; once it is there, tests find it.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { builtFolder, find } from "@ourclone/core/testing/Programs"

const version = "v1.8.0"

const there = find("versitygw")
if (there === undefined) {
  const folder = builtFolder()
  fs.mkdirSync(folder, { recursive: true })
  const { error, status } = spawnSync("go", ["install", `github.com/versity/versitygw/cmd/versitygw@${version}`], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" },
    stdio: ["ignore", "inherit", "inherit"]
  })
  if (error !== undefined) console.error(`versitygw could not be built: ${error.message}`)
  process.exitCode = status ?? 1
}
console.log(find("versitygw") ?? "there is no versitygw")
