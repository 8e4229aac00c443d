import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as SystemFailure from "../../src/system/SystemFailure.ts"

const failureOf = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error("nothing failed")
}

describe("SystemFailure", () => {
  it("tells the cause and the code, and leaves the name of the file to the caller", () => {
    const missing = failureOf(() => fs.readFileSync("/does/not/exist"))
    assert.strictEqual(SystemFailure.textOf(missing), "it does not exist (ENOENT)")
    const inFile = failureOf(() => fs.readdirSync(import.meta.filename))
    assert.strictEqual(SystemFailure.textOf(inFile), "it, or what it should be in, is no folder (ENOTDIR)")
  })

  it("keeps what an error says that is not about the file itself", () => {
    const owner = failureOf(() => fs.chownSync("/does/not/exist", 1, 1))
    assert.match(SystemFailure.textOf(owner), /chown/)
    assert.strictEqual(SystemFailure.textOf(new Error("as it is")), "as it is")
    assert.strictEqual(SystemFailure.codeOf(new Error("as it is")), "")
  })
})
