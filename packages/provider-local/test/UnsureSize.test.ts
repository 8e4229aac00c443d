import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as StatedSize from "../src/disk/StatedSize.ts"
import * as LocalProvider from "../src/LocalProvider.ts"
import { at, contentOf, failureOf, fileOf, list, sha1, withProvider } from "./TemporaryFolder.ts"

/** A file of the kernel that states a size of 0. */
const isThere = process.platform === "linux" && fs.existsSync("/proc/version")

describe("a file that states another size than it has", () => {
  it.live.skipIf(!isThere)("is read to its end, and says that its size is unsure", () =>
    Effect.gen(function* () {
      const provider = yield* LocalProvider.make({ root: "/proc" })
      const file = yield* fileOf(provider, "version")
      const content = fs.readFileSync("/proc/version")
      assert.deepInclude(file, { size: 0, isSizeUnsure: true })
      assert.deepStrictEqual(Buffer.from(yield* provider.readAll(file)), content)
      assert.deepStrictEqual(yield* contentOf(provider, file), content)
      const range = yield* Stream.runCollect(provider.read(file, { offset: 1, length: 4 }))
      assert.deepStrictEqual(Buffer.concat(range), content.subarray(1, 5))
      const outside = yield* failureOf(Stream.runDrain(provider.read(file, { offset: 0, length: content.length + 1 })))
      assert.strictEqual(outside.reason._tag, "InvalidRequest")
      assert.strictEqual((yield* provider.digest!(file)(100, "sha1")).whole, sha1(content))
    })
  )

  it.live.skipIf(!isThere)("is told by a listing too, and on a disk no file is unsure", () =>
    Effect.gen(function* () {
      const provider = yield* LocalProvider.make({ root: "/proc/sys/kernel/random" })
      const found = yield* list(provider)
      assert.isTrue(found.every((entry) => entry._tag === "File" && entry.isSizeUnsure === true))
      assert.isFalse(StatedSize.isUnsure(process.execPath, fs.statSync(process.execPath).dev, 0))
    })
  )

  it.live.skipIf(!isThere)("fails by name where it has no end", () =>
    Effect.gen(function* () {
      const provider = yield* LocalProvider.make({ root: "/proc/self" })
      const file = yield* fileOf(provider, "pagemap")
      const { reason } = yield* failureOf(provider.readAll(file))
      assert.strictEqual(reason._tag, "InvalidRequest")
      assert.include(reason.message, "it may have no end")
    })
  )

  it.live(
    "is none that is empty",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/empty`, "")
      const file = yield* provider.stat(at("empty"))
      assert.isUndefined(file.isSizeUnsure)
      assert.lengthOf(yield* provider.readAll(file), 0)
    })
  )
})
