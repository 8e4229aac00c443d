/** S3 servers of other people on this machine, on loopback, in a folder of their own. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { freePort, untilListening } from "@ourclone/core/testing/Listening"
import { find, type Program } from "@ourclone/core/testing/Programs"
import { Effect } from "effect"

/** `name` is started where it is found, else as a program of PATH. */
export const started = (name: Program, words: (port: number, folder: string) => ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const program = find(name) ?? name
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-s3-"))
      for (const name of ["objects", "versions"]) fs.mkdirSync(path.join(folder, name))
      const port = await freePort()
      const server = spawn(program, words(port, folder), { stdio: "ignore" })
      const ended = new Promise<Error>((done) => {
        server.once("error", done)
        server.once("close", () => done(new Error(`${program} ended`)))
      })
      const isOver = ended.then((error): never => {
        throw error
      })
      await untilListening(port, isOver).catch((error: unknown) => {
        fs.rmSync(folder, { recursive: true, force: true })
        throw error
      })
      return {
        endpoint: `http://127.0.0.1:${port}`,
        keyId: "trial",
        key: "the secret of a trial",
        server,
        ended,
        folder
      }
    }),
    ({ ended, folder, server }) =>
      Effect.promise(async () => {
        server.kill("SIGTERM")
        await ended
        fs.rmSync(folder, { recursive: true, force: true })
      })
  )

export const versitygw = ({ keepsVersions = true } = {}) =>
  started("versitygw", (port, folder) => [
    ...["--port", `127.0.0.1:${port}`, "--access", "trial", "--secret", "the secret of a trial", "--quiet"],
    ...["posix", ...(keepsVersions ? ["--versioning-dir", path.join(folder, "versions")] : [])],
    path.join(folder, "objects")
  ])

export const moto = started("moto_server", (port) => ["-H", "127.0.0.1", "-p", `${port}`])
