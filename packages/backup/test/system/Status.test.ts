import * as fs from "node:fs"
import { join } from "node:path"
import * as Status from "@ourclone/backup/system/Status"
import * as Posix from "@ourclone/system/Posix"
import { assert, describe, it } from "vitest"
import { temporaryFolder } from "../support/machine.ts"

const same = (path: string): void => {
  const ours = Status.of(Buffer.from(path))
  const theirs = fs.lstatSync(path, { bigint: true })
  assert.deepEqual([ours.mode, ours.uid, ours.gid, ours.size, ours.links].map(BigInt), [
    theirs.mode,
    theirs.uid,
    theirs.gid,
    theirs.size,
    theirs.nlink
  ])
  assert.deepEqual([ours.inode, ours.deviceId, ours.device], [theirs.ino, theirs.dev, theirs.rdev])
  assert.strictEqual(Status.modifiedAt(ours), theirs.mtimeNs)
  assert.strictEqual(BigInt(ours.changed) * 1_000_000_000n + BigInt(ours.changedNanoseconds), theirs.ctimeNs)
}

describe("Status", () => {
  it("says what Node says of every kind of file", () => {
    const folder = temporaryFolder()
    fs.writeFileSync(join(folder, "file"), "1234")
    fs.symlinkSync("file", join(folder, "link"))
    fs.linkSync(join(folder, "file"), join(folder, "hard"))
    for (const path of [folder, ...["file", "link", "hard"].map((name) => join(folder, name)), process.execPath])
      same(path)
    assert.strictEqual(Status.of(Buffer.from(join(folder, "hard"))).links, 2)
  })

  it.skipIf(process.platform === "win32")("says what Node says of a device", () => same("/dev/null"))

  it("keeps times before 1970 as rounded down seconds and nanoseconds after them", () => {
    const path = Buffer.from(join(temporaryFolder(), "old"))
    fs.writeFileSync(path, "")
    Posix.setTimes(path, -1n, -1_500_000_001n)
    const status = Status.of(path)
    assert.deepEqual([status.modified, status.modifiedNanoseconds], [-2, 499_999_999])
    assert.deepEqual([status.accessed, status.accessedNanoseconds], [-1, 999_999_999])
    const file = fs.openSync(path, "r")
    assert.deepEqual(Status.ofOpen(file), status)
    fs.closeSync(file)
  })

  it("takes sizes above four gigabytes", () => {
    const path = join(temporaryFolder(), "sparse")
    fs.writeFileSync(path, "")
    fs.truncateSync(path, 5_000_000_001)
    assert.strictEqual(Status.of(Buffer.from(path)).size, 5_000_000_001)
  })

  it("throws what Node throws", () => {
    assert.throws(() => Status.of(Buffer.from("/nowhere")), /^ENOENT: no such file or directory, lstat '\/nowhere'$/)
  })
})
