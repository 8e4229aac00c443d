import * as fs from "node:fs"
import { join } from "node:path"
import * as RestoredFile from "@ourclone/backup/restore/RestoredFile"
import * as Entries from "@ourclone/backup/restore/RestoreEntries"
import type { EntryRecord } from "@ourclone/backup/restore/RestoreMessages"
import { assert, describe, it } from "vitest"
import { temporaryFolder } from "../support/machine.ts"

const instant = { seconds: 981_173_106, nanoseconds: 7 }

const recordOf = (folder: string, facts: Partial<EntryRecord>): EntryRecord => ({
  entry: 0,
  kind: Entries.file,
  means: Entries.create,
  isWhole: true,
  isEmpty: true,
  path: Buffer.from(join(folder, "file")),
  temporary: Buffer.alloc(0),
  firstName: Buffer.alloc(0),
  mode: 0o640,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
  accessed: instant,
  modified: instant,
  size: 4,
  writes: 1,
  extra: undefined,
  ...facts
})

const options = { deletes: false, sparse: false }
const ways: Record<string, { readonly facts: Partial<EntryRecord>; readonly inheritsAttributes: boolean }> = {
  "without attributes": { facts: {}, inheritsAttributes: false },
  "with attributes of its own": {
    facts: { extra: { target: Buffer.alloc(0), device: 0n, attributes: [] } },
    inheritsAttributes: false
  },
  "below a folder that gives some": { facts: {}, inheritsAttributes: true },
  "that was partly there": { facts: { means: Entries.patch }, inheritsAttributes: false }
}

describe.skipIf(process.platform === "win32")("RestoredFile", () => {
  it.each(Object.keys(ways))("finishes what it wrote, and no link that came into its place: a file %s", (way) => {
    const { facts, inheritsAttributes } = ways[way]!
    const folder = temporaryFolder()
    const record = recordOf(folder, facts)
    const [path, theirs, moved] = [String(record.path), join(folder, "theirs"), join(folder, "moved")]
    fs.writeFileSync(theirs, "theirs", { mode: 0o600 })
    if (record.means === Entries.patch) fs.writeFileSync(path, "part")
    const before = fs.statSync(theirs, { bigint: true })
    const file = RestoredFile.openForWriting(record, true)
    RestoredFile.writeAll(file, Buffer.from("text"), 0)
    fs.renameSync(path, moved)
    fs.symlinkSync(theirs, path)
    assert.deepEqual(RestoredFile.finish(file, record, { ...options, inheritsAttributes }), [])
    const after = fs.statSync(theirs, { bigint: true })
    assert.deepEqual([after.mode, after.ctimeNs], [before.mode, before.ctimeNs])
    const own = fs.statSync(moved, { bigint: true })
    assert.deepEqual([Number(own.mode) & 0o7777, own.mtimeNs], [0o640, 981_173_106_000_000_007n])
  })
})
