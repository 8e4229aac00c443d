import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { needs } from "@ourclone/core/testing/Programs"
import { expect, it } from "vitest"

it("a program on PATH is available, a missing one has a reason that names the package", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-needs-"))
  try {
    expect(needs("rclone", { PATH: folder })).toEqual({
      available: false,
      reason: "rclone is not installed (apt-get install rclone)"
    })
    fs.writeFileSync(path.join(folder, "rclone"), "#!/bin/sh\n", { mode: 0o755 })
    expect(needs("rclone", { PATH: folder })).toEqual({ available: true, reason: "" })
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
})

it("with CI=true the reason says that nothing may be missing", () => {
  expect(needs("backblaze-b2", { PATH: "", CI: "true" }).reason).toContain("CI=true")
})
