import { assert, describe, it } from "@effect/vitest"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as B2Replies from "@ourclone/provider-b2/api/B2Replies"

const service = {
  apiUrl: "https://api",
  downloadUrl: "https://f",
  s3ApiUrl: "https://s3",
  recommendedPartSize: 100,
  absoluteMinimumPartSize: 5
}
const account = { accountId: "0123456789ab", authorizationToken: "t" }
const capabilities = ["listFiles"]
const expected = {
  accountId: "0123456789ab",
  token: "t",
  apiUrl: "https://api",
  downloadUrl: "https://f",
  s3ApiUrl: "https://s3",
  recommendedPartSize: 100,
  absoluteMinimumPartSize: 5,
  capabilities,
  buckets: [{ id: "b", name: "holiday-photos" }],
  namePrefix: "2024/"
}
const row = {
  action: "upload",
  fileId: "4_z",
  fileName: "a.txt",
  contentLength: 4,
  contentSha1: "81fe8bfe87576c3ecb22426f8e57847382917acf",
  contentType: "text/plain",
  uploadTimestamp: 1640884512000
}

describe("B2Replies", () => {
  it("reads what a key may do from every version of authorize", () => {
    const limits = { capabilities, namePrefix: "2024/" }
    const flat = { ...account, ...service, allowed: { ...limits, bucketId: "b", bucketName: "holiday-photos" } }
    const v3 = {
      ...account,
      apiInfo: { storageApi: { ...service, ...limits, bucketId: "b", bucketName: "holiday-photos" } }
    }
    const v4 = {
      ...account,
      apiInfo: { storageApi: { ...service, allowed: { ...limits, buckets: [{ id: "b", name: "holiday-photos" }] } } }
    }
    for (const reply of [flat, v3, v4]) assert.deepStrictEqual(B2Replies.authorized(reply), expected)
  })

  it("knows a key without limits in every version of authorize", () => {
    const none = { capabilities, namePrefix: null, bucketId: null, bucketName: null }
    const v4 = {
      ...account,
      apiInfo: { storageApi: { ...service, allowed: { capabilities, namePrefix: null, buckets: null } } }
    }
    for (const reply of [
      { ...account, ...service, allowed: none },
      { ...account, apiInfo: { storageApi: { ...service, ...none } } },
      v4
    ]) {
      assert.deepStrictEqual(B2Replies.authorized(reply), { ...expected, buckets: undefined, namePrefix: "" })
    }
  })

  it("takes the SHA-1 that B2 verified, one that it did not, or the one the uploader noted", () => {
    const sha1 = row.contentSha1
    assert.strictEqual(B2Replies.sha1Of(sha1, undefined), sha1)
    assert.strictEqual(B2Replies.sha1Of(`unverified:${sha1}`, undefined), sha1)
    assert.strictEqual(B2Replies.sha1Of("none", sha1.toUpperCase()), sha1)
    assert.isUndefined(B2Replies.sha1Of("none", undefined))
    assert.isUndefined(B2Replies.sha1Of(null, "not a digest"))
  })

  it("takes the time of the upload where the uploader noted none, or nonsense", () => {
    const modifiedAt = (noted?: string) =>
      B2Replies.fileOf(
        { ...row, ...(noted === undefined ? {} : { fileInfo: { src_last_modified_millis: noted } }) },
        makeUnsafe("a.txt")
      ).modifiedAt
    assert.strictEqual(modifiedAt("1234567890123"), 1234567890123)
    assert.strictEqual(modifiedAt("-5000"), -5000)
    assert.strictEqual(modifiedAt("+0005"), 5)
    assert.strictEqual(modifiedAt("8640000000000000"), 8.64e15)
    const numbersOfJavaScript = ["1e12", "0x10", "0b1", "0o7", " 1", "1 ", "1\n", "1_000", "١", "Infinity", "NaN", "+"]
    const noTimes = ["8640000000000001", "-8640000000000001", "9".repeat(30), "9".repeat(400)]
    for (const noted of [undefined, "", "yesterday", "1.5", "-", "--1", ...numbersOfJavaScript, ...noTimes]) {
      assert.strictEqual(modifiedAt(noted), row.uploadTimestamp, noted)
    }
  })

  it("refuses a page that is not one", () => {
    for (const page of [null, [], {}, { files: {} }, { files: [{ fileName: 1 }] }]) {
      assert.throws(() => B2Replies.filePage(page))
    }
  })

  it("takes a SHA-1 that B2 did not verify in lower case, as all others are", () => {
    const contentSha1 = `unverified:${row.contentSha1.toUpperCase()}`
    assert.strictEqual(B2Replies.fileOf({ ...row, contentSha1 }, makeUnsafe("a.txt")).checksums.sha1, row.contentSha1)
  })
})
