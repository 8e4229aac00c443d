/** Object lock and encryption. */
import { createHash } from "node:crypto"
import { expect, it } from "vitest"
import { type Json, RawClient, sha1, withEmulator } from "./RawClient.ts"

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
  expect(await retain("governance", now + day)).toBe(403)
  expect(await retain(null, null)).toBe(403)
  expect(await retain("governance", now + day, true)).toBe(200)
  expect(await retain("compliance", now + 2 * day)).toBe(200)
  expect(await retain("governance", now + 3 * day, true)).toBe(403)
  expect(await retain(null, null, true)).toBe(403)
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

it("a retention in the past and a bypass that the key may not do are refused by name", async () => {
  const { client, emulator } = held
  const bucketId = await client.bucket("refused-lock-bucket", { fileLockEnabled: true })
  const { fileId } = await client.upload(bucketId, "a", "x")
  const past = { mode: "governance", retainUntilTimestamp: Date.now() - day }
  const inPast = {
    status: 400,
    code: "retain_until_timestamp_must_be_in_future",
    message: "The retainUntilTimestamp must be in future"
  }
  const change = { fileName: "a", fileId, fileRetention: past }
  expect((await client.call("b2_update_file_retention", change)).json).toEqual(inPast)
  const upload = await client.tryUpload(bucketId, "b", "x", {
    "x-bz-file-retention-mode": "governance",
    "x-bz-file-retention-retain-until-timestamp": String(past.retainUntilTimestamp)
  })
  expect(upload.json).toEqual(inPast)
  await client.ok("b2_update_file_retention", {
    ...change,
    fileRetention: { mode: "governance", retainUntilTimestamp: Date.now() + day }
  })
  const remove = { fileName: "a", fileId }
  const locked = await client.call("b2_delete_file_version", remove)
  expect(locked.json).toEqual({ status: 401, code: "access_denied", message: "Access Denied" })

  await client.ok("b2_update_file_legal_hold", { ...remove, legalHold: "on" })
  const bothHeld = await client.call("b2_delete_file_version", { ...remove, bypassGovernance: true })
  expect(bothHeld.json.code, "a bypass does not lift a legal hold").toBe("access_denied")

  const made = await client.ok("b2_create_key", {
    accountId: client.accountId,
    keyName: "no-bypass",
    capabilities: ["deleteFiles", "listFiles"]
  })
  const limited = await RawClient.authorize(emulator.endpoint, made.applicationKeyId, made.applicationKey)
  const bypass = await limited.call("b2_delete_file_version", { ...remove, bypassGovernance: true })
  expect(bypass.json).toEqual({ status: 401, code: "access_denied", message: "" })
  const retain = await limited.call("b2_update_file_retention", change)
  expect(retain.json).toMatchObject({ status: 403, code: "access_denied" })
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
  const { customerKeyMd5 } = key(1)
  const encrypted = { algorithm: "AES256", customerKeyMd5, mode: "SSE-C" }
  expect(file.serverSideEncryption).toEqual(encrypted)
  expect((await client.ok("b2_list_file_versions", { bucketId })).files[0].serverSideEncryption).toEqual(encrypted)
  expect(JSON.stringify(file)).not.toContain(key(1).customerKey)
  const keyMissing = {
    status: 400,
    code: "bad_request",
    message:
      "The object was stored using a form of Server Side Encryption. " +
      "The correct parameters must be provided to retrieve the object."
  }
  expect((await client.byId(file.fileId)).json).toEqual(keyMissing)
  const wrongKey = await client.byId(file.fileId, { headers: headers(key(2)) })
  expect(wrongKey.json).toMatchObject({ status: 403, code: "access_denied" })
  const read = await client.byId(file.fileId, { headers: headers(key(1)) })
  expect([read.body.toString(), read.headers.get("x-bz-server-side-encryption-customer-key-md5")]).toEqual([
    "secret",
    key(1).customerKeyMd5
  ])
  const copy = (fields: Json) => client.call("b2_copy_file", { sourceFileId: file.fileId, fileName: "b", ...fields })
  expect((await copy({})).json).toEqual(keyMissing)
  const sourceServerSideEncryption = { mode: "SSE-C", algorithm: "AES256", ...key(1) }
  expect((await copy({ sourceServerSideEncryption })).json.contentSha1).toBe(sha1("secret"))
})
