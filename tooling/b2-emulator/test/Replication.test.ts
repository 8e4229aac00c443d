import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it } from "vitest"
import { startEmulator } from "../src/Emulator.ts"
import { type Json, RawClient, withEmulator } from "./RawClient.ts"

const held = withEmulator()
const sourceKey = "0020123456789ab0000000001"
const destination = {
  asReplicationDestination: { sourceToDestinationKeyMapping: { [sourceKey]: "0020123456789ab0000000002" } }
}
const source = (...rules: Json[]) => ({
  asReplicationSource: {
    sourceApplicationKeyId: sourceKey,
    replicationRules: rules.map((rule, index) => ({
      replicationRuleName: `rule-${index}`,
      priority: index + 1,
      ...rule
    }))
  }
})

const status = async (fileId: string) => (await held.client.ok("b2_get_file_info", { fileId })).replicationStatus
const replicas = async (bucketId: string) => (await held.client.ok("b2_list_file_versions", { bucketId })).files

it("a file is pending until time passes, then a replica stands in the other bucket", async () => {
  const { client, emulator } = held
  const to = await client.bucket("replica-bucket", { replicationConfiguration: destination })
  const replicationConfiguration = source({ destinationBucketId: to, fileNamePrefix: "docs/" })
  const from = await client.bucket("source-bucket", { replicationConfiguration })
  const file = await client.upload(from, "docs/a", "text", { "x-bz-info-color": "blue" })
  const other = await client.upload(from, "other", "text")
  expect([file.replicationStatus, other.replicationStatus]).toEqual(["PENDING", undefined])
  expect(await replicas(to)).toEqual([])
  emulator.advance({ milliseconds: 1 })
  expect(await status(file.fileId)).toBe("COMPLETED")
  expect((await client.byId(file.fileId)).headers.get("x-bz-replication-status")).toBe("COMPLETED")
  const [replica, ...more] = await replicas(to)
  expect(more).toEqual([])
  expect(replica).toMatchObject({
    fileName: "docs/a",
    contentSha1: file.contentSha1,
    fileInfo: { color: "blue" },
    replicationStatus: "REPLICA"
  })
  expect((await client.byId(replica.fileId)).body.toString()).toBe("text")
  emulator.advance({ milliseconds: 1 })
  expect(await replicas(to)).toHaveLength(1)
})

it("the rule of the highest priority decides, and existing files follow where it says so", async () => {
  const { client, emulator } = held
  const first = await client.bucket("first-replica", { replicationConfiguration: destination })
  const second = await client.bucket("second-replica", { replicationConfiguration: destination })
  const from = await client.bucket("priority-source")
  const { accountId } = client
  const before = await client.upload(from, "before", "x")
  const rules = [
    { destinationBucketId: first, includeExistingFiles: true },
    { destinationBucketId: second, fileNamePrefix: "new", isEnabled: true },
    { destinationBucketId: first, fileNamePrefix: "new", isEnabled: false }
  ]
  await client.ok("b2_update_bucket", { accountId, bucketId: from, replicationConfiguration: source(...rules) })
  await client.upload(from, "new", "x")
  emulator.advance({ milliseconds: 1 })
  expect((await replicas(first)).map(({ fileName }: Json) => fileName)).toEqual(["before"])
  expect((await replicas(second)).map(({ fileName }: Json) => fileName)).toEqual(["new"])
  expect(await status(before.fileId)).toBe("COMPLETED")
})

it("fails for a file under a customer key, and leaves files from before the rule alone", async () => {
  const { client, emulator } = held
  const to = await client.bucket("customer-replica", { replicationConfiguration: destination })
  const from = await client.bucket("customer-source")
  const before = await client.upload(from, "before", "x")
  const replicationConfiguration = source({ destinationBucketId: to })
  await client.ok("b2_update_bucket", { accountId: client.accountId, bucketId: from, replicationConfiguration })
  const key = Buffer.alloc(32, 7)
  const sealed = await client.upload(from, "sealed", "x", {
    "x-bz-server-side-encryption-customer-algorithm": "AES256",
    "x-bz-server-side-encryption-customer-key": key.toString("base64"),
    "x-bz-server-side-encryption-customer-key-md5": createHash("md5").update(key).digest("base64")
  })
  emulator.advance({ milliseconds: 1 })
  expect([await status(before.fileId), await status(sealed.fileId)]).toEqual([undefined, "FAILED"])
  expect(await replicas(to)).toEqual([])
})

it("fails where the other bucket is gone or does not accept the key", async () => {
  const { client, emulator } = held
  const unwilling = await client.bucket("unwilling-bucket")
  for (const [index, destinationBucketId] of ["0".repeat(24), unwilling].entries()) {
    const replicationConfiguration = source({ destinationBucketId })
    const from = await client.bucket(`failing-source-${index}`, { replicationConfiguration })
    const { fileId } = await client.upload(from, "a", "x")
    emulator.advance({ milliseconds: 1 })
    expect(await status(fileId)).toBe("FAILED")
  }
})

it("its outcome survives a restart", async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "replication-test-"))
  try {
    for (const turn of ["first", "second"]) {
      const emulator = await startEmulator({ directory })
      const client = await RawClient.authorize(emulator.endpoint, emulator.keyId, emulator.key)
      const { accountId } = client
      if (turn === "first") {
        const to = await client.bucket("kept-replica", { replicationConfiguration: destination })
        const replicationConfiguration = source({ destinationBucketId: to })
        await client.upload(await client.bucket("kept-source", { replicationConfiguration }), "a", "text")
        emulator.advance({ milliseconds: 1 })
      }
      const found: Json = {}
      for (const { bucketId, bucketName } of (await client.ok("b2_list_buckets", { accountId })).buckets) {
        const { files } = await client.ok("b2_list_file_names", { bucketId })
        found[bucketName] = [files[0].replicationStatus, (await client.byId(files[0].fileId)).body.toString()]
      }
      await emulator.close()
      expect(found).toEqual({ "kept-replica": ["REPLICA", "text"], "kept-source": ["COMPLETED", "text"] })
    }
  } finally {
    fs.rmSync(directory, { recursive: true })
  }
})
