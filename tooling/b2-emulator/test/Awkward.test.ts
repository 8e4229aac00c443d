/** The modes that are allowed to B2, but seldom seen. */
import * as net from "node:net"
import { describe, expect, it } from "vitest"
import { startEmulator } from "../src/Emulator.ts"
import { RateLimit } from "../src/RateLimit.ts"
import { type Json, RawClient, sha1, withEmulator } from "./RawClient.ts"

describe("short pages", () => {
  const held = withEmulator({ shortPages: true })

  /** Every page of a listing. */
  const pages = async (operation: string, fields: Json, rows: string, ...tokens: (readonly [string, string])[]) => {
    const found: Json[][] = []
    let start: Json = {}
    for (;;) {
      const page = await held.client.ok(operation, { ...fields, ...start })
      found.push(page[rows])
      const next = tokens.map(([token]) => page[token])
      if (next[0] === null) return found
      expect(next).not.toEqual(tokens.map(([, field]) => start[field] ?? null))
      start = Object.fromEntries(tokens.map(([token, field]) => [field, page[token]]))
    }
  }

  it("hold little or nothing, advance each time, and leave nothing out", async () => {
    const { client } = held
    const bucketId = await client.bucket("short-bucket")
    const names = ["a", "b/1", "b/2", "c", "d", "e"]
    for (const name of names) await client.upload(bucketId, name, "x")
    const ofNames = ["nextFileName", "startFileName"] as const
    const named = await pages("b2_list_file_names", { bucketId, maxFileCount: 1000 }, "files", ofNames)
    expect(named.flat().map(({ fileName }) => fileName)).toEqual(names)
    expect(named[0]).toEqual([])
    expect(Math.max(...named.map((page) => page.length))).toBe(2)
    const folders = await pages("b2_list_file_names", { bucketId, delimiter: "/" }, "files", ofNames)
    expect(folders.flat().map(({ fileName }) => fileName)).toEqual(["a", "b/", "c", "d", "e"])
    const ofVersions = [ofNames, ["nextFileId", "startFileId"]] as const
    const versions = await pages("b2_list_file_versions", { bucketId }, "files", ...ofVersions)
    expect(versions.flat().map(({ fileName }) => fileName)).toEqual(names)

    for (const name of names.slice(1)) await client.ok("b2_hide_file", { bucketId, fileName: name })
    const left = await pages("b2_list_file_names", { bucketId }, "files", ofNames)
    expect(left.flat().map(({ fileName }) => fileName)).toEqual(["a"])
    expect(left.length).toBeGreaterThan(2)
  })

  it("are those of parts, unfinished large files and keys too", async () => {
    const { client } = held
    const { accountId } = client
    const bucketId = await client.bucket("short-parts")
    const started: string[] = []
    for (const fileName of ["a", "b", "c"]) {
      started.push((await client.ok("b2_start_large_file", { bucketId, fileName, contentType: "b2/x-auto" })).fileId)
      await client.ok("b2_create_key", { accountId, keyName: fileName, capabilities: ["listFiles"] })
    }
    for (const number of [1, 2, 3]) await client.tryUploadPart(started[0]!, number, "x")
    const parts = await pages("b2_list_parts", { fileId: started[0] }, "parts", ["nextPartNumber", "startPartNumber"])
    expect(parts.map((page) => page.length)).toEqual([0, 2, 1])
    const ofFiles = ["nextFileId", "startFileId"] as const
    const files = await pages("b2_list_unfinished_large_files", { bucketId }, "files", ofFiles)
    expect(files.flat().map(({ fileId }) => fileId)).toEqual(started)
    const ofKeys = ["nextApplicationKeyId", "startApplicationKeyId"] as const
    const keys = await pages("b2_list_keys", { accountId }, "keys", ofKeys)
    expect(keys.flat().map(({ keyName }) => keyName)).toEqual(["a", "b", "c"])
  })
})

describe("abrupt errors", () => {
  const held = withEmulator({ abruptErrors: true })

  /** What the server says until it closes. */
  const say = (head: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = net.connect(Number(new URL(held.emulator.endpoint).port), "127.0.0.1")
      let text = ""
      socket.on("data", (chunk) => {
        text += chunk
      })
      socket.on("error", () => {})
      socket.on("close", () => resolve(text))
      socket.write(head)
    })

  it("come before the body of an upload and end the connection", async () => {
    const { client, emulator } = held
    const bucketId = await client.bucket("abrupt-bucket")
    const url = await client.ok("b2_get_upload_url", { bucketId })
    const head = (name: string) =>
      `POST ${new URL(url.uploadUrl).pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n` +
      `Authorization: ${url.authorizationToken}\r\nContent-Type: text/plain\r\n` +
      `X-Bz-File-Name: ${name}\r\nX-Bz-Content-Sha1: ${sha1("x")}\r\n\r\n`
    expect(await say(head("%01"))).toMatch(/^HTTP\/1\.1 400 .*\r\nConnection: close\r\n/s)
    emulator.failNext("b2_upload_file", "503")
    expect(await say(head("a"))).toMatch(/^HTTP\/1\.1 503 .*\r\nConnection: close\r\n/s)
  })

  it("are heard also by a client that is still sending", async () => {
    const { client, emulator } = held
    const bucketId = await client.bucket("talking-bucket")
    const data = Buffer.alloc(20_000_000)
    for (let turn = 0; turn < 5; turn++) {
      emulator.failNext("b2_upload_file", "500")
      expect((await client.tryUpload(bucketId, "a", data)).json.code).toBe("internal_error")
    }
  })

  it("end the connection after the body of a JSON call; a good answer keeps it", async () => {
    const { client } = held
    const unknown = await client.call("b2_get_file_info", { fileId: "junk" })
    expect([unknown.status, unknown.headers.get("connection")]).toEqual([400, "close"])
    const { accountId } = client
    const good = await client.call("b2_list_buckets", { accountId })
    expect([good.status, good.headers.get("connection")]).not.toContain("close")
  })
})

describe("default encryption", () => {
  const held = withEmulator({ defaultEncryption: true })
  const sse = { algorithm: "AES256", mode: "SSE-B2" }

  it("is that of every bucket and file that asks for nothing else, and cannot be switched off", async () => {
    const { client } = held
    const { accountId } = client
    const bucket = await client.ok("b2_create_bucket", {
      accountId,
      bucketName: "sealed-bucket",
      bucketType: "allPrivate"
    })
    expect(bucket.defaultServerSideEncryption.value).toEqual(sse)
    const { bucketId } = bucket
    expect((await client.upload(bucketId, "a", "x")).serverSideEncryption).toEqual(sse)
    const off = { accountId, bucketId, defaultServerSideEncryption: { mode: "none" } }
    expect((await client.ok("b2_update_bucket", off)).defaultServerSideEncryption.value).toEqual(sse)
  })

  it.each([
    ["name", "é".repeat(341), 200],
    ["name", "é".repeat(342), 400],
    ["info", "x".repeat(2042), 200],
    ["info", "x".repeat(2043), 400]
  ])("leaves 2048 bytes for the coded name and file info (%s)", async (kind, text, status) => {
    const { client } = held
    const bucketId = await client.bucket(`budget-${kind}-${text.length}`)
    const [name, headers] = kind === "name" ? [text, {}] : ["a", { "x-bz-info-value": text }]
    expect((await client.tryUpload(bucketId, name, "x", headers as Record<string, string>)).status).toBe(status)
  })
})

describe("the rate limit", () => {
  it("takes a second's worth at once, then as many as time allows", () => {
    let now = 0
    const limit = new RateLimit(10, () => now)
    const taken = (count: number) =>
      Array.from({ length: count }, () => limit.refusal()).filter((no) => no === undefined)
    expect(taken(15)).toHaveLength(10)
    now += 300
    expect(taken(15)).toHaveLength(3)
    now += 60_000
    expect(taken(15)).toHaveLength(10)
    expect(limit.refusal()).toMatchObject({ status: 429, code: "too_many_requests", headers: ["Retry-After", "1"] })
  })

  it("counts every kind of call", async () => {
    const emulator = await startEmulator({ rateLimit: 0.0001 })
    try {
      const { endpoint, key, keyId } = emulator
      const client = await RawClient.authorize(endpoint, keyId, key)
      for (const reply of [
        await RawClient.tryAuthorize(endpoint, keyId, key),
        await client.call("b2_list_buckets", { accountId: client.accountId }),
        await client.byName("any-bucket", "a")
      ]) {
        expect([reply.status, reply.json.code]).toEqual([429, "too_many_requests"])
        expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(1000)
      }
    } finally {
      await emulator.close()
    }
  })
})
