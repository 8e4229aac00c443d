import * as http from "node:http"
import { expect, it } from "vitest"
import { type Json, sha1, uploadTo, withEmulator } from "./RawClient.ts"

const held = withEmulator()
const freshUrl = async (bucketName: string) => {
  const bucketId = await held.client.bucket(bucketName)
  return { bucketId, url: await held.client.ok("b2_get_upload_url", { bucketId }) }
}

it("a wrong SHA-1 is refused, nothing is stored, and the URL stays good", async () => {
  const { bucketId, url } = await freshUrl("digest-bucket")
  const wrong = await uploadTo(url, "a", "data", { "x-bz-content-sha1": sha1("other") })
  expect(wrong.json).toEqual({ status: 400, code: "bad_request", message: "Sha1 did not match data received" })
  expect((await held.client.ok("b2_list_file_versions", { bucketId })).files).toEqual([])
  expect((await uploadTo(url, "a", "data")).status).toBe(200)
})

it.each([0, 1, 39, 40, 41, 200_000])("a SHA-1 after %i bytes of data is checked and cut off", async (length) => {
  const { url } = await freshUrl(`trailer-${length}`)
  const data = Buffer.alloc(length, 120)
  const body = Buffer.concat([data, Buffer.from(sha1(data).toUpperCase())])
  const good = await uploadTo(url, "a", body, { "x-bz-content-sha1": "hex_digits_at_end" })
  expect(good.json).toMatchObject({ contentLength: length, contentSha1: sha1(data) })
  expect((await held.client.byId(good.json.fileId)).body.equals(data)).toBe(true)
  const wrong = Buffer.concat([data, Buffer.from("0".repeat(40))])
  expect((await uploadTo(url, "a", wrong, { "x-bz-content-sha1": "hex_digits_at_end" })).status).toBe(400)
})

it("an upload without a SHA-1 has an unverified one", async () => {
  const { url } = await freshUrl("unverified-bucket")
  const reply = await uploadTo(url, "a", "data", { "x-bz-content-sha1": "do_not_verify" })
  expect(reply.json.contentSha1).toBe(`unverified:${sha1("data")}`)
  expect((await uploadTo(url, "a", "data", { "x-bz-content-sha1": "" })).status).toBe(400)
})

it("a second upload by the same token while one runs is refused in B2's own words", async () => {
  const { url } = await freshUrl("writer-bucket")
  const target = new URL(url.uploadUrl)
  const slow = http.request({
    host: target.hostname,
    port: target.port,
    path: target.pathname,
    method: "POST",
    headers: {
      authorization: url.authorizationToken,
      "content-type": "text/plain",
      "content-length": "8",
      "x-bz-file-name": "slow",
      "x-bz-content-sha1": sha1("12345678")
    }
  })
  const finished = new Promise<number>((resolve, reject) => {
    slow.on("response", (response) => resolve(response.resume().statusCode ?? 0))
    slow.on("error", reject)
  })
  await new Promise<void>((resolve) => slow.write("1234", () => resolve()))
  let second = await uploadTo(url, "second", "data")
  for (let turn = 0; second.status === 200 && turn < 50; turn++) second = await uploadTo(url, "second", "data")
  expect(second.json).toEqual({
    status: 400,
    code: "auth_token_limit",
    message: `more than one upload using auth token ${url.authorizationToken}`
  })
  slow.end("5678")
  expect(await finished).toBe(200)
  expect((await uploadTo(url, "after", "data")).status).toBe(200)
})

it("an upload that breaks off leaves nothing and frees the URL", async () => {
  const { bucketId, url } = await freshUrl("broken-bucket")
  const target = new URL(url.uploadUrl)
  const { hostname: host, port, pathname: path } = target
  const headers = {
    authorization: url.authorizationToken,
    "content-type": "text/plain",
    "content-length": "8",
    "x-bz-file-name": "broken",
    "x-bz-content-sha1": sha1("12345678")
  }
  const broken = http.request({ host, port, path, method: "POST", headers })
  broken.on("error", () => {})
  await new Promise<void>((resolve) => broken.write("1234", () => resolve()))
  broken.destroy()
  let status = 400
  for (let turn = 0; status !== 200 && turn < 100; turn++) status = (await uploadTo(url, "whole", "data")).status
  expect(status).toBe(200)
  const { files } = await held.client.ok("b2_list_file_versions", { bucketId })
  expect(files.every((file: Json) => file.fileName === "whole")).toBe(true)
})

it("a token is good for its own URL only", async () => {
  const first = await freshUrl("token-one")
  const second = await freshUrl("token-two")
  const mixed = { uploadUrl: first.url.uploadUrl, authorizationToken: second.url.authorizationToken }
  const reply = await uploadTo(mixed, "a", "x")
  expect([reply.status, reply.json.code]).toEqual([401, "bad_auth_token"])
})

it("an upload URL is retired by 503, 408 and 401, not by other errors", async () => {
  const { url: base, bucketId } = await freshUrl("retired-bucket")
  expect((await uploadTo(base, "a", "x")).status).toBe(200)
  for (const kind of ["503", "408", "expired"] as const) {
    const url = await held.client.ok("b2_get_upload_url", { bucketId })
    held.emulator.failNext("b2_upload_file", kind)
    expect((await uploadTo(url, "a", "x")).status).toBe(kind === "expired" ? 401 : Number(kind))
    expect((await uploadTo(url, "a", "x")).json.code).toBe("bad_auth_token")
  }
  held.emulator.failNext("b2_upload_file", "429")
  expect((await uploadTo(base, "a", "x")).headers.get("retry-after")).toBe("1")
  expect((await uploadTo(base, "a", "x")).status).toBe(200)
})

it.each([
  "name with space+plus,&é.txt",
  "50% #1?.txt",
  'quote" and \\ back',
  "日本/😀",
  "a//b/ /c",
  "trailing/",
  "x".repeat(1024)
])("the name %j survives upload, listing and download", async (name) => {
  const { client } = held
  const bucketName = `names-${sha1(name).slice(0, 10)}`
  const bucketId = await client.bucket(bucketName)
  const file = await client.upload(bucketId, name, "x", { "x-bz-info-key": encodeURIComponent(name.slice(0, 200)) })
  const { files } = await client.ok("b2_list_file_names", { bucketId })
  expect([files[0].fileName, files[0].fileInfo.key]).toEqual([name, name.slice(0, 200)])
  const reply = await client.byName(bucketName, name)
  expect(decodeURIComponent(reply.headers.get("x-bz-file-name")!)).toBe(name)
  expect(reply.headers.get("x-bz-file-id")).toBe(file.fileId)
})

it("a plus in a header or address is a space", async () => {
  const { url } = await freshUrl("plus-bucket")
  const reply = await uploadTo(url, "", "x", { "x-bz-file-name": "a+b%2Bc" })
  expect(reply.json.fileName).toBe("a b+c")
  const found = await fetch(`${held.emulator.endpoint}/file/plus-bucket/a+b%2bc`, {
    headers: { authorization: held.client.token }
  })
  expect(await found.text()).toBe("x")
})

it.each([
  ["an empty name", { "x-bz-file-name": "" }],
  ["a control character", { "x-bz-file-name": "a%01" }],
  ["a DEL", { "x-bz-file-name": "a%7f" }],
  ["bytes that are not UTF-8", { "x-bz-file-name": "a%ff" }],
  ["a half surrogate", { "x-bz-file-name": "%ED%A0%80" }],
  ["1,025 bytes", { "x-bz-file-name": "x".repeat(1025) }],
  ["a reserved info key", { "x-bz-info-b2-unknown": "x" }],
  ["an info key of 51 bytes", { [`x-bz-info-${"k".repeat(51)}`]: "x" }],
  ["eleven info entries", Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`x-bz-info-${i}`, "x"]))],
  ["more than 7,000 bytes of info", { "x-bz-info-big": "x".repeat(7000) }],
  [
    "more than 2,048 bytes with encryption",
    { "x-bz-info-big": "x".repeat(2048), "x-bz-server-side-encryption": "AES256" }
  ],
  ["a header that belongs into info", { "content-language": "en" }],
  ["a timestamp in the future", { "x-bz-custom-upload-timestamp": "9999999999999" }]
])("%s is refused with 400", async (_, headers) => {
  const bucketId = await refusals()
  expect((await held.client.tryUpload(bucketId, "name", "x", headers as Record<string, string>)).status).toBe(400)
})

let refusalBucket: Promise<string> | undefined
const refusals = () => {
  refusalBucket ??= held.client.bucket("refusal-bucket")
  return refusalBucket
}

it("a custom upload timestamp sets the order of versions", async () => {
  const { client } = held
  const bucketId = await client.bucket("custom-time")
  const young = await client.upload(bucketId, "a", "young")
  const old = await client.upload(bucketId, "a", "old", { "x-bz-custom-upload-timestamp": "1000000000000" })
  expect(old.uploadTimestamp).toBe(1_000_000_000_000)
  const { files } = await client.ok("b2_list_file_versions", { bucketId })
  expect(files.map((file: Json) => file.fileId)).toEqual([young.fileId, old.fileId])
})

it.each(["fail_some_uploads", "force_cap_exceeded"])("the test mode %s fails uploads", async (mode) => {
  const { client } = held
  const bucketId = await client.bucket(`mode-${mode.replaceAll("_", "-")}`)
  const statuses: number[] = []
  for (let index = 0; index < 6; index++) {
    statuses.push((await client.tryUpload(bucketId, "a", "x", { "x-bz-test-mode": mode })).status)
  }
  const expected = mode === "fail_some_uploads" ? [200, 200, 503, 200, 200, 503] : Array(6).fill(403)
  expect(statuses).toEqual(expected)
})
