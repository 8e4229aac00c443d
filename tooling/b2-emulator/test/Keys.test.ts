import { expect, it } from "vitest"
import { type Json, RawClient, withEmulator } from "./RawClient.ts"

const held = withEmulator()

const keyFor = async (fields: Json, version = 4): Promise<RawClient> => {
  const { client, emulator } = held
  const made = await client.ok("b2_create_key", { accountId: client.accountId, keyName: "k", ...fields })
  return RawClient.authorize(emulator.endpoint, made.applicationKeyId, made.applicationKey, version)
}
const refused = { status: 401, code: "unauthorized", message: "" }

it("a key without a capability is refused with 401 unauthorized", async () => {
  const bucketId = await held.client.bucket("capability-bucket")
  const reader = await keyFor({ capabilities: ["listFiles", "readFiles"] })
  await reader.ok("b2_list_file_names", { bucketId })
  expect((await reader.call("b2_get_upload_url", { bucketId })).json).toEqual(refused)
  expect((await reader.call("b2_hide_file", { bucketId, fileName: "a" })).json).toEqual(refused)
})

it("a key for one bucket reaches no other, and must name its own to list buckets", async () => {
  const { client } = held
  const [own, other] = [await client.bucket("own-bucket"), await client.bucket("other-bucket")]
  const key = await keyFor({ capabilities: ["listBuckets", "listFiles", "writeFiles"], bucketIds: [own] })
  await key.ok("b2_list_file_names", { bucketId: own })
  expect((await key.call("b2_list_file_names", { bucketId: other })).json).toEqual(refused)
  expect((await key.call("b2_list_file_names", { bucketId: "0".repeat(24) })).json).toEqual(refused)
  const { accountId } = client
  expect((await key.call("b2_list_buckets", { accountId })).json).toEqual(refused)
  const named = await key.ok("b2_list_buckets", { accountId, bucketName: "own-bucket" })
  expect(named.buckets.map((bucket: Json) => bucket.bucketId)).toEqual([own])
})

it("a key for a prefix sees and writes only names below it", async () => {
  const { client } = held
  const bucketId = await client.bucket("prefix-bucket")
  const outside = await client.upload(bucketId, "other/file", "x")
  const capabilities = ["listFiles", "readFiles", "writeFiles", "deleteFiles", "shareFiles"]
  const key = await keyFor({ capabilities, bucketIds: [bucketId], namePrefix: "docs/" })
  const inside = await key.upload(bucketId, "docs/file", "y")
  expect((await key.tryUpload(bucketId, "other/new", "z")).json.code).toBe("unauthorized")
  expect((await key.call("b2_list_file_names", { bucketId })).json).toEqual(refused)
  expect((await key.ok("b2_list_file_names", { bucketId, prefix: "docs/" })).files).toHaveLength(1)
  expect((await key.call("b2_get_file_info", { fileId: outside.fileId })).json).toEqual(refused)
  expect((await key.byName("prefix-bucket", "other/file")).status).toBe(401)
  expect((await key.byId(inside.fileId)).status).toBe(200)
  const copy = { sourceFileId: inside.fileId, fileName: "other/copy" }
  expect((await key.call("b2_copy_file", copy)).json).toEqual(refused)
  const share = { bucketId, fileNamePrefix: "", validDurationInSeconds: 10 }
  expect((await key.call("b2_get_download_authorization", share)).json).toEqual(refused)
})

it("a key for several buckets works through version 4 only", async () => {
  const { client, emulator } = held
  const bucketIds = [await client.bucket("several-one"), await client.bucket("several-two")]
  const made = await client.ok("b2_create_key", {
    accountId: client.accountId,
    keyName: "several",
    capabilities: ["listBuckets", "listFiles"],
    bucketIds
  })
  const old = await RawClient.tryAuthorize(emulator.endpoint, made.applicationKeyId, made.applicationKey, 3)
  expect([old.status, old.json.code]).toEqual([401, "unsupported"])
  const key = await RawClient.tryAuthorize(emulator.endpoint, made.applicationKeyId, made.applicationKey)
  expect(key.json.apiInfo.storageApi.allowed.buckets).toEqual([
    { id: bucketIds[0], name: "several-one" },
    { id: bucketIds[1], name: "several-two" }
  ])
  const several = new RawClient(emulator.endpoint, 4, key.json.authorizationToken, key.json.accountId)
  const { buckets } = await several.ok("b2_list_buckets", { accountId: several.accountId })
  expect(buckets.map((bucket: Json) => bucket.bucketId)).toEqual(bucketIds)
})

it("a deleted key's tokens stop working, an expired key's too", async () => {
  const { client, emulator } = held
  const { accountId } = client
  const made = await client.ok("b2_create_key", { accountId, keyName: "gone", capabilities: ["listBuckets"] })
  const key = await RawClient.authorize(emulator.endpoint, made.applicationKeyId, made.applicationKey)
  await client.ok("b2_delete_key", { applicationKeyId: made.applicationKeyId })
  expect((await key.call("b2_list_buckets", { accountId })).json.code).toBe("bad_auth_token")

  const short = await keyFor({ capabilities: ["listBuckets"], validDurationInSeconds: 60 })
  emulator.advance({ milliseconds: 61_000 })
  expect((await short.call("b2_list_buckets", { accountId })).json.code).toBe("expired_auth_token")
})

it("keys are listed in pages without their secrets, the master key never", async () => {
  const { client } = held
  const { accountId } = client
  for (let index = 0; index < 3; index++) await keyFor({ capabilities: ["listFiles"], keyName: `page-${index}` })
  const names: string[] = []
  let startApplicationKeyId: string | null = null
  do {
    const page: Json = await client.ok("b2_list_keys", { accountId, maxKeyCount: 2, startApplicationKeyId })
    for (const key of page.keys) {
      names.push(key.keyName)
      expect(key).not.toHaveProperty("applicationKey")
    }
    startApplicationKeyId = page.nextApplicationKeyId
  } while (startApplicationKeyId !== null)
  expect(names.slice(-3)).toEqual(["page-0", "page-1", "page-2"])
  expect(names).not.toContain("master")
})

it("a key cannot be given more than its maker has, nor account powers with a bucket", async () => {
  const { client } = held
  const { accountId } = client
  const bucketId = await client.bucket("powers-bucket")
  const maker = await keyFor({ capabilities: ["writeKeys", "listFiles"] })
  const tooMuch = { accountId, keyName: "more", capabilities: ["writeFiles"] }
  expect((await maker.call("b2_create_key", tooMuch)).json).toEqual(refused)
  const account = { accountId, keyName: "mix", capabilities: ["writeBuckets"], bucketIds: [bucketId] }
  expect((await client.call("b2_create_key", account)).json).toMatchObject({ status: 400, code: "bad_request" })
})

it("what a key may not read about locks is withheld, not refused", async () => {
  const { client } = held
  const bucketId = await client.bucket("withheld-bucket", { fileLockEnabled: true })
  const file = await client.upload(bucketId, "held.txt", "x", { "x-bz-file-legal-hold": "on" })
  const reader = await keyFor({ capabilities: ["readFiles", "listBuckets"] })
  const withheld = { isClientAuthorizedToRead: false, value: null }
  const info = await reader.ok("b2_get_file_info", { fileId: file.fileId })
  expect([info.legalHold, info.fileRetention]).toEqual([withheld, withheld])
  const reply = await reader.byId(file.fileId)
  expect(reply.headers.get("x-bz-client-unauthorized-to-read")).toBe("X-Bz-File-Legal-Hold")
  const [bucket] = (await reader.ok("b2_list_buckets", { accountId: client.accountId, bucketId })).buckets
  expect(bucket.fileLockConfiguration).toEqual(withheld)
})
