import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as tls from "node:tls"
import { expect, it } from "vitest"
import { type Emulator, type EmulatorOptions, startEmulator } from "../src/Emulator.ts"
import { parseFlags } from "../src/Flags.ts"
import { RawClient, request, uploadTo } from "./RawClient.ts"

const using = async (options: EmulatorOptions, run: (emulator: Emulator) => Promise<void>) => {
  const emulator = await startEmulator(options)
  try {
    await run(emulator)
  } finally {
    await emulator.close()
  }
}

const trust = (authority: string) => tls.setDefaultCACertificates([...tls.getCACertificates("bundled"), authority])

it("with separate ports, authorisation, API, uploads and downloads are at four addresses and nowhere else", () =>
  using({ separatePorts: true, control: true }, async ({ endpoint, key, keyId }) => {
    const api = await RawClient.authorize(endpoint, keyId, key)
    const { accountId, downloadUrl, endpoint: apiUrl, token } = api
    const bucketId = await api.bucket("ported-bucket")
    const url = await api.ok("b2_get_upload_url", { bucketId })
    const origins = [endpoint, apiUrl, downloadUrl, new URL(url.uploadUrl).origin]
    expect(new Set(origins).size).toBe(4)

    const file = (await uploadTo(url, "a.txt", "text")).json
    const start = await api.ok("b2_start_large_file", { bucketId, fileName: "b", contentType: "b2/x-auto" })
    const partUrl = await api.ok("b2_get_upload_part_url", { fileId: start.fileId })
    expect(new URL(partUrl.uploadUrl).origin).toBe(origins[3])
    expect((await api.byId(file.fileId)).body.toString()).toBe("text")
    expect((await api.byName("ported-bucket", "a.txt")).body.toString()).toBe("text")

    const elsewhere = await Promise.all([
      ...[endpoint, downloadUrl, origins[3]!].map((base) =>
        new RawClient(base, 4, token, accountId).call("b2_list_buckets", { accountId })
      ),
      ...[apiUrl, downloadUrl, origins[3]!].map((base) => RawClient.tryAuthorize(base, keyId, key)),
      ...[endpoint, apiUrl, origins[3]!].map((base) => new RawClient(base, 4, token, accountId).byId(file.fileId)),
      ...[endpoint, apiUrl].map((base) => new RawClient(base, 4, token, accountId).byName("ported-bucket", "a.txt")),
      ...[endpoint, apiUrl, downloadUrl].map((base) =>
        uploadTo({ ...url, uploadUrl: url.uploadUrl.replace(origins[3], base) }, "c.txt", "text")
      )
    ])
    expect(new Set(elsewhere.map(({ status }) => status))).toEqual(new Set([421]))
    expect((await request(`${endpoint}/emulator/state`)).json.fileVersions).toBe(2)
  }))

it("over https every address is https, and only clients that trust the certificate get through", () =>
  using({ https: {}, separatePorts: true }, async ({ certificate, endpoint, key, keyId }) => {
    await expect(RawClient.tryAuthorize(endpoint, keyId, key)).rejects.toThrow()
    trust(certificate!)
    const api = await RawClient.authorize(endpoint, keyId, key)
    const bucketId = await api.bucket("secure-bucket")
    const url = await api.ok("b2_get_upload_url", { bucketId })
    for (const address of [endpoint, api.endpoint, api.downloadUrl, url.uploadUrl]) expect(address).toMatch(/^https:/)
    const data = Buffer.alloc(3_000_000, "0123456789")
    const { fileId } = (await uploadTo(url, "a", data)).json
    expect((await api.byId(fileId)).body.equals(data)).toBe(true)
  }))

it("faults that break the connection do so over https too", () =>
  using({ https: {} }, async (emulator) => {
    trust(emulator.certificate!)
    const client = await RawClient.authorize(emulator.endpoint, emulator.keyId, emulator.key)
    const bucketId = await client.bucket("broken-bucket")
    const { fileId } = await client.upload(bucketId, "a", "x".repeat(100_000))
    for (const kind of ["reset", "truncate"] as const) {
      emulator.failNext("b2_download_file_by_id", kind)
      await expect(client.byId(fileId)).rejects.toThrow()
      expect((await client.byId(fileId)).body).toHaveLength(100_000)
    }
    emulator.failNext("b2_upload_file", "lost")
    await expect(client.tryUpload(bucketId, "b", "x")).rejects.toThrow()
  }))

it("the certificate is written where the flag says", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "certificate-test-"))
  try {
    const certificateFile = path.join(folder, "ca.pem")
    const flags = parseFlags(["--https", certificateFile, "--separate-ports"])
    expect(flags).toMatchObject({ https: { certificateFile }, separatePorts: true })
    await using({ https: { certificateFile } }, async ({ certificate }) => {
      expect(fs.readFileSync(certificateFile, "utf8")).toBe(certificate)
      expect(certificate).not.toContain("PRIVATE")
    })
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
})
