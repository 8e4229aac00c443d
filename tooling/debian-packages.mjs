// Programs of Debian that some tests talk to, and how to get them: as root, with apt-get.
// Runs on the Node that the machine has, before anything is installed.
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

/** The program on PATH, or in a folder of a version below `in`, and the Debian package that brings it. */
export const debianPackages = [
  { program: "rclone", name: "rclone" },
  { program: "backblaze-b2", name: "backblaze-b2" },
  { program: "restic", name: "restic" },
  { program: "chromium", name: "chromium" },
  { program: "fusermount3", name: "fuse3" },
  { program: "sshd", name: "openssh-server" },
  { program: "bin/initdb", in: "/usr/lib/postgresql", name: "postgresql" }
]

const isExecutable = (file) => {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

const isOnPath = (program) =>
  (process.env.PATH ?? "").split(path.delimiter).some((folder) => isExecutable(path.join(folder, program)))

const isInstalled = ({ in: folder, program }) => {
  if (folder === undefined) return isOnPath(program)
  return (
    fs.existsSync(folder) && fs.readdirSync(folder).some((version) => isExecutable(path.join(folder, version, program)))
  )
}

/** Installs what is missing if this user may; says so when it can not, and never fails. */
export const installDebianPackages = (say) => {
  const missing = debianPackages.filter((one) => !isInstalled(one)).map(({ name }) => name)
  if (missing.length === 0) return
  const command = `apt-get install ${missing.join(" ")}`
  if (process.getuid?.() !== 0 || !isOnPath("apt-get")) {
    return say(
      `not installed: ${missing.join(", ")}. Tests that need them are skipped; \`${command}\` as root brings them`
    )
  }
  say(command)
  const aptGet = (...args) =>
    spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0", ...args], {
      stdio: ["ignore", "ignore", 2],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
    }).status === 0
  if (!aptGet("update") || !aptGet("install", "-y", "--no-install-recommends", ...missing)) {
    say(`\`${command}\` failed: tests that need them are skipped`)
  }
}
