/** What the container's file says, done without a container. */
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { makeCertificate } from "@ourclone/b2-emulator/Certificate"
import { expect, onTestFinished, test } from "vitest"
import * as ServiceAddress from "../src/ServiceAddress.ts"

const main = path.join(import.meta.dirname, "../src/main.ts")
const file = fs.readFileSync(path.join(import.meta.dirname, "../../server/deploy/Containerfile"), "utf8")
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0

const variablesOf = (text: string): Readonly<Record<string, string>> => {
  const [, variables = ""] = /^ENV (.*)$/m.exec(text) ?? []
  return Object.fromEntries(variables.split(" ").map((one) => one.split("=")))
}

const ended = (words: ReadonlyArray<string>): Promise<number | null> =>
  new Promise((resolve) => {
    spawn(process.execPath, words, { stdio: "ignore" }).once("exit", resolve)
  })

test.skipIf(!hasOpenssl)(
  "words after its name are those of serve: it listens where they say, with TLS, and its health check holds until nobody answers (needs openssl)",
  async () => {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-container-")))
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
    const inFolder = (text: string) => text.replaceAll("/data", folder)
    const environment = variablesOf(inFolder(file))
    const [, check = ""] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(file) ?? []
    const [, entry = ""] = /^ENTRYPOINT (\[.*\])$/m.exec(file) ?? []
    const [, flag = "", script = ""]: ReadonlyArray<string> = JSON.parse(check)
    const [, ...words]: ReadonlyArray<string> = JSON.parse(entry)
    const { certificate, key } = makeCertificate()
    const pem = { certificate: path.join(folder, "certificate.pem"), key: path.join(folder, "key.pem") }
    fs.writeFileSync(pem.certificate, certificate)
    fs.writeFileSync(pem.key, key, { mode: 0o600 })

    const tls = ["--tls-certificate", pem.certificate, "--tls-key", pem.key]
    const service = spawn(process.execPath, [main, ...words, "--addr", "127.0.0.1:0", ...tls], {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ["ignore", "ignore", "pipe"]
    })
    const gone = new Promise((resolve) => service.once("exit", resolve))
    onTestFinished(async () => {
      service.kill("SIGKILL")
      await gone
    })
    const said: Array<string> = []
    for await (const line of createInterface({ input: service.stderr })) {
      said.push(line)
      if (line.startsWith("set it up")) break
    }
    const port = Number(/:(\d+)$/.exec(said[0] ?? "")?.[1])
    expect(said.filter((line) => line.startsWith("listening"))).toEqual([
      `listening at https://127.0.0.1:${port}`,
      `listening at unix:${folder}/state/ourclone/service/socket`
    ])
    expect(await ended([flag, inFolder(script)])).toBe(0)
    service.kill("SIGTERM")
    await gone
    expect(await ended([flag, inFolder(script)])).toBe(1)
  },
  300_000
)

const everywhere = [{ address: "0.0.0.0", port: 7727 }]
const here = [
  { address: "127.0.0.1", port: 7727 },
  { address: "::1", port: 7727 }
]
const given = { addr: [], allowHttp: false, tlsCertificate: undefined }

test("the image says of itself that it is a container, so that the service in it is reached and uses no folder unnamed", () => {
  expect(ServiceAddress.isContainer(variablesOf(file))).toBe(true)
  const [, entry = ""] = /^ENTRYPOINT (\[.*\])$/m.exec(file) ?? []
  expect(JSON.parse(entry)).toEqual(["ourclone", "serve", "--allow-http"])
  expect(ServiceAddress.addresses({ ...given, allowHttp: true }, true)).toEqual(everywhere)
})

test.each([
  ["with a certificate in a container, everywhere", { tlsCertificate: "a.pem" }, true, everywhere],
  ["in one that nobody may open, as one to develop in, itself", {}, true, here],
  ["elsewhere this machine, with --allow-http too", { allowHttp: true }, false, here],
  ["with a certificate, too", { tlsCertificate: "a.pem" }, false, here]
])("where nobody says, the service listens %s", (_, flags, isInside, expected) => {
  expect(ServiceAddress.addresses({ ...given, ...flags }, isInside)).toEqual(expected)
})
