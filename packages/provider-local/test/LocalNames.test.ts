import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { root as top } from "@ourclone/core/contract/RemotePath"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as LocalProvider from "../src/LocalProvider.ts"
import { at, failureOf, lines, list, modifiedAt, noise, source, withFolder, withProvider } from "./TemporaryFolder.ts"

const isLinux = process.platform === "linux"

/** Names that a path can not hold, as they are on the disk and in paths; a number is a byte. */
const odd: ReadonlyArray<readonly [ReadonlyArray<string | number>, string]> = [
  [["Icon\r"], "Icon␍"],
  [["caf", 0xe9], "caf‛E9"],
  [[0xff, "\u007f"], "‛FF␡"],
  [["real␍ lit‛E9"], "real‛␍ lit‛‛E9"]
]
const bytesOf = (parts: ReadonlyArray<string | number>): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))))

const namesOf = (folder: string) => fs.readdirSync(folder, { encoding: "buffer" }).sort(Buffer.compare)

describe.runIf(isLinux)("a name on a Linux disk that a path can not hold", () => {
  it.live(
    "is what its path stores, and what reading, touching, renaming and removing that path reaches",
    withProvider(function* (provider, root) {
      for (const [, path] of odd) yield* provider.put(at(path), source(path), { modifiedAt })
      const names = odd.map(([parts]) => bytesOf(parts)).sort(Buffer.compare)
      assert.deepStrictEqual(namesOf(root), names)
      for (const [, path] of odd) {
        const file = yield* provider.stat(at(path))
        assert.strictEqual(Buffer.from(yield* provider.readAll(file)).toString(), path)
        assert.strictEqual((yield* provider.digest!(file)(1024, "sha1")).parts.length, 1)
        const touched = yield* provider.touch!(file, modifiedAt + 1)
        assert.strictEqual((yield* provider.stat(at(path))).modifiedAt, modifiedAt + 1)
        yield* provider.move!(touched, at(`sub/${path}`))
        yield* provider.remove(at(`sub/${path}`))
        yield* provider.removeDirectory!(at("sub"))
      }
      assert.deepStrictEqual(namesOf(root), [])
    })
  )

  it.live("may be that of a folder, of files in parts and of the root", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        const outer = yield* LocalProvider.make({ root })
        yield* outer.makeDirectory!(at("dir‛E9\u240d"))
        const provider = yield* LocalProvider.make({ root: `${root}/dir‛E9\u240d` })
        const large = provider.largeFile!
        const content = noise(3000)
        const options = { size: 3000, partSize: 2000, modifiedAt }
        const file = yield* large.start(at("a‛FE␊"), options)
        yield* large.uploadPart(file, 1, source(content.subarray(0, 2000)), { offset: 0 })
        const again = yield* LocalProvider.make({ root: `${root}/dir‛E9\u240d` })
        const unfinished = yield* Stream.runCollect(again.largeFile!.unfinished(top))
        assert.deepStrictEqual(
          unfinished.map(({ id, path }) => [id, path]),
          [[file.id, at("a‛FE␊")]]
        )
        yield* large.uploadPart(file, 2, source(content.subarray(2000)), { offset: 2000 })
        const parts = yield* Stream.runCollect(large.parts(file))
        yield* large.finish(file, parts)
        assert.deepStrictEqual(lines(yield* list(outer)), ["File dir‛E9␍/a‛FE␊"])
        assert.deepStrictEqual(namesOf(root), [bytesOf(["dir", 0xe9, "\r"])])
      })
    )
  )

  it.live(
    "is refused where its path spells bytes that together are a character, and would be listed as that",
    withProvider(function* (provider, root) {
      const put = provider.put(at("‛C3‛A9"), source("x"), { modifiedAt })
      assert.deepInclude((yield* failureOf(put)).reason, { _tag: "InvalidRequest", concernsName: true })
      assert.deepStrictEqual(namesOf(root), [])
    })
  )
})
