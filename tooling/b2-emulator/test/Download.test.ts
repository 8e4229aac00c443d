import { createHash } from "node:crypto"
import * as net from "node:net"
import { beforeAll, expect, it } from "vitest"
import { type Json, request, sha1, withEmulator } from "./RawClient.ts"

const held = withEmulator()
let file: Json
let bucketId = ""
beforeAll(async () => {
  bucketId = await held.client.bucket("download-bucket")
  file = await held.client.upload(bucketId, "ten", "0123456789")
})

it.each([
  ["bytes=5-8", "5678", "bytes 5-8/10"],
  ["bytes=5-", "56789", "bytes 5-9/10"],
  ["bytes=-3", "789", "bytes 7-9/10"],
  ["bytes=-30", "0123456789", "bytes 0-9/10"],
  ["bytes=8-100", "89", "bytes 8-9/10"],
  ["bytes=0-9", "0123456789", "bytes 0-9/10"]
])("the range %s is answered with 206", async (range, content, contentRange) => {
  const reply = await held.client.byId(file.fileId, { headers: { range } })
  expect([reply.status, reply.body.toString(), reply.headers.get("content-range")]).toEqual([
    206,
    content,
    contentRange
  ])
  expect(reply.headers.get("content-length")).toBe(String(content.length))
  expect(reply.headers.get("x-bz-content-sha1")).toBe(sha1("0123456789"))
})

it.each(["bytes=8-5", "bytes=0-1,3-4", "lines=1-2", "bytes=x"])("the range %s is ignored", async (range) => {
  const reply = await held.client.byId(file.fileId, { headers: { range } })
  expect([reply.status, reply.body.toString()]).toEqual([200, "0123456789"])
})

it("a range outside the file is 416, any range of an empty file too", async () => {
  const empty = await held.client.upload(bucketId, "empty", "")
  expect((await held.client.byId(empty.fileId)).body).toHaveLength(0)
  for (const [fileId, range] of [
    [file.fileId, "bytes=10-"],
    [empty.fileId, "bytes=0-0"],
    [empty.fileId, "bytes=-1"]
  ]) {
    const reply = await held.client.byId(fileId, { headers: { range } })
    expect([reply.status, reply.json.code]).toEqual([416, "range_not_satisfiable"])
  }
})

it("HEAD gives the headers of GET and no body, also for an error", async () => {
  const reply = await held.client.byName("download-bucket", "ten", { method: "HEAD" })
  expect([reply.status, reply.headers.get("content-length"), reply.body.length]).toEqual([200, "10", 0])
  expect(reply.headers.get("x-bz-upload-timestamp")).toBe(String(file.uploadTimestamp))
  const missing = await held.client.byName("download-bucket", "missing", { method: "HEAD" })
  expect([missing.status, missing.body.length]).toEqual([404, 0])
})

it("a private bucket asks for a token, a public one does not", async () => {
  const { client, emulator } = held
  const publicId = await client.bucket("public-bucket", { bucketType: "allPublic" })
  const open = await client.upload(publicId, "a", "open")
  const status = async (path: string, headers = {}) =>
    (await request(`${emulator.endpoint}${path}`, { headers })).status
  expect(await status("/file/public-bucket/a")).toBe(200)
  expect(await status(`/b2api/v4/b2_download_file_by_id?fileId=${open.fileId}`)).toBe(200)
  expect(await status("/file/download-bucket/ten")).toBe(401)
  expect(await status("/file/no-such-bucket/ten")).toBe(401)
  expect(await status("/file/download-bucket/ten", { authorization: "wrong" })).toBe(401)
  expect(await status("/file/public-bucket/a", { authorization: "wrong" })).toBe(401)
  expect(await status(`/file/download-bucket/ten?Authorization=${encodeURIComponent(client.token)}`)).toBe(200)
  const post = await client.call("b2_download_file_by_id", { fileId: file.fileId })
  expect(post.body.toString()).toBe("0123456789")
})

it("a download authorization reads its prefix for its time, with the overrides it was made for", async () => {
  const { client, emulator } = held
  await client.upload(bucketId, "shared/a", "x")
  const grant = await client.ok("b2_get_download_authorization", {
    bucketId,
    fileNamePrefix: "shared/",
    validDurationInSeconds: 60,
    b2ContentDisposition: "attachment"
  })
  const get = (name: string, query = "b2ContentDisposition=attachment&") =>
    request(`${emulator.endpoint}/file/download-bucket/${name}?${query}Authorization=${grant.authorizationToken}`)
  const good = await get("shared/a")
  expect([good.status, good.headers.get("content-disposition")]).toEqual([200, "attachment"])
  expect((await get("shared/a", "")).status).toBe(401)
  expect((await get("ten")).status).toBe(401)
  await client.upload(await client.bucket("other-grant"), "shared/a", "x")
  const elsewhere = `${emulator.endpoint}/file/other-grant/shared/a?b2ContentDisposition=attachment`
  expect((await request(`${elsewhere}&Authorization=${grant.authorizationToken}`)).status).toBe(401)
  emulator.advance({ milliseconds: 61_000 })
  expect((await get("shared/a")).json.code).toBe("expired_auth_token")
})

it("a file of many megabytes arrives whole", async () => {
  const data = Buffer.alloc(9_000_001)
  for (let index = 0; index < data.length; index += 4096) data.writeUInt32LE(index, Math.min(index, data.length - 4))
  const big = await held.client.upload(bucketId, "big", data)
  const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")
  expect(digest((await held.client.byId(big.fileId)).body)).toBe(digest(data))
  const range = { headers: { range: "bytes=1000000-8500000" } }
  expect(digest((await held.client.byId(big.fileId, range)).body)).toBe(digest(data.subarray(1_000_000, 8_500_001)))
})

it("a request in the form that a proxy gets is answered the same", async () => {
  const { client, emulator } = held
  const socket = net.connect(Number(new URL(emulator.endpoint).port), "127.0.0.1")
  const reply = new Promise<string>((resolve) => {
    let text = ""
    socket.on("data", (chunk) => {
      text += chunk
      if (text.endsWith("0123456789")) resolve(text)
    })
  })
  socket.write(
    "GET http://api.example.com:8180/file/download-bucket/ten HTTP/1.1\r\n" +
      `Host: api.example.com:8180\r\nAuthorization: ${client.token}\r\n\r\n`
  )
  expect(await reply).toContain("HTTP/1.1 200 OK")
  socket.destroy()
})
