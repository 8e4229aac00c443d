import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import * as OwnUnit from "../../src/process/OwnUnit.ts"

/** A `systemd-run` that notes its words, and runs what comes after them. */
const fake = (status: number) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-unit-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const log = path.join(folder, "log")
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > '${log}'\n[ ${status} = 0 ] || exit ${status}\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n`
  fs.writeFileSync(path.join(folder, "systemd-run"), script, { mode: 0o755 })
  return { environment: { PATH: `${folder}:/usr/bin:/bin`, SECRET: "hidden", NOTIFY_SOCKET: "x" }, log }
}

describe.skipIf(process.platform !== "linux")("a unit of its own", () => {
  test("is the user's, and is given variables by their names alone", () => {
    const { environment, log } = fake(0)
    const [program, ...words] = OwnUnit.command(["sh", "-c", 'printf %s "$SECRET"'], environment, false)
    const ran = spawnSync(program, words, { env: environment, encoding: "utf8" })
    expect(ran.stdout).toBe("hidden")
    const said = fs.readFileSync(log, "utf8").split("\n")
    expect(said.slice(0, 2)).toEqual(["--user", "--quiet"])
    expect(said).toContain("--setenv=SECRET")
    expect(said.join(" ")).not.toContain("hidden")
    expect(said.join(" ")).not.toContain("NOTIFY_SOCKET")
  })

  test("of root is a scope, as the system's manager would show the variables to everybody", () => {
    const { environment } = fake(0)
    const words = OwnUnit.command(["true"], environment, true)
    expect(words).toEqual(["systemd-run", "--scope", "--quiet", "--collect", "--", "true"])
  })

  test("is not asked for where systemd makes none, or is not there", () => {
    expect(OwnUnit.command(["true", "x"], fake(1).environment, false)).toEqual(["true", "x"])
    expect(OwnUnit.command(["true", "x"], { PATH: "/nonexistent" }, false)).toEqual(["true", "x"])
  })
})
