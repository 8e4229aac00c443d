import { beforeAll, expect, it } from "vitest"
import { type Json, request, sha1, withEmulator } from "./RawClient.ts"

const held = withEmulator({ minimumPartSize: 10, recommendedPartSize: 100 })
let bucketId = ""
beforeAll(async () => {
  bucketId = await held.client.bucket("large-bucket")
})

const start = async (fileName: string, fields: Json = {}): Promise<string> => {
  const file = await held.client.ok("b2_start_large_file", {
    bucketId,
    fileName,
    contentType: "b2/x-auto",
    ...fields
  })
  return file.fileId
}
const finish = (fileId: string, parts: readonly string[]) =>
  held.client.call("b2_finish_large_file", { fileId, partSha1Array: parts.map((part) => sha1(part)) })

const head = "0123456789"
const tail = "end"

it("parts in any order become one file at the time of its start", async () => {
  const { client } = held
  const fileId = await start("file.txt", { fileInfo: { Large_File_Sha1: sha1(head + tail) } })
  const later = await client.upload(bucketId, "file.txt", "uploaded meanwhile")
  expect((await client.tryUploadPart(fileId, 2, tail)).status).toBe(200)
  expect((await client.tryUploadPart(fileId, 1, head)).status).toBe(200)
  const { json } = await finish(fileId, [head, tail])
  expect(json).toMatchObject({
    action: "upload",
    fileId,
    contentLength: 13,
    contentMd5: null,
    contentSha1: "none",
    contentType: "text/plain",
    fileInfo: { large_file_sha1: sha1(head + tail) }
  })
  expect((await client.byId(fileId)).body.toString()).toBe(head + tail)
  expect((await client.byId(fileId, { headers: { range: "bytes=8-11" } })).body.toString()).toBe("89en")
  const { files } = await client.ok("b2_list_file_names", { bucketId, prefix: "file.txt" })
  expect(files.map((row: Json) => row.fileId)).toEqual([later.fileId])
})

it("a finish that fails changes nothing, and can be repaired", async () => {
  const { client } = held
  const fileId = await start("repaired")
  await client.tryUploadPart(fileId, 1, "short")
  await client.tryUploadPart(fileId, 3, tail)
  const code = async (parts: string[]) => (await finish(fileId, parts)).json.code
  expect(await code(["short", "missing", tail])).toBe("missing_part")
  await client.tryUploadPart(fileId, 2, head)
  expect(await code(["short", "different", tail])).toBe("part_sha1_mismatch")
  expect(await code(["short", head])).toBe("bad_request")
  expect((await finish(fileId, ["short", head, tail])).json.message).toContain("smaller than 10 bytes")
  await client.tryUploadPart(fileId, 1, head)
  expect((await finish(fileId, [head, head, tail])).status).toBe(200)
  expect((await finish(fileId, [head, head, tail])).json).toMatchObject({
    status: 400,
    message: `No active upload for: ${fileId}`
  })
})

it("a part with a wrong SHA-1 is not stored and leaves the one before it", async () => {
  const { client } = held
  const fileId = await start("damaged")
  expect((await client.tryUploadPart(fileId, 1, head, sha1("else"))).status).toBe(400)
  expect((await client.ok("b2_list_parts", { fileId })).parts).toEqual([])
  await client.tryUploadPart(fileId, 1, head)
  await client.tryUploadPart(fileId, 1, tail, sha1("else"))
  const { parts } = await client.ok("b2_list_parts", { fileId })
  expect(parts.map((part: Json) => part.contentSha1)).toEqual([sha1(head)])
})

it("parts are listed in pages, in the order of their numbers", async () => {
  const { client } = held
  const fileId = await start("paged")
  for (const number of [5, 1, 3]) await client.tryUploadPart(fileId, number, head)
  const first = await client.ok("b2_list_parts", { fileId, maxPartCount: 2 })
  expect([first.parts.map((part: Json) => part.partNumber), first.nextPartNumber]).toEqual([[1, 3], 5])
  const second = await client.ok("b2_list_parts", { fileId, startPartNumber: first.nextPartNumber })
  expect([second.parts.map((part: Json) => part.partNumber), second.nextPartNumber]).toEqual([[5], null])
})

it.each([0, 10_001, 1.5])("part number %d is refused", async (number) => {
  const fileId = await start("numbers")
  expect((await held.client.tryUploadPart(fileId, number, head)).status).toBe(400)
})

it("cancelling ends the upload: its parts, its URLs and its listing", async () => {
  const { client } = held
  const fileId = await start("cancelled")
  const url = await client.ok("b2_get_upload_part_url", { fileId })
  const { accountId } = client
  expect(await client.ok("b2_cancel_large_file", { fileId })).toEqual({
    accountId,
    bucketId,
    fileId,
    fileName: "cancelled"
  })
  const part = await request(url.uploadUrl, {
    method: "POST",
    headers: {
      authorization: url.authorizationToken,
      "x-bz-part-number": "1",
      "x-bz-content-sha1": sha1(head)
    },
    body: head
  })
  expect(part.status).toBe(401)
  expect((await client.call("b2_list_parts", { fileId })).status).toBe(400)
  expect((await client.call("b2_cancel_large_file", { fileId: "bad-id" })).json).toEqual({
    status: 400,
    code: "bad_request",
    message: "Invalid fileId: bad-id"
  })
})

it("unfinished large files are listed oldest first, by prefix, in pages", async () => {
  const { client } = held
  const ids = [await start("unfinished/b"), await start("unfinished/a"), await start("unfinished/c")]
  const page = (fields: Json) =>
    client.ok("b2_list_unfinished_large_files", { bucketId, namePrefix: "unfinished/", ...fields })
  const first = await page({ maxFileCount: 2 })
  expect(first.files.map((row: Json) => row.fileId)).toEqual(ids.slice(0, 2))
  expect(first.nextFileId).toBe(ids[2])
  const second = await page({ startFileId: first.nextFileId })
  expect([second.files.map((row: Json) => row.fileId), second.nextFileId]).toEqual([[ids[2]], null])
  expect((await client.byId(ids[0]!)).status).toBe(404)
})

it("a range of another file becomes a part, with the digest of its bytes", async () => {
  const { client } = held
  const source = await client.upload(bucketId, "source", "abcdefghijklmnopqrstuvwxyz")
  const fileId = await start("assembled")
  const part = await client.ok("b2_copy_part", {
    sourceFileId: source.fileId,
    largeFileId: fileId,
    partNumber: 1,
    range: "bytes=2-12"
  })
  expect(part).toMatchObject({ contentLength: 11, contentSha1: sha1("cdefghijklm"), partNumber: 1 })
  await client.ok("b2_copy_part", { sourceFileId: source.fileId, largeFileId: fileId, partNumber: 2 })
  await finish(fileId, ["cdefghijklm", "abcdefghijklmnopqrstuvwxyz"])
  await client.ok("b2_delete_file_version", { fileName: "source", fileId: source.fileId })
  expect((await client.byId(fileId)).body.toString()).toBe("cdefghijklmabcdefghijklmnopqrstuvwxyz")
  const range = { sourceFileId: fileId, largeFileId: await start("beyond"), partNumber: 1, range: "bytes=900-" }
  expect((await client.call("b2_copy_part", range)).status).toBe(416)
})

it("a copy can be of a range and bring its own type and info", async () => {
  const { client } = held
  const source = await client.upload(bucketId, "copy/source.txt", "0123456789", { "x-bz-info-a": "1" })
  const copy = (fields: Json) =>
    client.call("b2_copy_file", { sourceFileId: source.fileId, fileName: "copy/target", ...fields })
  const replaced = await copy({ metadataDirective: "REPLACE", contentType: "image/png", range: "bytes=0-3" })
  expect(replaced.json).toMatchObject({ contentType: "image/png", fileInfo: {}, contentSha1: sha1("0123") })
  expect((await client.byName("large-bucket", "copy/target")).body.toString()).toBe("0123")
  expect((await copy({ contentType: "image/png" })).status).toBe(400)
  expect((await copy({ metadataDirective: "REPLACE" })).status).toBe(400)
  expect((await copy({ destinationBucketId: "0".repeat(24) })).json.code).toBe("bad_bucket_id")
  const unknown = await client.call("b2_copy_file", { sourceFileId: "nonsense", fileName: "x" })
  expect(unknown.status).toBe(400)
})
