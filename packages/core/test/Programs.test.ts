import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { builtFile, find, needs } from "@ourclone/core/testing/Programs"
import { afterEach, beforeEach, expect, it } from "vitest"

let folder = ""

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-needs-"))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

const write = (file: string, script: string): string => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, script, { mode: 0o755 })
  return file
}

it("a program on PATH is available, a missing one has a reason that names the package", () => {
  expect(needs("rclone", { PATH: folder })).toEqual({
    available: false,
    reason: "rclone is not installed (apt-get install rclone)"
  })
  write(path.join(folder, "rclone"), "#!/bin/sh\n")
  expect(needs("rclone", { PATH: folder })).toEqual({ available: true, reason: "" })
})

it("a program that was built for tests goes before one of another version on PATH", () => {
  const environment = { PATH: folder, XDG_CACHE_HOME: path.join(folder, "cache") }
  const other = write(path.join(folder, "versitygw"), "#!/bin/sh\n")
  expect(find("versitygw", environment)).toBe(other)
  const built = write(builtFile("versitygw", environment), "#!/bin/sh\n")
  expect(find("versitygw", environment)).toBe(built)
})

it("a program whose interpreter has gone is not there", () => {
  const environment = { PATH: folder, XDG_CACHE_HOME: path.join(folder, "cache") }
  write(builtFile("moto_server", environment), `#!${folder}/python\n`)
  expect(find("moto_server", environment)).toBeUndefined()
  const other = write(path.join(folder, "moto_server"), "#!/bin/sh\n")
  expect(find("moto_server", environment)).toBe(other)
})

it("with CI=true the reason says that nothing may be missing", () => {
  expect(needs("backblaze-b2", { PATH: "", CI: "true" }).reason).toContain("CI=true")
})
