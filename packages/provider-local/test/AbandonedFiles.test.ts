import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { afterEach, vi } from "vitest"
import { at, modifiedAt, source, withProvider } from "./TemporaryFolder.ts"

const put = { modifiedAt }
const left = ".a.txt.1a2b3c4d.ourclone-part"
const resumable = ".big.1a2b3c4e.ourclone-part"

const leaveBehind = (folder: string): void => {
  fs.mkdirSync(folder, { recursive: true })
  for (const name of [left, resumable, `${resumable}.json`, ".mine.ourclone-part"]) {
    fs.writeFileSync(join(folder, name), "half")
  }
}

const later = (minutes: number) => {
  const now = Date.now()
  vi.spyOn(Date, "now").mockReturnValue(now + minutes * 60_000)
}

describe("what a killed run left behind", () => {
  afterEach(() => void vi.restoreAllMocks())

  it.effect(
    "is cleared away when something is stored beside it, and what can be resumed stays",
    withProvider(function* (provider, root) {
      leaveBehind(root)
      leaveBehind(join(root, "sub"))
      later(2)
      yield* provider.put(at("sub/b.txt"), source("b"), put)
      assert.deepStrictEqual(fs.readdirSync(join(root, "sub")).sort(), [
        resumable,
        `${resumable}.json`,
        ".mine.ourclone-part",
        "b.txt"
      ])
      assert.isFalse(fs.existsSync(join(root, left)))
    })
  )

  it.effect(
    "stays while another run may still be writing it",
    withProvider(function* (provider, root) {
      leaveBehind(root)
      yield* provider.put(at("b.txt"), source("b"), put)
      assert.isTrue(fs.existsSync(join(root, left)))
    })
  )
})
