/** Object lock and encryption. */
import { createHash } from "node:crypto"
import { expect, it } from "vitest"
import { type Json, sha1, withEmulator } from "./RawClient.ts"

const held = withEmulator()
const day = 86_400_000

it("retention can be lengthened by anyone, shortened in governance by bypass, in compliance never", async () => {
  const { client } = held
  const bucketId = await client.bucket("lock-bucket", { fileLockEnabled: true })
  const { fileId } = await client.upload(bucketId, "a", "x")
  const retain = async (mode: string | null, retainUntilTimestamp: number | null, bypassGovernance = false) => {
    const fileRetention = { mode, retainUntilTimestamp }
    const fields = { fileName: "a", fileId, fileRetention, bypassGovernance }
    return (await client.call("b2_update_file_retention", fields)).status
  }
  const now = Date.now()
  expect(await retain("governance", now + 2 * day)).toBe(200)
  expect(await retain("governance", now + 3 * day)).toBe(200)
  expect(await retain("governance", now + day)).toBe(401)
  expect(await retain(null, null)).toBe(401)
  expect(await retain("governance", now + day, true)).toBe(200)
  expect(await retain("compliance", now + 2 * day)).toBe(200)
  expect(await retain("governance", now + 3 * day, true)).toBe(401)
  expect(await retain(null, null, true)).toBe(401)
  expect(await retain("compliance", now + 4 * day)).toBe(200)
  expect(await retain("compliance", now - day)).toBe(400)
  const remove = { fileName: "a", fileId, bypassGovernance: true }
  expect((await client.call("b2_delete_file_version", remove)).json.code).toBe("access_denied")
})

it("a legal hold keeps a version until it is off; hiding stays allowed", async () => {
  const { client } = held
  const bucketId = await client.bucket("hold-bucket", { fileLockEnabled: true })
  const { fileId } = await client.upload(bucketId, "a", "x")
  const hold = (legalHold: string) => client.ok("b2_update_file_legal_hold", { fileName: "a", fileId, legalHold })
  expect(await hold("on")).toEqual({ fileId, fileName: "a", legalHold: "on" })
  expect((await client.byId(fileId)).headers.get("x-bz-file-legal-hold")).toBe("on")
  expect((await client.call("b2_delete_file_version", { fileName: "a", fileId })).status).toBe(401)
  expect((await client.call("b2_hide_file", { bucketId, fileName: "a" })).status).toBe(200)
  await hold("off")
  expect((await client.call("b2_delete_file_version", { fileName: "a", fileId })).status).toBe(200)
})

it("a bucket without lock takes no lock settings", async () => {
  const { client } = held
  const bucketId = await client.bucket("lockless-bucket")
  const upload = await client.tryUpload(bucketId, "a", "x", { "x-bz-file-legal-hold": "on" })
  const missing = { status: 400, code: "bucket_missing_file_lock", message: "The bucket is not file lock enabled" }
  expect(upload.json).toEqual(missing)
  const { fileId } = await client.upload(bucketId, "a", "x")
  const hold = { fileName: "a", fileId, legalHold: "on" }
  expect((await client.call("b2_update_file_legal_hold", hold)).json).toEqual(missing)
})

it("a file under a customer key is read and copied only with that key", async () => {
  const { client } = held
  const bucketId = await client.bucket("customer-bucket")
  const key = (byte: number) => {
    const bytes = Buffer.alloc(32, byte)
    return { customerKey: bytes.toString("base64"), customerKeyMd5: createHash("md5").update(bytes).digest("base64") }
  }
  const headers = ({ customerKey, customerKeyMd5 }: ReturnType<typeof key>) => ({
    "x-bz-server-side-encryption-customer-algorithm": "AES256",
    "x-bz-server-side-encryption-customer-key": customerKey,
    "x-bz-server-side-encryption-customer-key-md5": customerKeyMd5
  })
  const file = await client.upload(bucketId, "a", "secret", headers(key(1)))
  expect(file.serverSideEncryption).toEqual({ algorithm: "AES256", mode: "SSE-C" })
  expect(JSON.stringify(file)).not.toContain(key(1).customerKey)
  expect((await client.byId(file.fileId)).status).toBe(400)
  expect((await client.byId(file.fileId, { headers: headers(key(2)) })).json.code).toBe("access_denied")
  const read = await client.byId(file.fileId, { headers: headers(key(1)) })
  expect([read.body.toString(), read.headers.get("x-bz-server-side-encryption-customer-key-md5")]).toEqual([
    "secret",
    key(1).customerKeyMd5
  ])
  const copy = (fields: Json) => client.call("b2_copy_file", { sourceFileId: file.fileId, fileName: "b", ...fields })
  expect((await copy({})).status).toBe(400)
  const sourceServerSideEncryption = { mode: "SSE-C", algorithm: "AES256", ...key(1) }
  expect((await copy({ sourceServerSideEncryption })).json.contentSha1).toBe(sha1("secret"))
})
