import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"

const unit = fs.readFileSync(path.join(import.meta.dirname, "../../deploy/ourclone.service"), "utf8")
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0

test.skipIf(!hasSystemd)("systemd finds nothing wrong with the unit (needs systemd-analyze)", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-unit-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, "ourclone.service")
  // Here it is not installed.
  fs.writeFileSync(file, unit.replace("/usr/local/bin/ourclone", process.execPath))
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" })
  const about = stderr.split("\n").filter((line) => line.includes("ourclone"))
  expect([status, about]).toEqual([0, []])
})

test("state and configuration of the unit lie where its user may write, and runners hear of a stop", () => {
  const [, written = ""] = /^Environment=(.*)$/m.exec(unit) ?? []
  const variables = Object.fromEntries(written.split(" ").map((one) => one.split("=") as [string, string]))
  expect(variables).toEqual({
    XDG_STATE_HOME: "%S/ourclone/state",
    XDG_CACHE_HOME: "%C",
    OURCLONE_CONFIG: "%S/ourclone/config/config.toml"
  })
  for (const line of [
    "StateDirectory=ourclone",
    "CacheDirectory=ourclone",
    "KillMode=control-group",
    "User=ourclone"
  ]) {
    expect(unit.split("\n")).toContain(line)
  }
  expect(unit).not.toContain("ConfigurationDirectory")
})
