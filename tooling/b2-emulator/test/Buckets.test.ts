import { expect, it } from "vitest"
import { withEmulator } from "./RawClient.ts"

const held = withEmulator()

const create = (bucketName: string, fields = {}) =>
  held.client.call("b2_create_bucket", {
    accountId: held.client.accountId,
    bucketName,
    bucketType: "allPrivate",
    ...fields
  })

it.each(["short", "-leading", "trailing-", "b2-reserved", "under_score", "two..dots", "10.20.30.40", "x".repeat(64)])(
  "%s is no bucket name",
  async (name) => {
    expect((await create(name)).json).toMatchObject({ status: 400, code: "invalid_bucket_name" })
  }
)

it("a bucket name is taken whatever its case, and by other accounts too", async () => {
  const duplicate = { status: 400, code: "duplicate_bucket_name", message: "Bucket name is already in use." }
  expect((await create("Mixed-Case.name")).status).toBe(200)
  expect((await create("mixed-case.NAME")).json).toEqual(duplicate)
  expect((await create("taken-by-another")).json).toEqual(duplicate)
})

it("an unknown bucket is an empty list, and a mixed list of types is refused", async () => {
  const { client } = held
  const { accountId } = client
  await client.bucket("listed-bucket", { bucketType: "allPublic" })
  const found = (fields: object) => client.call("b2_list_buckets", { accountId, ...fields })
  expect((await found({ bucketName: "no-such-bucket" })).json).toEqual({ buckets: [] })
  expect((await found({ bucketId: "nonsense" })).json).toEqual({ buckets: [] })
  expect((await found({ bucketTypes: ["allPublic"] })).json.buckets).toHaveLength(1)
  expect((await found({ bucketTypes: ["all", "allPublic"] })).status).toBe(400)
})

it("an update changes what it names, counts a revision, and can insist on the one it saw", async () => {
  const { client } = held
  const { accountId } = client
  const bucketId = await client.bucket("revised-bucket", { bucketInfo: { color: "blue" } })
  const rules = [{ fileNamePrefix: "", daysFromHidingToDeleting: 1, daysFromUploadingToHiding: null }]
  const first = await client.ok("b2_update_bucket", { accountId, bucketId, lifecycleRules: rules })
  expect(first).toMatchObject({ bucketInfo: { color: "blue" }, lifecycleRules: rules })
  const update = { accountId, bucketId, bucketInfo: {} }
  const stale = await client.call("b2_update_bucket", { ...update, ifRevisionIs: first.revision - 1 })
  expect(stale.json).toEqual({ status: 409, code: "conflict", message: "simultaneous updates to bucket" })
  const second = await client.ok("b2_update_bucket", { ...update, ifRevisionIs: first.revision })
  expect(second).toMatchObject({ bucketInfo: {}, lifecycleRules: rules, revision: first.revision + 1 })
})

it.each([
  ["a prefix inside another's", ["a/", "a/b/"], 1],
  ["zero days", ["a/"], 0]
])("lifecycle rules with %s are refused", async (_, prefixes, daysFromHidingToDeleting) => {
  const { client } = held
  const lifecycleRules = prefixes.map((fileNamePrefix) => ({
    fileNamePrefix,
    daysFromHidingToDeleting,
    daysFromUploadingToHiding: null
  }))
  const reply = await client.call("b2_create_bucket", {
    accountId: client.accountId,
    bucketName: "lifecycle-bucket",
    bucketType: "allPrivate",
    lifecycleRules
  })
  expect(reply.json).toMatchObject({ status: 400, code: "invalid_lifecycle_rules" })
})

it("a bucket with a file, a hide marker or an unfinished large file cannot be deleted", async () => {
  const { client } = held
  const { accountId } = client
  const bucketId = await client.bucket("full-bucket")
  const remove = () => client.call("b2_delete_bucket", { accountId, bucketId })
  const start = await client.ok("b2_start_large_file", { bucketId, fileName: "large", contentType: "b2/x-auto" })
  expect((await remove()).json.code).toBe("cannot_delete_non_empty_bucket")
  await client.ok("b2_delete_file_version", { fileId: start.fileId, fileName: "large" })
  const file = await client.upload(bucketId, "a", "x")
  const marker = await client.ok("b2_hide_file", { bucketId, fileName: "a" })
  await client.ok("b2_delete_file_version", { fileId: file.fileId, fileName: "a" })
  expect((await remove()).json.code).toBe("cannot_delete_non_empty_bucket")
  await client.ok("b2_delete_file_version", { fileId: marker.fileId, fileName: "a" })
  expect((await remove()).status).toBe(200)
  expect((await remove()).json).toMatchObject({ status: 400, code: "bad_bucket_id" })
})

it("a browser's preflight is answered by the bucket's CORS rules", async () => {
  const { client, emulator } = held
  await client.bucket("cors-bucket", {
    corsRules: [
      {
        corsRuleName: "downloads",
        allowedOrigins: ["https://*.example.com"],
        allowedOperations: ["b2_download_file_by_name"],
        maxAgeSeconds: 60
      }
    ]
  })
  const preflight = (origin: string) =>
    fetch(`${emulator.endpoint}/file/cors-bucket/a`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "GET" }
    })
  const allowed = await preflight("https://www.example.com")
  expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([200, "https://www.example.com"])
  expect((await preflight("https://example.org")).status).toBe(403)
})
