import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { userInfo } from "node:os"
import * as UserNames from "@ourclone/backup/system/UserNames"
import { assert, describe, it } from "vitest"

describe.skipIf(process.platform === "win32")("UserNames", () => {
  it("knows who runs this, both ways", () => {
    const { gid, uid, username } = userInfo()
    assert.strictEqual(UserNames.userName(uid), username)
    assert.strictEqual(UserNames.userId(username), uid)
    const group = execFileSync("id", ["-gn"]).toString().trim()
    assert.strictEqual(UserNames.groupName(gid), group)
    assert.strictEqual(UserNames.groupId(group), gid)
  })

  it("knows the numbers of everybody in /etc/passwd and /etc/group", () => {
    for (const [file, idOf] of [
      ["/etc/passwd", UserNames.userId],
      ["/etc/group", UserNames.groupId]
    ] as const) {
      const known = readFileSync(file, "utf8").matchAll(/^([^:#\n]+):[^:]*:(\d+):/gm)
      for (const [, name, id] of known) assert.strictEqual(idOf(name!), Number(id))
    }
  })

  it("gives an empty name and no number for whom nobody knows", () => {
    assert.strictEqual(UserNames.userName(3_999_999_991), "")
    assert.strictEqual(UserNames.groupName(3_999_999_991), "")
    assert.isUndefined(UserNames.userId("nobody-has-this-name"))
    assert.isUndefined(UserNames.groupId("nobody-has-this-name"))
  })

  it("gives the same answer when asked again", () => {
    assert.strictEqual(UserNames.userName(0), "root")
    assert.strictEqual(UserNames.userName(0), "root")
    assert.strictEqual(UserNames.userId("root"), 0)
  })
})
