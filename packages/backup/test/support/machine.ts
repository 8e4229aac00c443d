/** What the machine that runs the tests can do, and places to do it. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Posix from "@ourclone/system/Posix"
import { onTestFinished } from "vitest"

export const isRoot = process.geteuid?.() === 0

/** An empty folder that goes when the test is over. */
export const temporaryFolder = (): string => {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "ourclone-machine-")))
  onTestFinished(() => fs.rmSync(path, { recursive: true, force: true }))
  return path
}

const probe = (): boolean => {
  const path = fs.mkdtempSync(join(tmpdir(), "ourclone-probe-"))
  try {
    Posix.setAttribute(Buffer.from(path), Buffer.from("user.probe"), Buffer.from("1"))
    return true
  } catch {
    return false
  } finally {
    fs.rmSync(path, { recursive: true, force: true })
  }
}

/** Whether the file system of temporary files keeps `user.` attributes. */
export const takesAttributes = probe()

/** Whether a program is on the path. */
export const has = (program: string, ...probeArguments: ReadonlyArray<string>): boolean => {
  try {
    execFileSync(program, probeArguments, { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}
