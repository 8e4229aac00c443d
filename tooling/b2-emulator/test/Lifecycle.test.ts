import { expect, it } from "vitest"
import { type Json, RawClient, withEmulator } from "./RawClient.ts"

const held = withEmulator()

const rows = async (bucketId: string) => {
  const { endpoint, keyId, key } = held.emulator
  held.client = await RawClient.authorize(endpoint, keyId, key)
  const { files } = await held.client.ok("b2_list_file_versions", { bucketId })
  return files.map((row: Json) => `${row.fileName} ${row.action}`)
}
const bucketWith = async (name: string, rule: Json) => {
  held.client = await RawClient.authorize(held.emulator.endpoint, held.emulator.keyId, held.emulator.key)
  const base = { daysFromHidingToDeleting: null, daysFromUploadingToHiding: null, fileNamePrefix: "" }
  return held.client.bucket(name, { lifecycleRules: [{ ...base, ...rule }] })
}

it("files hide and then go after their days, others stay", async () => {
  const bucketId = await bucketWith("expiring", {
    fileNamePrefix: "logs/",
    daysFromUploadingToHiding: 2,
    daysFromHidingToDeleting: 3
  })
  await held.client.upload(bucketId, "logs/a", "x")
  await held.client.upload(bucketId, "kept", "x")
  held.emulator.advance({ days: 1 })
  expect(await rows(bucketId)).toEqual(["kept upload", "logs/a upload"])
  held.emulator.advance({ days: 1 })
  expect(await rows(bucketId)).toEqual(["kept upload", "logs/a hide", "logs/a upload"])
  held.emulator.advance({ days: 2 })
  expect(await rows(bucketId)).toHaveLength(3)
  held.emulator.advance({ days: 2 })
  expect(await rows(bucketId)).toEqual(["kept upload"])
})

it("keeping only the last version drops superseded and hidden ones after a day", async () => {
  const bucketId = await bucketWith("last-version", { daysFromHidingToDeleting: 1 })
  const { client } = held
  await client.upload(bucketId, "a", "1")
  await client.upload(bucketId, "a", "2")
  await client.upload(bucketId, "hidden", "x")
  await client.ok("b2_hide_file", { bucketId, fileName: "hidden" })
  held.emulator.advance({ days: 1, milliseconds: 1000 })
  expect(await rows(bucketId)).toEqual(["a upload"])
})

it("unfinished large files are cancelled, locked versions are not touched", async () => {
  const bucketId = await bucketWith("unfinished", {
    daysFromHidingToDeleting: 1,
    daysFromStartingToCancelingUnfinishedLargeFiles: 1
  })
  const { client } = held
  await client.ok("b2_update_bucket", { accountId: client.accountId, bucketId, fileLockEnabled: true })
  await client.ok("b2_start_large_file", { bucketId, fileName: "large", contentType: "b2/x-auto" })
  await client.upload(bucketId, "held", "1", { "x-bz-file-legal-hold": "on" })
  await client.upload(bucketId, "held", "2")
  held.emulator.advance({ days: 3 })
  expect(await rows(bucketId)).toEqual(["held upload", "held upload"])
})
