import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as UploadFiles from "@ourclone/core/layers/UploadFiles"
import { afterEach, beforeEach, expect, it } from "vitest"

let folder = ""
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-uploads-"))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const file = { id: "an/id", path: makeUnsafe("d/big"), startedAt: 1, size: 20, modifiedAt: 5, partSize: 10 }
const part = (number: number) => ({ number, size: 10, checksum: `sum ${number}`, offset: (number - 1) * 10 })
const only = () => path.join(folder, fs.readdirSync(folder)[0] ?? "")

it("another run knows what was begun, which parts have arrived, and whose it is", () => {
  const one = UploadFiles.make(folder)
  one.begin("s3:here", file)
  one.addPart("s3:here", file.id, part(2))
  one.addPart("s3:here", file.id, part(1))
  one.dropPart("s3:here", file.id, 2)
  const other = UploadFiles.make(folder)
  expect(other.find("s3:here", file.id)).toMatchObject({ file, parts: new Map([[1, part(1)]]) })
  expect(other.list("s3:here")).toHaveLength(1)
  expect([other.find("s3:there", file.id), other.list("s3:there")]).toEqual([undefined, []])
  other.end("s3:here", file.id)
  other.end("s3:here", file.id)
  expect([other.find("s3:here", file.id), fs.readdirSync(folder)]).toEqual([undefined, []])
})

it("a part that was noted after the end is noted nowhere", () => {
  const journal = UploadFiles.make(folder)
  journal.addPart("s3:here", file.id, part(1))
  expect(fs.readdirSync(folder)).toEqual([])
})

it("lines that were cut off, and files of something else, are passed over", () => {
  const journal = UploadFiles.make(folder)
  journal.begin("s3:here", file)
  fs.appendFileSync(only(), '\n{"number":1,"si')
  journal.addPart("s3:here", file.id, part(2))
  const other = UploadFiles.make(folder)
  expect([...(other.find("s3:here", file.id)?.parts.keys() ?? [])]).toEqual([2])
  fs.writeFileSync(path.join(folder, "other.upload"), "{}")
  expect(other.list("s3:here")).toHaveLength(1)
})

it("what nobody went on with for a month is dropped, and others may not read it", () => {
  const journal = UploadFiles.make(folder)
  journal.begin("s3:here", file)
  expect(fs.statSync(only()).mode & 0o077).toBe(0)
  const old = Date.now() / 1000 - 40 * 24 * 3600
  fs.utimesSync(only(), old, old)
  journal.begin("s3:here", { ...file, id: "later" })
  expect(
    UploadFiles.make(folder)
      .list("s3:here")
      .map((begun) => begun.file.id)
  ).toEqual(["later"])
})

it("where the folder can not be written to, this process goes on all the same", () => {
  fs.writeFileSync(path.join(folder, "file"), "")
  const journal = UploadFiles.make(path.join(folder, "file"))
  journal.begin("s3:here", file)
  journal.addPart("s3:here", file.id, part(1))
  expect(journal.find("s3:here", file.id)?.parts.get(1)).toEqual(part(1))
  expect(journal.list("s3:here")).toHaveLength(1)
  expect(UploadFiles.make(path.join(folder, "file")).list("s3:here")).toEqual([])
})
