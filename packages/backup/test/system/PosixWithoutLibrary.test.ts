import * as fs from "node:fs"
import { join } from "node:path"
import { assert, beforeAll, describe, it, vi } from "vitest"
import { temporaryFolder } from "../support/machine.ts"

type Posix = typeof import("@ourclone/system/Posix")
type Status = typeof import("@ourclone/backup/system/Status")
type UserNames = typeof import("@ourclone/backup/system/UserNames")

/** The modules as on a system whose C library is not known. */
let modules: { readonly posix: Posix; readonly status: Status; readonly userNames: UserNames }

beforeAll(async () => {
  vi.resetModules()
  const platform = Object.getOwnPropertyDescriptor(process, "platform")!
  Object.defineProperty(process, "platform", { ...platform, value: "haiku" })
  const posix = await import("@ourclone/system/Posix")
  const status = await import("@ourclone/backup/system/Status")
  const userNames = await import("@ourclone/backup/system/UserNames")
  posix.notKept()
  Object.defineProperty(process, "platform", platform)
  // Those that are loaded from now on, by whoever shares this process, are of this machine again.
  vi.resetModules()
  modules = { posix, status, userNames }
})

const file = (): Buffer => {
  const path = join(temporaryFolder(), "file")
  fs.writeFileSync(path, "")
  return Buffer.from(path)
}

describe("Posix without the C library", () => {
  it("says what is not kept, and why", () => {
    assert.match(modules.posix.notKept()!, /^extended attributes, device nodes.*not kept.*haiku has none/)
  })

  it("finds no attributes and refuses to make what it can not", () => {
    const { posix } = modules
    const path = file()
    assert.deepEqual(posix.listAttributes(path), [])
    assert.throws(() => posix.setAttribute(path, Buffer.from("user.a"), Buffer.from("1")), /^ENOSYS.*setxattr/)
    assert.throws(() => posix.makePipe(Buffer.concat([path, path]), 0o600), /^ENOSYS.*mkfifo/)
  })

  it("still keeps times to the millisecond, before 1970 too", () => {
    const path = file()
    modules.posix.setTimes(path, 0n, -1_500_000_000n)
    assert.strictEqual(fs.lstatSync(path, { bigint: true }).mtimeNs, -1_500_000_000n)
    const status = modules.status.of(path)
    assert.deepEqual([status.modified, status.modifiedNanoseconds], [-2, 500_000_000])
  })

  it.skipIf(process.platform === "win32")("still knows the users of /etc/passwd", () => {
    const { groupName, userId, userName } = modules.userNames
    assert.strictEqual(userName(0), "root")
    assert.strictEqual(userId("root"), 0)
    assert.strictEqual(userName(3_999_999_991), "")
    assert.notStrictEqual(groupName(0), "")
  })
})
