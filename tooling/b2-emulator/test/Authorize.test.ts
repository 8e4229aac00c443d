import { expect, it } from "vitest"
import { RawClient, request, withEmulator } from "./RawClient.ts"

const held = withEmulator({ minimumPartSize: 100, recommendedPartSize: 1000 })
const tryAuthorize = (version: number, headers = {}) =>
  RawClient.tryAuthorize(held.emulator.endpoint, held.emulator.keyId, held.emulator.key, version, headers)

it.each([1, 2])("version %i answers flat", async (version) => {
  const { endpoint } = held.emulator
  const { json } = await tryAuthorize(version)
  expect(json).toMatchObject({
    accountId: held.emulator.accountId,
    allowed: { bucketId: null, bucketName: null, namePrefix: null },
    absoluteMinimumPartSize: 100,
    recommendedPartSize: 1000,
    apiUrl: endpoint,
    downloadUrl: endpoint
  })
  expect("minimumPartSize" in json).toBe(version === 1)
})

it("version 3 groups by API suite, version 4 lists the allowed buckets", async () => {
  const third = (await tryAuthorize(3)).json
  expect(third.apiInfo.storageApi).toMatchObject({
    infoType: "storageApi",
    bucketId: null,
    absoluteMinimumPartSize: 100
  })
  expect(third.apiInfo.storageApi.capabilities).toContain("writeFiles")
  const fourth = (await tryAuthorize(4)).json
  expect(fourth.apiInfo.storageApi.allowed).toMatchObject({ buckets: null, namePrefix: null })
  expect(fourth.apiInfo.storageApi.allowed.capabilities).toContain("listBuckets")
  expect(fourth.applicationKeyExpirationTimestamp).toBeNull()
})

it("a wrong key is 401 bad_auth_token", async () => {
  const { endpoint, keyId } = held.emulator
  const reply = await RawClient.tryAuthorize(endpoint, keyId, "wrong")
  expect(reply.json).toEqual({ status: 401, code: "bad_auth_token", message: "" })
  expect(reply.headers.get("www-authenticate")).toBe('BASIC realm="authorize_account"')
})

it("the addresses in replies are the ones the client used", async () => {
  const { emulator, client } = held
  const bucketId = await client.bucket("address-bucket")
  const port = new URL(emulator.endpoint).port
  const byName = new RawClient(`http://localhost:${port}`, 4, client.token, client.accountId)
  const url = await byName.ok("b2_get_upload_url", { bucketId })
  expect(url.uploadUrl).toMatch(`http://localhost:${port}/b2api/v4/b2_upload_file/${bucketId}/`)
})

it("every reply carries a Date within seconds of the clock", async () => {
  const { emulator, client } = held
  emulator.advance({ days: 2 })
  const before = Date.now()
  const replies = [await tryAuthorize(4), await client.call("b2_list_buckets", {})]
  const after = Date.now()
  for (const { headers } of replies) {
    const stated = Date.parse(headers.get("date")!)
    expect(stated).toBeGreaterThan(before - 5000)
    expect(stated).toBeLessThan(after + 5000)
  }
  held.client = await RawClient.authorize(emulator.endpoint, emulator.keyId, emulator.key)
})

it("a token expires after a day, and when told to", async () => {
  const { emulator, client } = held
  emulator.advance({ days: 1 })
  const reply = await client.call("b2_list_buckets", { accountId: client.accountId })
  expect([reply.status, reply.json.code]).toEqual([401, "expired_auth_token"])
  const fresh = await RawClient.authorize(emulator.endpoint, emulator.keyId, emulator.key)
  await fresh.ok("b2_list_buckets", { accountId: fresh.accountId })
  emulator.expireTokens()
  const again = await fresh.call("b2_list_buckets", { accountId: fresh.accountId })
  expect(again.json.code).toBe("expired_auth_token")
  held.client = await RawClient.authorize(emulator.endpoint, emulator.keyId, emulator.key)
})

it("in the test mode of expiring tokens a token dies after five calls", async () => {
  const mode = { "x-bz-test-mode": "expire_some_account_authorization_tokens" }
  const { json } = await tryAuthorize(4, mode)
  const client = new RawClient(held.emulator.endpoint, 4, json.authorizationToken, json.accountId)
  const statuses = []
  for (let index = 0; index < 6; index++) {
    statuses.push((await client.call("b2_list_buckets", { accountId: client.accountId })).status)
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 401])
})

it("bad calls are told apart: unknown token, endpoint, method, JSON, field", async () => {
  const { client, emulator } = held
  const { accountId } = client
  const url = `${emulator.endpoint}/b2api/v4/b2_create_bucket`
  const outcome = async (reply: ReturnType<RawClient["call"]>) => {
    const { status, json } = await reply
    return [status, json.code]
  }
  const stranger = new RawClient(emulator.endpoint, 4, "nonsense", accountId)
  expect(await outcome(stranger.call("b2_list_buckets", { accountId }))).toEqual([401, "bad_auth_token"])
  expect(await outcome(client.call("b2_no_such_thing", {}))).toEqual([400, "bad_request"])
  expect(await outcome(request(url, { headers: { authorization: client.token } }))).toEqual([405, "method_not_allowed"])
  expect(await outcome(client.call("b2_list_buckets", "{not json"))).toEqual([400, "bad_json"])
  expect(await outcome(client.call("b2_list_buckets", "[]"))).toEqual([400, "bad_json"])
  expect(await outcome(client.call("b2_list_buckets", {}))).toEqual([400, "bad_request"])
  expect(await outcome(client.call("b2_list_buckets", { accountId: 12 }))).toEqual([400, "bad_request"])
  expect(await outcome(client.call("b2_list_buckets", { accountId: "000000000000" }))).toEqual([401, "unauthorized"])
})
