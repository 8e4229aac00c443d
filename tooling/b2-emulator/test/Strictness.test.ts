/** Requests that B2 refuses although most servers would let them pass. */
import { describe, expect, it } from "vitest"
import { type Json, RawClient, request, withEmulator } from "./RawClient.ts"

const held = withEmulator()
const account = () => ({ accountId: held.client.accountId })
const hex24 = "0123456789abcdef01234567"
let made = 0
const create = (fields: Json) => {
  const base = { ...account(), bucketName: `junk-bucket-${made++}`, bucketType: "allPrivate" }
  return held.client.call("b2_create_bucket", { ...base, ...fields })
}

const clientOfVersion = (version: number) =>
  RawClient.authorize(held.emulator.endpoint, held.emulator.keyId, held.emulator.key, version)

describe("a field that a call does not know is refused", () => {
  it.each([
    "b2_cancel_large_file",
    "b2_copy_file",
    "b2_copy_part",
    "b2_create_bucket",
    "b2_create_key",
    "b2_delete_bucket",
    "b2_delete_file_version",
    "b2_delete_key",
    "b2_download_file_by_id",
    "b2_finish_large_file",
    "b2_get_bucket_notification_rules",
    "b2_get_download_authorization",
    "b2_get_file_info",
    "b2_get_upload_part_url",
    "b2_get_upload_url",
    "b2_hide_file",
    "b2_list_buckets",
    "b2_list_file_names",
    "b2_list_file_versions",
    "b2_list_keys",
    "b2_list_parts",
    "b2_list_unfinished_large_files",
    "b2_set_bucket_notification_rules",
    "b2_start_large_file",
    "b2_update_bucket",
    "b2_update_file_legal_hold",
    "b2_update_file_retention"
  ])("by %s", async (operation) => {
    const reply = await held.client.call(operation, { colour: null })
    expect(reply.json).toEqual({ status: 400, code: "bad_json", message: `unknown field in ${operation}: colour` })
  })

  it("at any depth, but not where names are the caller's own", async () => {
    expect((await create({ bucketInfo: { colour: "blue" } })).status).toBe(200)
    expect((await create({ bucketInfo: { constructor: "blue" } })).status).toBe(200)
    const rule = { fileNamePrefix: "", daysFromHidingToDeleting: 1, daysFromUploadingToHide: 1 }
    expect((await create({ lifecycleRules: [rule] })).json.code).toBe("bad_json")
    const period = { duration: 1, unit: "days", length: 3 }
    const retention = { fileLockEnabled: true, defaultRetention: { mode: "governance", period } }
    expect((await create(retention)).json.code).toBe("bad_json")
    expect((await create({ constructor: 1 })).json.code).toBe("bad_json")
  })

  it("by a call with a query too, where numbers are text", async () => {
    const { client, emulator } = held
    const bucketId = await client.bucket("queried-bucket")
    const get = (query: string) =>
      request(`${emulator.endpoint}/b2api/v4/b2_list_file_names?bucketId=${bucketId}${query}`, {
        headers: { authorization: client.token }
      })
    expect((await get("&maxFileCount=5")).status).toBe(200)
    expect((await get("&maxFileCount=five")).status).toBe(400)
    expect((await get("&colour=blue")).json.code).toBe("bad_json")
  })

  it("so that no version makes a key of wider reach than was meant", async () => {
    const bucketId = await held.client.bucket("meant-bucket")
    const fields = { ...account(), keyName: "k", capabilities: ["listFiles"] }
    const create = async (version: number, reach: Json) =>
      (await (await clientOfVersion(version)).call("b2_create_key", { ...fields, ...reach })).json
    expect(await create(3, { bucketIds: [bucketId] })).toMatchObject({ status: 400, code: "bad_json" })
    expect(await create(4, { bucketId })).toMatchObject({ status: 400, code: "bad_json" })
    expect(await create(4, { bucketIds: [] })).toMatchObject({ status: 400 })
    expect(await create(3, { bucketId })).toMatchObject({ bucketId })
    expect(await create(4, { bucketIds: [bucketId] })).toMatchObject({ bucketIds: [bucketId] })
  })
})

it("numbers, truth values and lists as text are refused", async () => {
  const { client } = held
  const bucketId = await client.bucket("typed-bucket")
  const refused = async (operation: string, fields: Json) => (await client.call(operation, fields)).json.code
  expect(await refused("b2_list_file_names", { bucketId, maxFileCount: "5" })).toBe("bad_request")
  expect(await refused("b2_list_buckets", { ...account(), bucketTypes: "all" })).toBe("bad_request")
  expect(await refused("b2_update_bucket", { ...account(), bucketId, ifRevisionIs: "2" })).toBe("bad_request")
  expect(await refused("b2_update_bucket", { ...account(), bucketId, fileLockEnabled: "true" })).toBe("bad_request")
  const share = { bucketId, fileNamePrefix: "", validDurationInSeconds: "60" }
  expect(await refused("b2_get_download_authorization", share)).toBe("bad_request")
})

describe("a bucket is not made with", () => {
  const cors = {
    corsRuleName: "downloads",
    allowedOrigins: ["https://*.example.com", "*", "https", "http://localhost:8080"],
    allowedOperations: ["b2_download_file_by_name", "s3_get"],
    allowedHeaders: ["authorization", "x-bz-*"],
    exposeHeaders: null,
    maxAgeSeconds: 60
  }
  const replicationRule = { destinationBucketId: hex24, replicationRuleName: "rule" }
  const source = (rule: Json, more: Json = {}) => ({
    replicationConfiguration: {
      asReplicationSource: {
        sourceApplicationKeyId: "0020123456789ab0000000001",
        replicationRules: [{ ...replicationRule, ...rule }],
        ...more
      }
    }
  })

  it.each([
    ["a default encryption without algorithm", { defaultServerSideEncryption: { mode: "SSE-B2" } }],
    ["a default encryption of another mode", { defaultServerSideEncryption: { mode: "sse-b2", algorithm: "AES256" } }],
    ["an algorithm without mode", { defaultServerSideEncryption: { algorithm: "AES256" } }],
    ["SSE-C by default", { defaultServerSideEncryption: { mode: "SSE-C", algorithm: "AES256" } }],
    ["an info value that is no text", { bucketInfo: { color: 1 } }],
    ["a control character in an info value", { bucketInfo: { color: "a\nb" } }],
    ["too much info", { bucketInfo: { color: "x".repeat(551) } }],
    ["a bad cache setting", { bucketInfo: { "Cache-Control": "max age" } }],
    ["an unknown CORS operation", { corsRules: [{ ...cors, allowedOperations: ["b2_download"] }] }],
    ["CORS operations of another type", { corsRules: [{ ...cors, allowedOperations: [1] }] }],
    ["an origin with two stars", { corsRules: [{ ...cors, allowedOrigins: ["https://*.*.com"] }] }],
    ["an origin that is no address", { corsRules: [{ ...cors, allowedOrigins: ["example.com"] }] }],
    ["a CORS header with a space", { corsRules: [{ ...cors, allowedHeaders: ["a b"] }] }],
    ["a CORS age as text", { corsRules: [{ ...cors, maxAgeSeconds: "60" }] }],
    ["no replication rules", source({}, { replicationRules: [] })],
    ["a replication rule without name", source({ replicationRuleName: null })],
    ["a destination that is no bucket id", source({ destinationBucketId: "photos" })],
    ["a priority of 0", source({ priority: 0 })],
    ["a replication key that is no id", source({}, { sourceApplicationKeyId: "a b" })],
    ["an empty key mapping", { replicationConfiguration: { asReplicationDestination: {} } }],
    [
      "two replication rules of one name",
      source({}, { replicationRules: [1, 2].map((priority) => ({ ...replicationRule, priority })) })
    ],
    [
      "two replication rules of one priority",
      source(
        {},
        { replicationRules: ["a", "b"].map((replicationRuleName) => ({ ...replicationRule, replicationRuleName })) }
      )
    ],
    [
      "a key mapping of junk",
      { replicationConfiguration: { asReplicationDestination: { sourceToDestinationKeyMapping: { "a b": "c" } } } }
    ],
    [
      "a key mapping to a number",
      { replicationConfiguration: { asReplicationDestination: { sourceToDestinationKeyMapping: { a: 1 } } } }
    ]
  ])("%s", async (_, fields) => {
    expect((await create(fields)).json).toMatchObject({ status: 400, code: "bad_request" })
  })

  it("anything but that which is right", async () => {
    expect((await create({ corsRules: [cors] })).json.corsRules).toEqual([cors])
    const reply = await create(source({ priority: 7 }))
    expect(reply.json.replicationConfiguration.value.asReplicationSource.replicationRules).toEqual([
      {
        destinationBucketId: hex24,
        fileNamePrefix: "",
        includeExistingFiles: false,
        isEnabled: true,
        priority: 7,
        replicationRuleName: "rule"
      }
    ])
    const encryption = { mode: "SSE-B2", algorithm: "AES256" }
    const encrypted = await create({
      defaultServerSideEncryption: encryption,
      bucketInfo: { "Cache-Control": "no-store" }
    })
    expect(encrypted.json.defaultServerSideEncryption.value).toEqual(encryption)
  })
})

describe("the reserved file info", () => {
  it.each([
    ["b2-content-disposition", "attachment; filename", 400],
    ["b2-content-disposition", "", 400],
    ["b2-content-disposition", 'attachment; filename="a b.txt"', 200],
    ["b2-content-disposition", "attachment; filename*=UTF-8''%e2%82%ac.txt", 200],
    ["b2-content-disposition", "attachment; filename*=ISO-8859-1''%e2.txt", 400],
    ["b2-content-disposition", 'attachment; filename*0="a"', 400],
    ["b2-expires", "tomorrow", 400],
    ["b2-expires", "Tue, 31 Feb 2026 00:00:00 GMT", 400],
    ["b2-expires", "Thu, 01 Jan 2026 00:00:00 GMT", 200],
    ["b2-content-language", "de, en-GB", 200],
    ["b2-content-language", "de_DE", 400],
    ["b2-content-encoding", "gzip; q", 400],
    ["b2-cache-control", "private, max-age=3600", 200],
    ["b2-cache-control", "max age", 400],
    ["b2-content-length", "1", 400]
  ])("%s = %s is answered with %i, on every way in", async (key, value, status) => {
    const { client } = held
    const bucketId = await held.client.bucket(`info-bucket-${made++}`)
    const header = encodeURIComponent(value)
    expect((await client.tryUpload(bucketId, "a", "x", { [`x-bz-info-${key}`]: header })).status).toBe(status)
    const fileInfo = { [key]: value }
    const start = { bucketId, fileName: "b", contentType: "b2/x-auto", fileInfo }
    expect((await client.call("b2_start_large_file", start)).status).toBe(status)
    const { fileId: sourceFileId } = await client.upload(bucketId, "c", "x")
    const copy = { sourceFileId, fileName: "d", metadataDirective: "REPLACE", contentType: "text/plain", fileInfo }
    expect((await client.call("b2_copy_file", copy)).status).toBe(status)
  })

  it("is checked where a download or its authorization replaces it", async () => {
    const { client } = held
    const bucketId = await client.bucket("override-bucket")
    await client.upload(bucketId, "a", "x")
    const share = { bucketId, fileNamePrefix: "", validDurationInSeconds: 60, b2ContentDisposition: "a b" }
    expect((await client.call("b2_get_download_authorization", share)).status).toBe(400)
    const get = (query: string) =>
      request(`${held.emulator.endpoint}/file/override-bucket/a?${query}`, { headers: { authorization: client.token } })
    expect((await get("b2Expires=tomorrow")).status).toBe(400)
    expect((await get("b2ContentDisposition=inline")).headers.get("content-disposition")).toBe("inline")
  })
})

it.each(["b2_list_file_versions", "b2_list_unfinished_large_files"])(
  "%s refuses a startFileId that is none",
  async (operation) => {
    const bucketId = await held.client.bucket(`started-bucket-${made++}`)
    const named = operation === "b2_list_file_versions" ? { startFileName: "nowhere" } : {}
    const reply = await held.client.call(operation, { bucketId, startFileId: "junk", ...named })
    expect(reply.status).toBe(400)
  }
)

it("a notification rule without secret answers null for it, and a secret has 32 letters and digits", async () => {
  const { client } = held
  const bucketId = await client.bucket("notified-bucket")
  const set = (target: Json) =>
    client.call("b2_set_bucket_notification_rules", {
      bucketId,
      eventNotificationRules: [
        {
          name: "rule",
          eventTypes: ["b2:ObjectCreated:*"],
          targetConfiguration: { targetType: "webhook", url: "https://example.com/", ...target }
        }
      ]
    })
  const [rule] = (await set({})).json.eventNotificationRules
  expect(rule.targetConfiguration).toEqual({
    customHeaders: null,
    hmacSha256SigningSecret: null,
    targetType: "webhook",
    url: "https://example.com/"
  })
  expect((await set({ hmacSha256SigningSecret: "short" })).status).toBe(400)
  expect((await set({ customHeaders: [{ name: "X-Bz-Own", value: "1" }] })).status).toBe(400)
  const secret = "s".repeat(32)
  const [signed] = (await set({ hmacSha256SigningSecret: secret })).json.eventNotificationRules
  expect(signed.targetConfiguration.hmacSha256SigningSecret).toBe(secret)
})
