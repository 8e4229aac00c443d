import { createHash } from "node:crypto"
import { expect, test } from "vitest"
import { post, withB2 } from "./B2Cli.ts"

const sha1 = (bytes: Buffer) => createHash("sha1").update(bytes).digest("hex")

test("a wrong SHA-1 that another program noted costs one download, and is called by its name", async () => {
  const { cli, emulator } = await withB2()
  const { bucketId } = await post(emulator, "b2_create_bucket", { bucketName: "some-bucket", bucketType: "allPrivate" })
  const wrong = "0".repeat(40)
  const { fileId } = await post(emulator, "b2_start_large_file", {
    accountId: undefined,
    bucketId,
    fileName: "a.bin",
    contentType: "b2/x-auto",
    fileInfo: { large_file_sha1: wrong }
  })
  const parts = [Buffer.alloc(9_000_000, "a"), Buffer.alloc(100_000, "b")]
  for (const [index, part] of parts.entries()) {
    const url = await post(emulator, "b2_get_upload_part_url", { accountId: undefined, fileId })
    await fetch(String(url.uploadUrl), {
      method: "POST",
      headers: {
        authorization: String(url.authorizationToken),
        "x-bz-part-number": String(index + 1),
        "x-bz-content-sha1": sha1(part)
      },
      body: new Uint8Array(part)
    })
  }
  await post(emulator, "b2_finish_large_file", { accountId: undefined, fileId, partSha1Array: parts.map(sha1) })
  emulator.log?.reset()
  const { code, error } = await cli.run("copy", "b2:some-bucket", "@/to")
  expect(error).toContain("noted")
  expect(error).toContain(wrong)
  expect(code).not.toBe(0)
  expect(emulator.log?.requests("b2_download_file_by_id")).toHaveLength(1)
})
