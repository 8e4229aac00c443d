import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { makeCertificate } from "@ourclone/b2-emulator/Certificate"
import { expect, onTestFinished, test } from "vitest"
import { password, startService } from "../TestService.ts"

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0

const certificateFiles = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tls-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const { certificate, key } = makeCertificate()
  const files = { certificate: path.join(folder, "certificate.pem"), key: path.join(folder, "key.pem") }
  fs.writeFileSync(files.certificate, certificate)
  fs.writeFileSync(files.key, key, { mode: 0o600 })
  return files
}

test.skipIf(!hasOpenssl)(
  "over TLS the session is a cookie of this host alone, and no other cookie opens (needs openssl)",
  async () => {
    const service = await startService({ tls: certificateFiles() })
    expect(service.url).toMatch(/^https:/)
    const token = service.lines.find((line) => line.startsWith("set it up"))!.split("#")[1]!
    const { headers } = await service.ask("/api/v1/setup", { body: { token, name: "ann", password } })
    const cookie = String(headers["set-cookie"])
    expect(cookie).toMatch(/^__Host-ourclone=[\w-]{43};/)
    for (const word of ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"]) expect(cookie).toContain(word)
    expect(cookie).not.toContain("Domain")
    expect(headers["strict-transport-security"]).toBe("max-age=31536000")
    const as = cookie.split(";")[0]!
    expect((await service.ask("/api/v1/session", { as })).status).toBe(200)
    // Who is between could set that one.
    const plain = as.replace("__Host-", "")
    expect((await service.ask("/api/v1/session", { as: plain })).status).toBe(401)
    expect((await service.ask("/api/v1/about", { as })).json.isTls).toBe(true)
  }
)

test("without TLS the cookie of TLS opens nothing", async () => {
  const service = await startService()
  const as = await service.setUp()
  expect(as).toMatch(/^ourclone=/)
  expect((await service.ask("/api/v1/session", { as: `__Host-${as}` })).status).toBe(401)
})

test("a certificate that can not be read is named", async () => {
  const tls = { certificate: "/nowhere/certificate.pem", key: "/nowhere/key.pem" }
  await expect(startService({ tls })).rejects.toThrow(/\/nowhere\/certificate\.pem/)
})
