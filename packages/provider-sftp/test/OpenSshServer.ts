/** OpenSSH's server on loopback, for one test file: its own keys, its own configuration, nothing of the machine's. */
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir, userInfo } from "node:os"
import * as path from "node:path"
import { freePort, untilListening } from "@ourclone/core/testing/Listening"

export interface OpenSshServer {
  readonly port: number
  /** Holds the keys of user and host. */
  readonly folder: string
  readonly user: string
  readonly keyFile: string
  readonly knownHosts: string
  /** Ends every connection, and takes new ones. */
  readonly drop: () => void
  readonly stop: () => Promise<void>
}

const program = "/usr/sbin/sshd"

/** Why there is none here; `undefined` where there is. */
export const missing = (): string | undefined =>
  fs.existsSync(program) ? undefined : "OpenSSH's server is not installed"

const keygen = (file: string, ...options: ReadonlyArray<string>): void => {
  const { status, stderr } = spawnSync("ssh-keygen", ["-q", "-N", "", "-f", file, ...options], { encoding: "utf8" })
  if (status !== 0) throw new Error(stderr)
}

/** `sftp` is the command that serves files; keys are exchanged anew after so many bytes, as `rekeyLimit` says it. */
export const start = async ({ rekeyLimit = "default", sftp = "internal-sftp" } = {}): Promise<OpenSshServer> => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), "ourclone-sshd-"))
  const port = await freePort()
  keygen(`${folder}/host`, "-t", "ed25519")
  keygen(`${folder}/user`, "-t", "ed25519")
  fs.copyFileSync(`${folder}/user.pub`, `${folder}/authorized`)
  const [type, key] = fs.readFileSync(`${folder}/host.pub`, "utf8").split(" ")
  fs.writeFileSync(`${folder}/known`, `[127.0.0.1]:${port} ${type} ${key}\n`)
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized`,
    `PidFile ${folder}/pid`,
    "StrictModes no",
    "UsePAM no",
    "MaxStartups 100",
    `RekeyLimit ${rekeyLimit}`,
    `Subsystem sftp ${sftp}`
  ]
  fs.writeFileSync(`${folder}/config`, `${lines.join("\n")}\n`)
  if (userInfo().uid === 0) fs.mkdirSync("/run/sshd", { recursive: true })
  const server = spawn(program, ["-D", "-e", "-f", `${folder}/config`], { stdio: ["ignore", "ignore", "pipe"] })
  let complaints = ""
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()))
  const children = (): ReadonlyArray<number> => {
    const { stdout } = spawnSync("pgrep", ["-P", String(server.pid)], { encoding: "utf8" })
    return stdout.split("\n").filter(Boolean).map(Number)
  }
  const drop = (): void => {
    for (const pid of children()) process.kill(pid, "SIGKILL")
  }
  const isOver = ended.then((): never => {
    throw new Error(`sshd ended: ${complaints}`)
  })
  await untilListening(port, isOver, "data")
  return {
    port,
    folder,
    user: userInfo().username,
    keyFile: `${folder}/user`,
    knownHosts: `${folder}/known`,
    drop,
    stop: async () => {
      drop()
      server.kill("SIGTERM")
      await ended
      fs.rmSync(folder, { recursive: true, force: true })
    }
  }
}
