import { beforeAll, describe, expect, it } from "vitest"
import { type Json, withEmulator } from "./RawClient.ts"

const held = withEmulator()

const pages = async (operation: string, fields: Json): Promise<Json[][]> => {
  const result: Json[][] = []
  let next: Json = {}
  do {
    const page = await held.client.ok(operation, { ...fields, ...next })
    result.push(page.files)
    next = { startFileName: page.nextFileName, startFileId: page.nextFileId }
  } while (next.startFileName !== null)
  return result
}
const names = (rows: Json[]) => rows.map((row) => row.fileName)

it("names come in the order of their UTF-8 bytes, also beyond U+FFFF", async () => {
  const { client } = held
  const bucketId = await client.bucket("ordered-bucket")
  const mixed = ["b", "a", "a b", "Z", "é", "\u{1f600}", "\uff5e", "日本", "a/b", "a.b", "a\u{10000}", "a\ue000"]
  for (const name of mixed) await client.upload(bucketId, name, "x")
  const inBytes = [...mixed].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
  expect(inBytes).not.toEqual([...mixed].sort())
  expect((await pages("b2_list_file_names", { bucketId, maxFileCount: 5 })).flatMap(names)).toEqual(inBytes)
})

describe("folders", () => {
  let bucketId = ""
  beforeAll(async () => {
    const { client } = held
    bucketId = await client.bucket("folder-bucket")
    for (const name of ["a", "b/1", "b/2", "b/3/x", "c", "d/", "d/1", "e/hidden", "f"]) {
      await client.upload(bucketId, name, "x")
    }
    await client.ok("b2_hide_file", { bucketId, fileName: "e/hidden" })
  })

  it.each([1, 2, 3, 100])("pages of %i rows show each folder once", async (maxFileCount) => {
    const all = await pages("b2_list_file_names", { bucketId, maxFileCount, delimiter: "/" })
    expect(names(all.flat())).toEqual(["a", "b/", "c", "d/", "f"])
    for (const page of all) expect(page.length).toBeLessThanOrEqual(maxFileCount)
  })

  it.each([1, 2, 100])("pages of %i versions show a folder of hidden files too", async (maxFileCount) => {
    const all = await pages("b2_list_file_versions", { bucketId, maxFileCount, delimiter: "/" })
    expect(names(all.flat())).toEqual(["a", "b/", "c", "d/", "e/", "f"])
  })

  it("a prefix lists its direct children and its own key", async () => {
    const [below] = await pages("b2_list_file_names", { bucketId, prefix: "b/", startFileName: "b/", delimiter: "/" })
    expect(below!.map((row) => [row.fileName, row.action])).toEqual([
      ["b/1", "upload"],
      ["b/2", "upload"],
      ["b/3/", "folder"]
    ])
    const [own] = await pages("b2_list_file_names", { bucketId, prefix: "d/", delimiter: "/" })
    expect(own!.map((row) => [row.fileName, row.action])).toEqual([
      ["d/", "upload"],
      ["d/1", "upload"]
    ])
  })

  it("a folder row has no file behind it", async () => {
    const [rows] = await pages("b2_list_file_names", { bucketId, prefix: "b", delimiter: "/" })
    expect(rows![0]).toEqual({
      accountId: held.client.accountId,
      action: "folder",
      bucketId,
      contentLength: 0,
      contentMd5: null,
      contentSha1: null,
      contentType: null,
      fileId: null,
      fileInfo: {},
      fileName: "b/",
      uploadTimestamp: 0
    })
  })
})

describe("versions", () => {
  it("come newest first, with hide markers and unfinished large files, in pages of any size", async () => {
    const { client } = held
    const bucketId = await client.bucket("version-bucket")
    const expected: string[] = []
    for (const fileName of ["a", "b"]) {
      const first = await client.upload(bucketId, fileName, "1")
      const second = await client.upload(bucketId, fileName, "2")
      const marker = await client.ok("b2_hide_file", { bucketId, fileName })
      const start = await client.ok("b2_start_large_file", { bucketId, fileName, contentType: "b2/x-auto" })
      expected.push(start.fileId, marker.fileId, second.fileId, first.fileId)
    }
    for (const maxFileCount of [1, 3, 8]) {
      const all = (await pages("b2_list_file_versions", { bucketId, maxFileCount })).flat()
      expect(all.map((row) => row.fileId)).toEqual(expected)
      expect(all.slice(0, 4).map((row) => row.action)).toEqual(["start", "hide", "upload", "upload"])
      const times = all.slice(0, 4).map((row) => row.uploadTimestamp)
      expect(new Set(times).size).toBe(4)
    }
    expect((await pages("b2_list_file_names", { bucketId })).flat()).toEqual([])
  })

  it("go on with the next older one when the version a page should begin with was deleted", async () => {
    const { client } = held
    const bucketId = await client.bucket("deleted-start")
    const ids: string[] = []
    for (const text of ["1", "2", "3"]) ids.unshift((await client.upload(bucketId, "a", text)).fileId)
    const first = await client.ok("b2_list_file_versions", { bucketId, maxFileCount: 1 })
    expect(first).toMatchObject({ nextFileName: "a", nextFileId: ids[1] })
    await client.ok("b2_delete_file_version", { fileName: "a", fileId: ids[1] })
    const second = await client.ok("b2_list_file_versions", { bucketId, startFileName: "a", startFileId: ids[1] })
    expect(second.files.map((row: Json) => row.fileId)).toEqual([ids[2]])
  })

  it("deleting the newest shows the one below; deleting a marker shows the file again", async () => {
    const { client } = held
    const bucketId = await client.bucket("uncovered-bucket")
    const old = await client.upload(bucketId, "a", "old")
    const marker = await client.ok("b2_hide_file", { bucketId, fileName: "a" })
    const young = await client.upload(bucketId, "a", "new")
    const content = async () => (await client.byName("uncovered-bucket", "a")).status
    expect((await client.byName("uncovered-bucket", "a")).body.toString()).toBe("new")
    await client.ok("b2_delete_file_version", { fileName: "a", fileId: young.fileId })
    expect(await content()).toBe(404)
    expect((await client.byId(old.fileId)).body.toString()).toBe("old")
    await client.ok("b2_delete_file_version", { fileName: "a", fileId: marker.fileId })
    expect((await client.byName("uncovered-bucket", "a")).body.toString()).toBe("old")
  })
})

it("hiding twice, hiding nothing and deleting by a wrong name are told apart", async () => {
  const { client } = held
  const bucketId = await client.bucket("hiding-bucket")
  const file = await client.upload(bucketId, "a", "x")
  const marker = await client.ok("b2_hide_file", { bucketId, fileName: "a" })
  expect(marker).toMatchObject({ action: "hide", contentLength: 0, contentType: "application/x-bz-hide-marker" })
  expect(marker).not.toHaveProperty("fileRetention")
  const code = async (operation: string, fields: Json) => (await client.call(operation, fields)).json.code
  expect(await code("b2_hide_file", { bucketId, fileName: "a" })).toBe("already_hidden")
  expect(await code("b2_hide_file", { bucketId, fileName: "none" })).toBe("no_such_file")
  expect(await code("b2_delete_file_version", { fileName: "b", fileId: file.fileId })).toBe("file_not_present")
  expect(await code("b2_get_file_info", { fileId: "nonsense" })).toBe("bad_request")
  const gone = file.fileId.replace(/_f1.{15}/, "_f1fffffffffffffff")
  expect((await client.call("b2_get_file_info", { fileId: gone })).json).toMatchObject({
    status: 404,
    code: "not_found"
  })
})

it("a page of 0 rows means the default, more than 10,000 is out of range", async () => {
  const { client } = held
  const bucketId = await client.bucket("limits-bucket")
  expect((await client.call("b2_list_file_names", { bucketId, maxFileCount: 0 })).status).toBe(200)
  const tooMany = await client.call("b2_list_file_names", { bucketId, maxFileCount: 10_001 })
  expect(tooMany.json).toMatchObject({ status: 400, code: "out_of_range" })
  const noName = await client.call("b2_list_file_versions", { bucketId, startFileId: "x" })
  expect(noName.status).toBe(400)
  const unknown = await client.call("b2_list_file_names", { bucketId: "0".repeat(24) })
  expect(unknown.json).toMatchObject({ status: 400, code: "bad_bucket_id" })
})
