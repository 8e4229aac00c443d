/** The checklist that Backblaze's own client runs against the live service, in its order. */
import { expect, it } from "vitest"
import { type Json, RawClient, request, sha1, uploadTo, withEmulator } from "./RawClient.ts"

const held = withEmulator()
const dayMilliseconds = 86_400_000

it("a full account can be driven through every operation the official live test uses", async () => {
  const { client, emulator } = held
  const { accountId } = client

  const made = await client.ok("b2_create_key", {
    accountId,
    capabilities: ["readFiles"],
    keyName: "testKey",
    validDurationInSeconds: 1000
  })
  expect((await client.ok("b2_list_keys", { accountId })).keys.map((key: Json) => key.applicationKeyId)).toEqual([
    made.applicationKeyId
  ])
  await client.ok("b2_delete_key", { applicationKeyId: made.applicationKeyId })

  const bucket = await client.ok("b2_create_bucket", {
    accountId,
    bucketName: "first-bucket",
    bucketType: "allPublic",
    fileLockEnabled: true
  })
  const { bucketId } = bucket
  expect(bucket.revision).toBeGreaterThan(0)

  const replicationConfiguration = {
    asReplicationSource: {
      replicationRules: [
        {
          destinationBucketId: bucketId,
          fileNamePrefix: "",
          includeExistingFiles: false,
          isEnabled: true,
          priority: 1,
          replicationRuleName: "test-rule"
        }
      ],
      sourceApplicationKeyId: made.applicationKeyId
    },
    asReplicationDestination: null
  }
  const source = await client.ok("b2_create_bucket", {
    accountId,
    bucketName: "source-bucket",
    bucketType: "allPublic",
    replicationConfiguration
  })
  expect(source.replicationConfiguration).toEqual({ isClientAuthorizedToRead: true, value: replicationConfiguration })
  expect(await client.upload(source.bucketId, "test.txt", "hello")).toMatchObject({ replicationStatus: "PENDING" })

  const destination = { asReplicationDestination: { sourceToDestinationKeyMapping: { a: "b" } } }
  const withDestination = await client.ok("b2_update_bucket", {
    accountId,
    bucketId,
    replicationConfiguration: destination
  })
  expect(withDestination.replicationConfiguration.value).toEqual({ asReplicationSource: null, ...destination })
  const without = { asReplicationDestination: null, asReplicationSource: null }
  const cleared = await client.ok("b2_update_bucket", { accountId, bucketId, replicationConfiguration: without })
  expect(cleared.replicationConfiguration).toEqual({ isClientAuthorizedToRead: true, value: null })

  const governed = await client.ok("b2_update_bucket", {
    accountId,
    bucketId,
    defaultServerSideEncryption: { mode: "none" },
    defaultRetention: { mode: "governance", period: { duration: 1, unit: "days" } }
  })
  expect(governed.fileLockConfiguration.value).toEqual({
    isFileLockEnabled: true,
    defaultRetention: { mode: "governance", period: { duration: 1, unit: "days" } }
  })
  const encrypted = await client.ok("b2_update_bucket", {
    accountId,
    bucketId,
    defaultServerSideEncryption: { mode: "SSE-B2", algorithm: "AES256" },
    defaultRetention: { mode: "none" }
  })
  expect(encrypted.defaultServerSideEncryption.value).toEqual({ algorithm: "AES256", mode: "SSE-B2" })
  expect(encrypted.fileLockConfiguration.value.defaultRetention).toEqual({ mode: null, period: null })

  const listed = await client.ok("b2_list_buckets", { accountId, bucketTypes: ["all"], bucketId: null })
  expect(listed.buckets.map((each: Json) => each.bucketName)).toEqual(["first-bucket", "source-bucket"])

  const name = "test.txt"
  const until = Date.now() + 60_000
  const file = await client.upload(bucketId, name, "hello world", {
    "x-bz-info-color": "blue",
    "x-bz-info-b2-cache-control": "private%2C%20max-age%3D3600",
    "x-bz-server-side-encryption": "AES256",
    "x-bz-file-retention-mode": "governance",
    "x-bz-file-retention-retain-until-timestamp": String(until)
  })
  expect(file).toMatchObject({
    accountId,
    action: "upload",
    contentLength: 11,
    contentSha1: sha1("hello world"),
    contentType: "text/plain",
    fileInfo: { color: "blue", "b2-cache-control": "private, max-age=3600" },
    fileRetention: { isClientAuthorizedToRead: true, value: { mode: "governance", retainUntilTimestamp: until } },
    serverSideEncryption: { algorithm: "AES256", mode: "SSE-B2" }
  })

  const versions = await client.ok("b2_list_file_versions", { bucketId })
  expect(versions.files).toHaveLength(1)
  expect(versions.files[0].fileInfo["b2-cache-control"]).toBe("private, max-age=3600")

  for (const headers of [{ authorization: client.token }, {}] as Record<string, string>[]) {
    const byId = await request(`${emulator.endpoint}/b2api/v4/b2_download_file_by_id?fileId=${file.fileId}`, {
      headers
    })
    const byName = await request(`${emulator.endpoint}/file/first-bucket/${name}`, { headers })
    for (const reply of [byId, byName]) {
      expect(reply.body.toString()).toBe("hello world")
      expect(reply.headers.get("cache-control")).toBe("private, max-age=3600")
      expect(reply.headers.get("x-bz-info-color")).toBe("blue")
      expect(reply.headers.get("x-bz-info-b2-cache-control")).toBeNull()
      expect(reply.headers.get("x-bz-server-side-encryption")).toBe("AES256")
    }
  }

  const grant = await client.ok("b2_get_download_authorization", {
    bucketId,
    fileNamePrefix: "test",
    validDurationInSeconds: 12_345
  })
  for (const method of ["GET", "HEAD"]) {
    const url = `${emulator.endpoint}/file/first-bucket/${name}`
    const reply = await request(url, { method, headers: { authorization: grant.authorizationToken } })
    expect([reply.status, reply.headers.get("x-bz-file-id")]).toEqual([200, file.fileId])
    expect(reply.headers.get("content-length")).toBe("11")
  }

  for (const startFileName of [null, name]) {
    const page = await client.ok("b2_list_file_names", { bucketId, startFileName })
    expect(page).toMatchObject({ files: [{ fileName: name, fileId: file.fileId }], nextFileName: null })
  }

  const copy = await client.ok("b2_copy_file", { sourceFileId: file.fileId, fileName: "copied.txt" })
  expect(copy).toMatchObject({ action: "copy", contentSha1: sha1("hello world"), fileInfo: { color: "blue" } })
  expect(copy.fileId).not.toBe(file.fileId)
  expect(await client.ok("b2_get_file_info", { fileId: copy.fileId })).toMatchObject({ action: "upload" })

  await client.ok("b2_hide_file", { bucketId, fileName: name })
  const start = await client.ok("b2_start_large_file", {
    bucketId,
    fileName: name,
    contentType: "text/plain",
    fileInfo: { color: "red" },
    serverSideEncryption: { mode: "SSE-B2", algorithm: "AES256" }
  })
  expect(start).toMatchObject({ action: "start", contentLength: 0, contentSha1: "none" })
  const part = await client.tryUploadPart(start.fileId, 1, "0123456789")
  expect(part.json).toMatchObject({ fileId: start.fileId, partNumber: 1, contentLength: 10 })
  const copied = await client.ok("b2_copy_part", {
    sourceFileId: file.fileId,
    largeFileId: start.fileId,
    partNumber: 2,
    range: "bytes=0-5"
  })
  expect(copied).toMatchObject({ contentLength: 6, contentSha1: sha1("hello "), partNumber: 2 })
  const parts = await client.ok("b2_list_parts", { fileId: start.fileId, startPartNumber: 1, maxPartCount: 100 })
  expect(parts.parts.map((each: Json) => each.partNumber)).toEqual([1, 2])
  const unfinished = await client.ok("b2_list_unfinished_large_files", { bucketId })
  expect(unfinished).toMatchObject({ files: [{ fileName: name, fileInfo: { color: "red" } }], nextFileId: null })
  const single = await client.call("b2_finish_large_file", {
    fileId: start.fileId,
    partSha1Array: [sha1("0123456789")]
  })
  expect([single.status, single.json.message]).toEqual([400, "large files must have at least 2 parts"])

  const updated = await client.ok("b2_update_bucket", {
    accountId,
    bucketId,
    bucketType: "allPrivate",
    bucketInfo: { color: "blue" },
    defaultRetention: { mode: "governance", period: { duration: 2, unit: "days" } },
    fileLockEnabled: true
  })
  expect(updated.revision).toBeGreaterThan(encrypted.revision)
  const unlock = await client.call("b2_update_bucket", { accountId, bucketId, fileLockEnabled: false })
  expect(unlock.json).toEqual({
    status: 400,
    code: "file_lock_conflict",
    message: "fileLockEnabled value of false is not allowed when bucket is already file lock enabled."
  })

  const refused = await client.call("b2_delete_file_version", { fileId: file.fileId, fileName: name })
  expect([refused.status, refused.json.code]).toEqual([401, "access_denied"])
  const byDefault = await client.upload(bucketId, "governed.txt", "x")
  expect(byDefault.fileRetention.value.mode).toBe("governance")
  expect(byDefault.fileRetention.value.retainUntilTimestamp).toBeGreaterThan(Date.now() + 1.9 * dayMilliseconds)
  await client.ok("b2_delete_file_version", { fileId: file.fileId, fileName: name, bypassGovernance: true })

  const rule = {
    eventTypes: ["b2:ObjectCreated:Copy"],
    isEnabled: false,
    name: "test-rule",
    objectNamePrefix: "test-object-prefix",
    targetConfiguration: {
      targetType: "webhook",
      url: "https://example.com/hook",
      hmacSha256SigningSecret: "s".repeat(32)
    }
  }
  const set = await client.ok("b2_set_bucket_notification_rules", { bucketId, eventNotificationRules: [rule] })
  const read = await request(`${emulator.endpoint}/b2api/v4/b2_get_bucket_notification_rules?bucketId=${bucketId}`, {
    headers: { authorization: client.token }
  })
  expect(read.json).toEqual(set)
  expect(set.eventNotificationRules).toEqual([
    {
      ...rule,
      isSuspended: false,
      maxEventsPerBatch: 1,
      suspensionReason: "",
      targetConfiguration: { ...rule.targetConfiguration, customHeaders: null }
    }
  ])
  await client.ok("b2_set_bucket_notification_rules", { bucketId, eventNotificationRules: [] })

  for (const each of [bucketId, source.bucketId]) {
    for (const row of (await client.ok("b2_list_file_versions", { bucketId: each, maxFileCount: 1000 })).files) {
      const { fileId, fileName } = row
      if (row.action === "start") {
        await client.ok("b2_cancel_large_file", { fileId })
        continue
      }
      expect(["upload", "hide"]).toContain(row.action)
      if (row.fileRetention?.value.mode === "governance") {
        const fileRetention = { mode: null, retainUntilTimestamp: null }
        const body = { fileId, fileName, fileRetention, bypassGovernance: true }
        expect(await client.ok("b2_update_file_retention", body)).toEqual({ fileId, fileName, fileRetention })
      }
      await client.ok("b2_delete_file_version", { fileId, fileName })
    }
    expect(await client.ok("b2_delete_bucket", { accountId, bucketId: each })).toMatchObject({ bucketId: each })
  }
  expect((await client.ok("b2_list_buckets", { accountId })).buckets).toEqual([])
})

it.each([1, 2, 3, 4])("version %i of the API serves the whole way of a file", async (version) => {
  const { emulator } = held
  const client = await RawClient.authorize(emulator.endpoint, emulator.keyId, emulator.key, version)
  const bucketId = await client.bucket(`version-${version}`)
  const url = await client.ok("b2_get_upload_url", { bucketId })
  expect(url.uploadUrl).toContain(`/b2api/v${version}/b2_upload_file/${bucketId}/`)
  const file = (await uploadTo(url, "a.txt", "text")).json
  const { files } = await client.ok("b2_list_file_names", { bucketId })
  expect(files[0]).toMatchObject({ fileId: file.fileId, contentLength: 4, ...(version === 1 ? { size: 4 } : {}) })
  expect((await client.byId(file.fileId)).body.toString()).toBe("text")
  await client.ok("b2_hide_file", { bucketId, fileName: "a.txt" })
  expect((await client.byName(`version-${version}`, "a.txt")).status).toBe(404)
})
