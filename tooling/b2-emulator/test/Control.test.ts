import { expect, it } from "vitest"
import { startEmulator } from "../src/Emulator.ts"
import { type Json, RawClient, request, withEmulator } from "./RawClient.ts"

const held = withEmulator({ control: true })
const get = async (path: string) => (await request(`${held.emulator.endpoint}/emulator/${path}`)).json
const post = (path: string, fields: Json = {}) =>
  request(`${held.emulator.endpoint}/emulator/${path}`, { method: "POST", body: JSON.stringify(fields) })

it("counts requests, statuses and bytes of every operation, and shows no secret", async () => {
  const { client } = held
  const bucketId = await client.bucket("counted-bucket")
  await post("reset-counts")
  const file = await client.upload(bucketId, "a", "12345")
  await client.byId(file.fileId)
  await client.byName("counted-bucket", "missing")
  const { operations } = await get("counts")
  expect(operations.b2_upload_file).toMatchObject({ requests: 1, statuses: { 200: 1 }, bytesIn: 5 })
  expect(operations.b2_download_file_by_id).toMatchObject({ requests: 1, bytesOut: 5 })
  expect(operations.b2_download_file_by_name.statuses).toEqual({ 404: 1 })
  const { requests } = await get("requests?operation=b2_upload_file")
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({ method: "POST", status: 200, bytesIn: 5, fault: null })
  expect(requests[0].headers).toMatchObject({ "x-bz-file-name": "a", authorization: "xxx" })
  expect(await get("state")).toMatchObject({ buckets: [{ bucketName: "counted-bucket", names: 1 }], fileVersions: 1 })
})

it("steers faults, latency, bandwidth and time", async () => {
  const { client, emulator } = held
  const { accountId } = client
  const list = () => client.call("b2_list_buckets", { accountId })
  await post("fault", { operation: "b2_list_buckets", kind: "503", count: 2 })
  expect([(await list()).status, (await list()).status, (await list()).status]).toEqual([503, 503, 200])
  await post("fault", { rates: "503=100%" })
  expect((await list()).status).toBe(503)
  await post("fault", { rates: "" })
  await post("network", { latency: "60ms" })
  const started = performance.now()
  expect((await list()).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(55)
  await post("network", { latency: "0", bandwidth: "1M" })
  expect(emulator.network.up.bytesPerSecond).toBe(1024 * 1024)
  await post("network", { bandwidth: "0" })
  await post("expire-tokens")
  expect((await list()).json.code).toBe("expired_auth_token")
  const before = (await get("state")).now
  expect((await post("advance", { days: 2 })).json.now - before).toBeGreaterThanOrEqual(2 * 86_400_000)
  expect((await post("fault", { rates: "nonsense=1%" })).status).toBe(400)
  expect((await post("no-such-command")).status).toBe(400)
})

it("bandwidth holds in both directions", async () => {
  const emulator = await startEmulator({ bandwidth: 2_000_000 })
  try {
    const client = await RawClient.authorize(emulator.endpoint, emulator.keyId, emulator.key)
    const bucketId = await client.bucket("paced-bucket")
    const started = performance.now()
    const file = await client.upload(bucketId, "a", Buffer.alloc(600_000))
    const uploaded = performance.now()
    expect((await client.byId(file.fileId)).body).toHaveLength(600_000)
    expect(uploaded - started).toBeGreaterThan(250)
    const downloaded = performance.now()
    expect(downloaded - uploaded).toBeGreaterThan(250)
    for (let index = 0; index < 5; index++) await client.upload(bucketId, "small", Buffer.alloc(60_000))
    expect(performance.now() - downloaded).toBeGreaterThan(120)
  } finally {
    await emulator.close()
  }
})

it("is not there unless it is switched on", async () => {
  const emulator = await startEmulator()
  try {
    expect((await request(`${emulator.endpoint}/emulator/counts`)).status).toBe(404)
  } finally {
    await emulator.close()
  }
})
