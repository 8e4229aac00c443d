import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { at, failureOf, fileOf, modifiedAt, source, withProvider } from "./TemporaryFolder.ts"

const later = modifiedAt + 86_400_321

describe("touch", () => {
  it.live(
    "gives a file another time and nothing else",
    withProvider(function* (provider, root) {
      const stored = yield* provider.put(at("d/a"), source("hello"), { modifiedAt })
      fs.chmodSync(`${root}/d/a`, 0o440)
      const touched = yield* provider.touch!(stored, later)
      assert.deepStrictEqual(touched, { ...stored, modifiedAt: later })
      assert.deepStrictEqual(yield* fileOf(provider, "d/a"), touched)
      assert.strictEqual(fs.readFileSync(`${root}/d/a`, "utf8"), "hello")
      assert.strictEqual(fs.statSync(`${root}/d/a`).mode & 0o777, 0o440)
    })
  )

  it.live(
    "leaves a file alone that was changed after it was listed",
    withProvider(function* (provider, root) {
      const stored = yield* provider.put(at("a"), source("hello"), { modifiedAt })
      fs.writeFileSync(`${root}/a`, "other")
      const before = fs.statSync(`${root}/a`).mtimeMs
      assert.strictEqual((yield* failureOf(provider.touch!(stored, later))).reason._tag, "SourceChanged")
      assert.strictEqual(fs.statSync(`${root}/a`).mtimeMs, before)
      fs.unlinkSync(`${root}/a`)
      assert.strictEqual((yield* failureOf(provider.touch!(stored, later))).reason._tag, "NotFound")
    })
  )

  it.live(
    "changes nothing behind a link, be it the file or a folder on the way",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/real`)
      const real = yield* provider.put(at("real/a"), source("hello"), { modifiedAt })
      fs.symlinkSync("real", `${root}/folder`)
      fs.symlinkSync("real/a", `${root}/link`)
      for (const path of ["folder/a", "link"]) yield* failureOf(provider.touch!({ ...real, path: at(path) }, later))
      assert.strictEqual((yield* fileOf(provider, "real/a")).modifiedAt, modifiedAt)
    })
  )

  it.live(
    "gives a link its own time where links are stored",
    withProvider(
      function* (provider, root) {
        fs.writeFileSync(`${root}/a`, "hello")
        const target = fs.statSync(`${root}/a`).mtimeMs
        const link = yield* provider.put(at("l.rclonelink"), source("a"), { modifiedAt })
        yield* provider.touch!(link, later)
        assert.strictEqual((yield* fileOf(provider, "l.rclonelink")).modifiedAt, later)
        assert.strictEqual(fs.statSync(`${root}/a`).mtimeMs, target)
      },
      { links: true }
    )
  )
})
