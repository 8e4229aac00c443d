/** Debian's rclone, which knows nothing of this emulator. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as tls from "node:tls"
import { needs, skipWithout } from "@ourclone/core/testing/Programs"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import type { Emulator } from "../src/Emulator.ts"
import { awkward, noise, type RealClient, readTree, startRealClient, writeTree } from "./RealClient.ts"

const chunked = ["--b2-chunk-size", "5M", "--b2-upload-cutoff", "5M"]
const large = noise(12_000_000, "rclone")
const files = {
  "a.txt": "hello",
  empty: "",
  large,
  "sub/deep/name with space+plus,&é.txt": "odd",
  "sub/50% #1?.txt": "marks",
  "sub/日本/😀": "wide"
}

let rclone: RealClient
beforeAll(async () => {
  if (!needs("rclone").available) return
  const environment = (emulator: Emulator, folder: string) => {
    fs.writeFileSync(path.join(folder, "rclone.conf"), "")
    fs.writeFileSync(path.join(folder, "ca.pem"), emulator.certificate!)
    return {
      RCLONE_CA_CERT: path.join(folder, "ca.pem"),
      RCLONE_CONFIG: path.join(folder, "rclone.conf"),
      RCLONE_CONFIG_EMU_TYPE: "b2",
      RCLONE_CONFIG_EMU_ACCOUNT: emulator.keyId,
      RCLONE_CONFIG_EMU_KEY: emulator.key,
      RCLONE_CONFIG_EMU_ENDPOINT: emulator.endpoint
    }
  }
  rclone = await startRealClient("rclone", environment, { ...awkward, https: {}, separatePorts: true })
  tls.setDefaultCACertificates([rclone.emulator.certificate!])
  writeTree(path.join(rclone.folder, "tree"), files)
})
afterAll(() => rclone?.close())
beforeEach((context) => skipWithout(context, "rclone"))

const here = (name: string) => path.join(rclone.folder, name)
const listed = async (...args: string[]) => (await rclone.run("lsf", "-R", "--files-only", ...args)).trim().split("\n")

it("copies a tree both ways, large files in chunks, and sees no difference", async () => {
  await rclone.run("mkdir", "EMU:copy-bucket")
  expect(await rclone.run("lsd", "EMU:")).toContain("copy-bucket")
  await rclone.run("copy", "tree", "EMU:copy-bucket/dir", ...chunked)
  await rclone.run("check", "tree", "EMU:copy-bucket/dir")
  await rclone.run("copy", "EMU:copy-bucket/dir", "back")
  expect(readTree(here("back"))).toEqual(readTree(here("tree")))
  const counts = rclone.emulator.log!.counts()
  expect(counts.b2_upload_part!.requests).toBe(3)
  rclone.emulator.log!.reset()
  await rclone.run("copy", "tree", "EMU:copy-bucket/dir", ...chunked)
  expect(rclone.emulator.log!.counts().b2_upload_file).toBeUndefined()
})

it("lists, reads and copies on the server, whole and in chunks", async () => {
  await rclone.run("copy", "tree", "EMU:server-bucket", ...chunked)
  expect((await listed("EMU:server-bucket")).sort()).toEqual(Object.keys(files).sort())
  expect(await rclone.run("cat", "EMU:server-bucket/a.txt")).toBe("hello")
  expect(await rclone.run("cat", "--offset", "1", "--count", "3", "EMU:server-bucket/a.txt")).toBe("ell")
  rclone.emulator.log!.reset()
  await rclone.run("copyto", "EMU:server-bucket/a.txt", "EMU:server-bucket/copied.txt")
  await rclone.run("copyto", "EMU:server-bucket/large", "EMU:server-bucket/large-copy", "--b2-copy-cutoff", "5M")
  const counts = rclone.emulator.log!.counts()
  expect([counts.b2_copy_file?.requests, counts.b2_copy_part?.requests]).toEqual([1, 3])
  expect(counts.b2_upload_file).toBeUndefined()
  await rclone.run("copyto", "EMU:server-bucket/large-copy", "large-back")
  expect(fs.readFileSync(here("large-back")).equals(large)).toBe(true)
  expect(await rclone.run("cat", "EMU:server-bucket/copied.txt")).toBe("hello")
})

it("hides on delete, shows old versions, cleans them up and purges", async () => {
  await rclone.run("copy", "tree/sub", "EMU:version-bucket")
  await rclone.run("copyto", "tree/a.txt", "EMU:version-bucket/50% #1?.txt")
  const versions = await listed("--b2-versions", "EMU:version-bucket")
  expect(versions.filter((name) => name.startsWith("50% #1?"))).toHaveLength(2)
  await rclone.run("delete", "EMU:version-bucket")
  expect(await rclone.run("lsf", "EMU:version-bucket")).toBe("")
  expect(rclone.emulator.versionCount()).toBeGreaterThan(0)
  await rclone.run("cleanup", "EMU:version-bucket")
  expect(await rclone.run("lsf", "-R", "--b2-versions", "--files-only", "EMU:version-bucket")).toBe("")
  await rclone.run("copy", "tree/sub", "EMU:version-bucket/x")
  await rclone.run("purge", "EMU:version-bucket")
  expect(await rclone.run("lsd", "EMU:")).not.toContain("version-bucket")
})

it("makes a link that anyone can open, hard-deletes, and touches", async () => {
  await rclone.run("copy", "tree/a.txt", "EMU:link-bucket")
  const link = (await rclone.run("link", "EMU:link-bucket/a.txt")).trim()
  expect(await (await fetch(link)).text()).toBe("hello")
  const before = rclone.emulator.versionCount()
  await rclone.run("deletefile", "--b2-hard-delete", "EMU:link-bucket/a.txt")
  expect(rclone.emulator.versionCount()).toBe(before - 1)
  await rclone.run("touch", "EMU:link-bucket/touched")
  expect(await listed("EMU:link-bucket")).toEqual(["touched"])
})

it("syncs, moving only what changed and deleting what is gone", async () => {
  await rclone.run("copy", "tree", "changing", "--exclude", "large")
  await rclone.run("sync", "changing", "EMU:sync-bucket")
  fs.writeFileSync(here("changing/a.txt"), "changed, and longer")
  fs.rmSync(here("changing/empty"))
  rclone.emulator.log!.reset()
  await rclone.run("sync", "changing", "EMU:sync-bucket")
  const counts = rclone.emulator.log!.counts()
  expect([counts.b2_upload_file?.requests, counts.b2_hide_file?.requests]).toEqual([1, 1])
  await rclone.run("sync", "EMU:sync-bucket", "synced")
  expect(readTree(here("synced"))).toEqual(readTree(here("changing")))
})

it.each(["fail_some_uploads", "expire_some_account_authorization_tokens"])(
  "gets through the test mode %s",
  async (mode) => {
    const bucket = `EMU:mode-${mode.length}`
    await rclone.run("copy", "tree", bucket, ...chunked, "--b2-test-mode", mode, "--transfers", "1")
    await rclone.run("check", "tree", bucket)
  }
)

it("stops at a cap that the test mode forces", async () => {
  const { code, err } = await rclone.attempt(
    "copy",
    "tree/a.txt",
    "EMU:cap-bucket",
    "--b2-test-mode",
    "force_cap_exceeded"
  )
  expect(code).not.toBe(0)
  expect(err).toContain("cap_exceeded")
})

it("ends with identical trees through errors, damage on the way up, broken downloads and expired tokens", async () => {
  const { setFaults } = rclone.emulator
  try {
    setFaults({ "503": 0.05, "500": 0.03, "408": 0.03, flip: 0.03, expired: 0.03 })
    await rclone.run("copy", "tree", "EMU:fault-bucket", ...chunked)
    setFaults({ "503": 0.05, "500": 0.03, "408": 0.03, truncate: 0.05, reset: 0.05, expired: 0.03 })
    await rclone.run("copy", "EMU:fault-bucket", "through-faults")
  } finally {
    setFaults({})
  }
  expect(readTree(here("through-faults"))).toEqual(readTree(here("tree")))
})

it("works with a key for one bucket and prefix", async () => {
  const { RawClient } = await import("./RawClient.ts")
  const { endpoint, keyId, key } = rclone.emulator
  const client = await RawClient.authorize(endpoint, keyId, key)
  const bucketId = await client.bucket("scoped-bucket")
  const made = await client.ok("b2_create_key", {
    accountId: client.accountId,
    keyName: "scoped",
    capabilities: ["listBuckets", "listFiles", "readFiles", "writeFiles", "deleteFiles"],
    bucketIds: [bucketId],
    namePrefix: "mine/"
  })
  const remote = `:b2,account="${made.applicationKeyId}",key="${made.applicationKey}",endpoint="${endpoint}":`
  await rclone.run("copy", "tree/sub", `${remote}scoped-bucket/mine`)
  expect(await listed(`${remote}scoped-bucket/mine`)).toHaveLength(3)
  expect((await rclone.attempt("copy", "tree/sub", `${remote}scoped-bucket/other`, "--retries", "1")).code).not.toBe(0)
})
