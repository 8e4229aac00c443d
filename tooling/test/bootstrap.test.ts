import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as os from "node:os"
import * as path from "node:path"
import { describe, expect, it } from "vitest"

const script = path.join(import.meta.dirname, "../bootstrap.mjs")
const bootstrap = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [script, ...args], { cwd: os.tmpdir(), encoding: "utf8" })

describe("tooling/bootstrap.mjs", () => {
  it("runs a program with the pinned Node, in the caller's folder", () => {
    const { status, stdout } = bootstrap("exec", "node", "-p", "process.version + ' ' + process.cwd()")
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${process.version} ${os.tmpdir()}\n` })
    expect(process.version).toBe("v24.21.0")
  })

  it("hands back the status of the program", () => {
    expect(bootstrap("exec", "sh", "-c", "exit 25").status).toBe(25)
    expect(bootstrap("exec", "sh", "-c", "kill -KILL $$").status).toBe(137)
  })

  it("leaves it to the program what Ctrl-C means", async () => {
    const program = `process.on("SIGINT", () => process.exit(130)); setTimeout(() => {}, 30000); console.log("up")`
    const child = spawn(process.execPath, [script, "exec", "node", "-e", program], { detached: true })
    await once(child.stdout, "data")
    process.kill(-(child.pid ?? 0), "SIGINT")
    expect(await once(child, "exit")).toEqual([130, null])
  })

  it("names its commands when asked for another", () => {
    const { status, stderr } = bootstrap("frobnicate")
    expect(status).toBe(1)
    expect(stderr).toContain("usage: bootstrap.mjs")
  })

  it("says where the toolchain would have gone when no folder is writable", () => {
    const { status, stderr } = spawnSync(process.execPath, [script, "path"], {
      encoding: "utf8",
      env: { ...process.env, OURCLONE_TOOLCHAIN: "/dev/null/toolchain" }
    })
    expect(status).toBe(1)
    expect(stderr).toContain("/dev/null/toolchain")
    expect(stderr).toContain("OURCLONE_TOOLCHAIN")
  })
})
