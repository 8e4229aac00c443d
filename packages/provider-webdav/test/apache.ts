/** Apache with mod_dav on this machine, with a configuration and a folder of its own, on loopback. */
import { execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { freePort, untilListening } from "@ourclone/core/testing/Listening"
import { find } from "@ourclone/core/testing/Programs"
import { Effect } from "effect"

export interface DavServer {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly folder: string
}

const modules = [
  "mpm_event",
  "authz_core",
  "authz_user",
  "authn_core",
  "authn_file",
  "auth_basic",
  "dav",
  "dav_fs",
  "mime"
]

const modulesFolder =
  ["/usr/lib/apache2/modules", "/usr/lib64/httpd/modules"].find((folder) => fs.existsSync(folder)) ?? ""

/** Why it can not be tried here; `undefined` when it can. */
export const missing = (): string | undefined => {
  if (find("apache2") === undefined) return "apache2 is not installed (apt-get install apache2)"
  return fs.existsSync(path.join(modulesFolder, "mod_dav_fs.so")) ? undefined : "apache2 has no mod_dav_fs here"
}

/** Root serves as somebody else, who must own the folder. */
const serving = (): ReadonlyArray<string> => {
  if (process.getuid?.() !== 0) return []
  return ["User www-data", "Group www-data"]
}

export const startServer = Effect.acquireRelease(
  Effect.promise(async () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-dav-"))
    fs.chmodSync(root, 0o777)
    const at = (name: string) => path.join(root, name)
    for (const name of ["data", "lock"]) {
      fs.mkdirSync(at(name))
      fs.chmodSync(at(name), 0o777)
    }
    const password = "päss wörd"
    fs.writeFileSync(at("users"), `ann:{SHA}${createHash("sha1").update(password).digest("base64")}\n`)
    const port = await freePort()
    const config = [
      `ServerRoot ${root}`,
      `Listen 127.0.0.1:${port}`,
      "ServerName localhost",
      ...modules.map((name) => `LoadModule ${name}_module ${modulesFolder}/mod_${name}.so`),
      ...serving(),
      `PidFile ${at("pid")}`,
      `ErrorLog ${at("error.log")}`,
      `DavLockDB ${at("lock/db")}`,
      `DocumentRoot ${at("data")}`,
      "TypesConfig /dev/null",
      `<Directory ${at("data")}>`,
      "  Dav On",
      "  AuthType Basic",
      "  AuthName dav",
      `  AuthUserFile ${at("users")}`,
      "  Require valid-user",
      "</Directory>"
    ]
    fs.writeFileSync(at("apache.conf"), `${config.join("\n")}\n`)
    const server = spawn(find("apache2") ?? "apache2", ["-D", "FOREGROUND", "-f", at("apache.conf")], {
      stdio: "ignore"
    })
    const isOver = new Promise<never>((_, reject) =>
      server.once("exit", () => {
        const said = fs.existsSync(at("error.log")) ? fs.readFileSync(at("error.log"), "utf8") : ""
        reject(new Error(`apache2 ended: ${said}`))
      })
    )
    await untilListening(port, isOver)
    return { url: `http://127.0.0.1:${port}/`, user: "ann", password, folder: at("data"), server, root }
  }),
  ({ root, server }) =>
    Effect.promise(async () => {
      const over = new Promise((resolve) => server.once("exit", resolve))
      server.kill()
      await over
      execFileSync("rm", ["-rf", root])
    })
)
