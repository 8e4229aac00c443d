import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { type Emulator, type EmulatorOptions, startEmulator } from "../src/Emulator.ts"
import { type Json, RawClient, sha1 } from "./RawClient.ts"

let directory = ""
let running: Emulator | undefined
const start = async (options: EmulatorOptions = {}) => {
  running = await startEmulator({ directory, minimumPartSize: 5, ...options })
  return { emulator: running, client: await RawClient.authorize(running.endpoint, running.keyId, running.key) }
}
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "b2-emulator-"))
})
afterEach(async () => {
  await running?.close()
  fs.rmSync(directory, { recursive: true })
})
const blobs = () =>
  fs.readdirSync(path.join(directory, "blobs"), { recursive: true, withFileTypes: true }).filter((e) => e.isFile())

it("everything but tokens survives a restart", async () => {
  const first = await start({ fsync: true })
  const { client } = first
  const bucketId = await client.bucket("kept-bucket", { bucketInfo: { color: "blue" }, fileLockEnabled: true })
  await client.upload(bucketId, "a", "one", { "x-bz-info-k": "v" })
  const locked = await client.upload(bucketId, "a", "two")
  await client.ok("b2_update_file_legal_hold", { fileName: "a", fileId: locked.fileId, legalHold: "on" })
  await client.upload(bucketId, "hidden", "x")
  await client.ok("b2_hide_file", { bucketId, fileName: "hidden" })
  const gone = await client.upload(bucketId, "gone", "x")
  await client.ok("b2_delete_file_version", { fileName: "gone", fileId: gone.fileId })
  const large = await client.ok("b2_start_large_file", { bucketId, fileName: "large", contentType: "b2/x-auto" })
  await client.tryUploadPart(large.fileId, 1, "part one")
  const { accountId } = client
  await client.ok("b2_create_key", { accountId, keyName: "kept-key", capabilities: ["listFiles"] })
  const before = await client.ok("b2_list_file_versions", { bucketId })
  await first.emulator.close()

  const { client: again } = await start()
  expect((await again.call("b2_list_buckets", { accountId })).json.buckets[0]).toMatchObject({
    bucketId,
    bucketInfo: { color: "blue" }
  })
  const withOldToken = new RawClient(again.endpoint, 4, client.token, accountId)
  expect((await withOldToken.call("b2_list_buckets", { accountId })).json.code).toBe("bad_auth_token")
  expect(await again.ok("b2_list_file_versions", { bucketId })).toEqual(before)
  expect((await again.byName("kept-bucket", "a")).body.toString()).toBe("two")
  expect((await again.ok("b2_list_keys", { accountId })).keys[0].keyName).toBe("kept-key")
  expect((await again.tryUploadPart(large.fileId, 2, "part two")).status).toBe(200)
  const partSha1Array = [sha1("part one"), sha1("part two")]
  await again.ok("b2_finish_large_file", { fileId: large.fileId, partSha1Array })
  expect((await again.byName("kept-bucket", "large")).body.toString()).toBe("part onepart two")
  const fresh = await again.upload(bucketId, "fresh", "x")
  expect(before.files.map((row: Json) => row.fileId)).not.toContain(fresh.fileId)
})

it.each([12, 200_000])(
  "a copy outlives its source of %i bytes, which go with the last file that has them",
  async (size) => {
    const { client, emulator } = await start()
    const bucketId = await client.bucket("sharing-bucket")
    const data = Buffer.alloc(size, "shared bytes")
    const source = await client.upload(bucketId, "a", data)
    const copy = await client.ok("b2_copy_file", { sourceFileId: source.fileId, fileName: "b", range: "bytes=7-11" })
    await client.ok("b2_delete_file_version", { fileName: "a", fileId: source.fileId })
    await emulator.close()
    const { client: again } = await start()
    expect((await again.byId(copy.fileId)).body.toString()).toBe("bytes")
    expect(blobs()).toHaveLength(1)
    await again.ok("b2_delete_file_version", { fileName: "b", fileId: copy.fileId })
    expect(blobs()).toHaveLength(0)
  }
)

it("a crash in the middle of a write loses only what was not confirmed", async () => {
  const { client, emulator } = await start()
  const bucketId = await client.bucket("crashed-bucket")
  await client.upload(bucketId, "a", "confirmed")
  await emulator.close()
  fs.appendFileSync(path.join(directory, "journal.jsonl"), '{"type":"version","version":{"fileId":"4_z')
  fs.writeFileSync(path.join(directory, "blobs", "0", "999"), "half of a body")
  const { client: again } = await start()
  const { files } = await again.ok("b2_list_file_versions", { bucketId })
  expect(files.map((row: Json) => row.fileName)).toEqual(["a"])
  expect(blobs()).toHaveLength(1)
  await again.upload(bucketId, "b", "new")
  expect((await again.byName("crashed-bucket", "b")).body.toString()).toBe("new")
})

it("a refused upload leaves no bytes behind", async () => {
  const { client } = await start()
  const bucketId = await client.bucket("refused-bucket")
  const big = Buffer.alloc(3_000_000, 1)
  const reply = await client.tryUpload(bucketId, "a", big, { "x-bz-content-sha1": sha1("other") })
  expect(reply.status).toBe(400)
  expect(blobs()).toHaveLength(0)
  const file = await client.upload(bucketId, "a", big)
  expect((await client.byId(file.fileId)).body.equals(big)).toBe(true)
})
