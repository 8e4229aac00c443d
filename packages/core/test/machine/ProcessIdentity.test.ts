import { spawn } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { createInterface } from "node:readline"
import { describe, expect, test } from "vitest"
import { current, hasEnded } from "../../src/machine/ProcessIdentity.ts"

describe("ProcessIdentity", () => {
  test("this process runs", () => {
    expect(hasEnded(current())).toBe(false)
  })

  test("a process of another user runs, and one that never was does not", () => {
    const { host } = current()
    expect(hasEnded({ host, pid: 1, birth: "" })).toBe(false)
    expect(hasEnded({ host, pid: 2 ** 22 + 1, birth: "" })).toBe(true)
    expect(hasEnded({ host, pid: 1.5, birth: "" })).toBe(true)
  })

  test("of a process on another machine nothing is known", () => {
    expect(hasEnded({ ...current(), host: "somewhere-else", birth: "another" })).toBe(false)
  })

  test("this process runs, also where the system tells nothing of processes in files", () => {
    const { readFileSync } = fs
    Object.assign(fs, {
      readFileSync: () => {
        throw Object.assign(new Error("there is no /proc"), { code: "ENOENT" })
      }
    })
    syncBuiltinESMExports()
    try {
      expect(hasEnded(current())).toBe(false)
      expect(hasEnded({ ...current(), pid: 2 ** 22 + 1 })).toBe(true)
    } finally {
      Object.assign(fs, { readFileSync })
      syncBuiltinESMExports()
    }
  })

  // Only Linux tells the state of a process in a file.
  test.runIf(process.platform === "linux")(
    "a killed process that its parent has not asked about has ended",
    async () => {
      const parent = spawn("sh", ["-c", "true & echo $!; exec sleep 30"], { stdio: ["ignore", "pipe", "ignore"] })
      try {
        const [line] = (await once(createInterface(parent.stdout), "line")) as [string]
        const dead = { host: current().host, pid: Number(line), birth: "" }
        await expect.poll(() => hasEnded(dead), { timeout: 240_000 }).toBe(true)
      } finally {
        parent.kill("SIGKILL")
      }
    }
  )
})
