/** Backblaze's own command line tool, as Debian ships it. It reaches the emulator as if that were an HTTP proxy. */
import * as fs from "node:fs"
import * as path from "node:path"
import { needs, skipWithout } from "@ourclone/core/testing/Programs"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import { awkward, noise, type RealClient, readTree, startRealClient, writeTree } from "./RealClient.ts"

let b2: RealClient
beforeAll(async () => {
  if (!needs("backblaze-b2").available) return
  b2 = await startRealClient(
    "backblaze-b2",
    (emulator, folder) => ({
      B2_ACCOUNT_INFO: path.join(folder, "account"),
      http_proxy: emulator.endpoint,
      no_proxy: ""
    }),
    { ...awkward, recommendedPartSize: 6_000_000 }
  )
  await b2.run("authorize-account", "--dev", b2.emulator.keyId, b2.emulator.key)
})
afterAll(() => b2?.close())
beforeEach((context) => skipWithout(context, "backblaze-b2"))

const here = (name: string) => path.join(b2.folder, name)

it("goes the whole way of a file: upload, list, download, hide, versions, delete", async () => {
  await b2.run("create-bucket", "cli-bucket", "allPrivate")
  expect(await b2.run("list-buckets")).toMatch(/[0-9a-f]{24} +allPrivate +cli-bucket/)
  writeTree(b2.folder, { "small é.txt": "hello world" })
  const name = "dir/small +é.txt"
  const uploaded = await b2.run(
    "upload-file",
    "--noProgress",
    "--info",
    "color=dark blue",
    "cli-bucket",
    "small é.txt",
    name
  )
  const { fileId } = JSON.parse(uploaded.slice(uploaded.indexOf("{")))
  expect(await b2.run("ls", "cli-bucket")).toBe("dir/\n")
  expect(await b2.run("ls", "--recursive", "cli-bucket")).toBe(`${name}\n`)
  expect(JSON.parse(await b2.run("get-file-info", fileId))).toMatchObject({
    fileName: name,
    fileInfo: { color: "dark blue" }
  })
  await b2.run("download-file-by-name", "--noProgress", "cli-bucket", name, "by-name")
  await b2.run("download-file-by-id", "--noProgress", fileId, "by-id")
  for (const file of ["by-name", "by-id"]) expect(fs.readFileSync(here(file), "utf8")).toBe("hello world")
  await b2.run("upload-file", "--noProgress", "cli-bucket", "by-id", "dir/copy.txt")
  await b2.run("hide-file", "cli-bucket", name)
  expect(await b2.run("ls", "--recursive", "cli-bucket")).toBe("dir/copy.txt\n")
  const versions = await b2.run("ls", "--recursive", "--versions", "--long", "cli-bucket")
  expect(versions.match(/ (hide|upload) /g)).toEqual([" upload ", " hide ", " upload "])
  await b2.run("delete-file-version", name, fileId)
  expect((await b2.attempt("get-file-info", fileId)).code).not.toBe(0)
})

it("uploads a large file in parts and gets it back", async () => {
  await b2.run("create-bucket", "large-bucket", "allPrivate")
  const data = noise(20_000_000, "backblaze-b2")
  writeTree(b2.folder, { large: data })
  b2.emulator.log!.reset()
  await b2.run("upload-file", "--noProgress", "large-bucket", "large", "large")
  expect(b2.emulator.log!.counts().b2_upload_part!.requests).toBeGreaterThan(1)
  expect(b2.emulator.log!.counts().b2_finish_large_file!.requests).toBe(1)
  await b2.run("download-file-by-name", "--noProgress", "large-bucket", "large", "large-back")
  expect(fs.readFileSync(here("large-back")).equals(data)).toBe(true)
})

it("syncs a folder up and back, and deletes what is gone", async () => {
  await b2.run("create-bucket", "sync-bucket", "allPrivate")
  writeTree(here("tree"), { a: "one", "sub/b": "two", "sub/c d+é": "three" })
  await b2.run("sync", "--noProgress", "tree", "b2://sync-bucket/x")
  fs.rmSync(here("tree/a"))
  fs.writeFileSync(here("tree/sub/b"), "changed and longer")
  await b2.run("sync", "--noProgress", "--delete", "--compareVersions", "size", "tree", "b2://sync-bucket/x")
  fs.mkdirSync(here("back"))
  await b2.run("sync", "--noProgress", "b2://sync-bucket/x", "back")
  expect(readTree(here("back"))).toEqual(readTree(here("tree")))
})

it("makes, lists and deletes keys, updates and deletes a bucket", async () => {
  await b2.run("create-bucket", "settings-bucket", "allPrivate")
  const rule = { daysFromHidingToDeleting: 7, daysFromUploadingToHiding: null, fileNamePrefix: "" }
  const updated = await b2.run(
    "update-bucket",
    "--lifecycleRules",
    JSON.stringify([rule]),
    "settings-bucket",
    "allPublic"
  )
  expect(JSON.parse(updated)).toMatchObject({ bucketType: "allPublic", lifecycleRules: [rule] })
  const [keyId] = (await b2.run("create-key", "--bucket", "settings-bucket", "cliKey", "listBuckets,readFiles")).split(
    " "
  )
  expect(await b2.run("list-keys")).toContain(keyId)
  await b2.run("delete-key", keyId!)
  expect(await b2.run("list-keys")).not.toContain(keyId)
  await b2.run("delete-bucket", "settings-bucket")
  expect(await b2.run("list-buckets")).not.toContain("settings-bucket")
})
