import { describe, expect, it } from "vitest"
import { Faults, parseFaultRates } from "../src/Faults.ts"
import { withEmulator } from "./RawClient.ts"

describe("rates", () => {
  it("are read as percent or fraction, and all means every kind that a client can get over", () => {
    expect(parseFaultRates("503=5%,reset=0.01")).toEqual({ "503": 0.05, reset: 0.01 })
    const all = parseFaultRates("all=2%")
    expect(Object.keys(all).sort()).toEqual(
      ["408", "429", "500", "502-html", "503", "expired", "flip", "reset", "slow", "truncate"].sort()
    )
    expect(() => parseFaultRates("404=5%")).toThrow(/"404" is not a kind of fault/)
    expect(() => parseFaultRates("503=500%")).toThrow(/is not a rate/)
  })

  it("are kept, and the same seed fails the same calls", () => {
    const draws = (seed: number) => {
      const faults = new Faults({ "503": 0.1 }, seed)
      return Array.from({ length: 2000 }, () => faults.draw("b2_upload_file", "upload"))
    }
    expect(draws(1)).toEqual(draws(1))
    expect(draws(1)).not.toEqual(draws(2))
    const failed = draws(1).filter((kind) => kind === "503").length
    expect(failed).toBeGreaterThan(150)
    expect(failed).toBeLessThan(250)
  })
})

const held = withEmulator()
const data = "0123456789".repeat(100)
let bucket: Promise<{ bucketId: string; fileId: string }> | undefined
const stored = () => {
  bucket ??= held.client.bucket("fault-bucket").then(async (bucketId) => {
    return { bucketId, fileId: (await held.client.upload(bucketId, "file", data)).fileId }
  })
  return bucket
}

it.each([
  ["503", 503, "service_unavailable"],
  ["429", 429, "too_many_requests"],
  ["408", 408, "request_timeout"],
  ["500", 500, "internal_error"],
  ["cap", 403, "transaction_cap_exceeded"]
] as const)("%s is answered once, then the call works", async (kind, status, code) => {
  const { bucketId } = await stored()
  held.emulator.failNext("b2_list_file_names", kind)
  const reply = await held.client.call("b2_list_file_names", { bucketId })
  expect([reply.status, reply.json.code, reply.headers.get("retry-after")]).toEqual([
    status,
    code,
    kind === "429" ? "1" : null
  ])
  expect((await held.client.call("b2_list_file_names", { bucketId })).status).toBe(200)
})

it.each([
  ["502-html", 502, "502 Bad Gateway"],
  ["403-html", 403, "403 Forbidden"],
  ["400-html", 400, "400 Bad Request"]
] as const)("%s is a proxy's page instead of B2's JSON, whatever the call", async (kind, status, title) => {
  const { bucketId, fileId } = await stored()
  const acts = {
    b2_list_file_names: () => held.client.call("b2_list_file_names", { bucketId }),
    b2_upload_file: () => held.client.tryUpload(bucketId, "proxied", data),
    b2_download_file_by_id: () => held.client.byId(fileId)
  }
  for (const [operation, act] of Object.entries(acts)) {
    held.emulator.failNext(operation, kind)
    const reply = await act()
    expect([reply.status, reply.headers.get("content-type"), reply.json]).toEqual([status, "text/html", undefined])
    expect(reply.body.toString()).toContain(`<title>${title}</title>`)
    expect((await act()).status).toBe(200)
  }
})

it("a flipped byte changes one byte of a download, and refuses an upload", async () => {
  const { bucketId, fileId } = await stored()
  held.emulator.failNext("b2_download_file_by_id", "flip")
  const { body } = await held.client.byId(fileId)
  expect(body.length).toBe(data.length)
  const different = [...body].filter((byte, index) => byte !== data.charCodeAt(index))
  expect(different).toHaveLength(1)
  held.emulator.failNext("b2_upload_file", "flip")
  const reply = await held.client.tryUpload(bucketId, "flipped", data)
  expect(reply.json).toMatchObject({ status: 400, message: "Sha1 did not match data received" })
})

it.each(["reset", "truncate"] as const)("%s breaks a download off before its end", async (kind) => {
  const { fileId } = await stored()
  held.emulator.failNext("b2_download_file_by_id", kind)
  await expect(held.client.byId(fileId)).rejects.toThrow()
  expect((await held.client.byId(fileId)).body.toString()).toBe(data)
})

it("reset breaks an upload off and stores nothing", async () => {
  const { bucketId } = await stored()
  held.emulator.failNext("b2_upload_file", "reset")
  await expect(held.client.tryUpload(bucketId, "reset", data)).rejects.toThrow()
  expect((await held.client.ok("b2_list_file_names", { bucketId, prefix: "reset" })).files).toEqual([])
})

it("lost does the work and drops the reply", async () => {
  const { bucketId } = await stored()
  held.emulator.failNext("b2_upload_file", "lost")
  await expect(held.client.tryUpload(bucketId, "lost", data)).rejects.toThrow()
  expect((await held.client.ok("b2_list_file_names", { bucketId, prefix: "lost" })).files).toHaveLength(1)
})

it("slow delivers everything, later", async () => {
  const { bucketId, fileId } = await stored()
  const acts = {
    b2_download_file_by_id: () => held.client.byId(fileId),
    b2_upload_file: () => held.client.tryUpload(bucketId, "slow", data),
    b2_list_file_names: () => held.client.call("b2_list_file_names", { bucketId })
  }
  for (const [operation, act] of Object.entries(acts)) {
    held.emulator.failNext(operation, "slow")
    const started = performance.now()
    expect((await act()).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThan(400)
  }
})

it("an expired token stays expired", async () => {
  const { bucketId } = await stored()
  held.emulator.failNext("b2_list_file_names", "expired", 1)
  const codes = []
  for (let turn = 0; turn < 2; turn++) {
    codes.push((await held.client.call("b2_list_file_names", { bucketId })).json.code)
  }
  expect(codes).toEqual(["expired_auth_token", "expired_auth_token"])
})
