/** What the container's file says, done without a container. */
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { makeCertificate } from "@ourclone/b2-emulator/Certificate"
import { expect, onTestFinished, test } from "vitest"

const main = path.join(import.meta.dirname, "../src/main.ts")
const file = fs.readFileSync(path.join(import.meta.dirname, "../../server/deploy/Containerfile"), "utf8")
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0

const ended = (words: ReadonlyArray<string>): Promise<number | null> =>
  new Promise((resolve) => {
    spawn(process.execPath, words, { stdio: "ignore" }).once("exit", resolve)
  })

test.skipIf(!hasOpenssl)(
  "its health check holds with TLS and at another port, and fails once nobody answers (needs openssl)",
  async () => {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-container-")))
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
    const inFolder = (text: string) => text.replaceAll("/data", folder)
    const [, variables = ""] = /^ENV (.*)$/m.exec(file) ?? []
    const environment = Object.fromEntries(
      inFolder(variables)
        .split(" ")
        .map((one) => one.split("="))
    )
    const [, check = ""] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(file) ?? []
    const [, entry = ""] = /^ENTRYPOINT (\[.*\])$/m.exec(file) ?? []
    const [, flag = "", script = ""]: ReadonlyArray<string> = JSON.parse(check)
    const [, ...words]: ReadonlyArray<string> = JSON.parse(entry)
    const { certificate, key } = makeCertificate()
    const pem = { certificate: path.join(folder, "certificate.pem"), key: path.join(folder, "key.pem") }
    fs.writeFileSync(pem.certificate, certificate)
    fs.writeFileSync(pem.key, key, { mode: 0o600 })

    const tls = ["--tls-certificate", pem.certificate, "--tls-key", pem.key]
    const service = spawn(
      process.execPath,
      [main, ...words.map((word) => (word === "0.0.0.0" ? `${word}:0` : word)), ...tls],
      {
        env: { PATH: process.env.PATH, ...environment },
        stdio: ["ignore", "ignore", "pipe"]
      }
    )
    const gone = new Promise((resolve) => service.once("exit", resolve))
    onTestFinished(async () => {
      service.kill("SIGKILL")
      await gone
    })
    for await (const line of createInterface({ input: service.stderr })) if (line.startsWith("set it up")) break
    expect(await ended([flag, inFolder(script)])).toBe(0)
    service.kill("SIGTERM")
    await gone
    expect(await ended([flag, inFolder(script)])).toBe(1)
  },
  300_000
)
