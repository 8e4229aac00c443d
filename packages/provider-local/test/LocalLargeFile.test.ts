import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { slice } from "@ourclone/core/contract/ByteSource"
import type { StartOptions } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { upload } from "@ourclone/core/engine/Upload"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as LocalProvider from "../src/LocalProvider.ts"
import { at, failureOf, modifiedAt, noise, onDisk, sha1, source, withProvider } from "./TemporaryFolder.ts"

const partSize = 1_500_000
const content = noise(4_000_000)
const options: StartOptions = { modifiedAt, size: content.length, partSize, sha1: sha1(content) }

const parts = (provider: Provider) => {
  const { largeFile } = provider
  if (largeFile === undefined) throw new Error("the provider has no large files")
  return largeFile
}

const partOf = (number: number, bytes: Uint8Array = content) => {
  const offset = (number - 1) * partSize
  return slice(source(bytes), { offset, length: Math.min(partSize, content.length - offset) })
}

const send = (provider: Provider, file: Parameters<ReturnType<typeof parts>["cancel"]>[0], number: number) =>
  parts(provider).uploadPart(file, number, partOf(number), { offset: (number - 1) * partSize })

const unfinished = (provider: Provider) => Stream.runCollect(parts(provider).unfinished(RemotePath.root))

describe("a large file", () => {
  it.live(
    "goes on in another process with the parts that had arrived, and keeps time and permissions",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/d`)
      fs.writeFileSync(`${root}/d/big`, "old")
      fs.chmodSync(`${root}/d/big`, 0o600)
      const started = yield* parts(provider).start(at("d/big"), options)
      yield* send(provider, started, 3)
      yield* send(provider, started, 1)

      const later = yield* LocalProvider.make({ root })
      const [found] = yield* unfinished(later)
      assert.deepStrictEqual(found, started)
      if (found === undefined) return
      const arrived = yield* Stream.runCollect(parts(later).parts(found))
      assert.deepStrictEqual(
        arrived.map(({ number, size }) => [number, size]),
        [
          [1, partSize],
          [3, 1_000_000]
        ]
      )
      const last = yield* send(later, found, 2)
      yield* parts(later).finish(found, [...arrived, last])
      assert.strictEqual(sha1(fs.readFileSync(`${root}/d/big`)), sha1(content))
      assert.strictEqual(fs.statSync(`${root}/d/big`).mode & 0o777, 0o600)
      assert.deepStrictEqual(onDisk(root), ["d", "d/big"])

      const again = yield* LocalProvider.make({ root })
      assert.strictEqual((yield* parts(again).finish(found, [])).modifiedAt, modifiedAt)
    })
  )

  it.live(
    "whose bytes are not those of its SHA-1 is removed, and the old file stays",
    withProvider(function* (provider, root) {
      yield* provider.put(at("big"), source(content), { modifiedAt })
      const file = yield* parts(provider).start(at("big"), { ...options, sha1: sha1("other") })
      const sent = yield* Effect.forEach([1, 2, 3], (number) => send(provider, file, number), { concurrency: 3 })
      for (const _ of ["once", "again"]) {
        const error = yield* failureOf(parts(provider).finish(file, sent))
        assert.strictEqual(error.reason._tag, "ChecksumMismatch")
      }
      assert.deepStrictEqual(onDisk(root), ["big"])
    })
  )

  it.live(
    "is found damaged when its temporary file was changed between two runs",
    withProvider(function* (provider, root) {
      const file = yield* parts(provider).start(at("big"), options)
      const sent = yield* Effect.forEach([1, 2, 3], (number) => send(provider, file, number))
      const temporary = onDisk(root).find((name) => name.endsWith(".ourclone-part"))
      const fd = fs.openSync(`${root}/${temporary}`, "r+")
      fs.writeSync(fd, "damage", 2_000_000)
      fs.closeSync(fd)
      const later = yield* LocalProvider.make({ root })
      assert.strictEqual((yield* failureOf(parts(later).finish(file, sent))).reason._tag, "ChecksumMismatch")
    })
  )

  it.live(
    "is hashed afresh when a part is sent again",
    withProvider(function* (provider, root) {
      const file = yield* parts(provider).start(at("big"), options)
      const wrong = partOf(1, Buffer.from(content).reverse())
      yield* parts(provider).uploadPart(file, 1, wrong, { offset: 0 })
      yield* Effect.sleep(500) // Time to hash the wrong bytes.
      const sent = yield* Effect.forEach([2, 1, 3], (number) => send(provider, file, number))
      yield* parts(provider).finish(file, sent)
      assert.strictEqual(sha1(fs.readFileSync(`${root}/big`)), sha1(content))
    })
  )

  it.live(
    "forgets a part whose second sending failed, in this run and the next",
    withProvider(function* (provider, root) {
      const file = yield* parts(provider).start(at("big"), options)
      yield* send(provider, file, 1)
      const wrong = { offset: 0, checksums: { sha1: sha1("other") } }
      const error = yield* failureOf(parts(provider).uploadPart(file, 1, partOf(1), wrong))
      assert.strictEqual(error.reason._tag, "ChecksumMismatch")
      for (const run of [provider, yield* LocalProvider.make({ root })]) {
        assert.deepStrictEqual(yield* Stream.runCollect(parts(run).parts(file)), [])
      }
    })
  )

  it.live(
    "loses only the last line of a journal that was cut off",
    withProvider(function* (provider, root) {
      const file = yield* parts(provider).start(at("big"), options)
      for (const number of [1, 2]) yield* send(provider, file, number)
      const journal = `${root}/${onDisk(root).find((name) => name.endsWith(".json"))}`
      fs.truncateSync(journal, fs.statSync(journal).size - 10)
      const later = yield* LocalProvider.make({ root })
      yield* send(later, file, 3)
      const arrived = yield* Stream.runCollect(parts(yield* LocalProvider.make({ root })).parts(file))
      assert.deepStrictEqual(
        arrived.map(({ number }) => number),
        [1, 3]
      )
    })
  )

  it.live(
    "keeps its parts when it is interrupted, and when a source gives more than its part",
    withProvider(function* (provider, root) {
      const file = yield* parts(provider).start(at("big"), options)
      const first = yield* send(provider, file, 1)
      const slow = { ...partOf(2), read: () => Stream.concat(Stream.succeed(noise(1000)), Stream.never) }
      yield* Effect.timeoutOption(parts(provider).uploadPart(file, 2, slow, { offset: partSize }), 50)
      const last = yield* send(provider, file, 3)
      const long = { ...partOf(2), read: () => Stream.succeed(noise(partSize + 1)) }
      const error = yield* failureOf(parts(provider).uploadPart(file, 2, long, { offset: partSize }))
      assert.strictEqual(error.reason._tag, "SourceChanged")
      assert.deepStrictEqual(yield* Stream.runCollect(parts(provider).parts(file)), [first, last])
      const second = yield* send(provider, file, 2)
      yield* parts(provider).finish(file, [first, second, last])
      assert.strictEqual(sha1(fs.readFileSync(`${root}/big`)), sha1(content))
    })
  )

  it.live(
    "without a SHA-1 is stored all the same",
    withProvider(function* (provider, root) {
      const file = yield* parts(provider).start(at("big"), { modifiedAt, size: content.length, partSize })
      const sent = yield* Effect.forEach([1, 2, 3], (number) => send(provider, file, number), { concurrency: 3 })
      assert.deepStrictEqual((yield* parts(provider).finish(file, sent)).checksums, {})
      assert.strictEqual(sha1(fs.readFileSync(`${root}/big`)), sha1(content))
    })
  )

  it.live(
    "that is gone says so, and a part outside of it is refused",
    withProvider(function* (provider) {
      const file = yield* parts(provider).start(at("big"), options)
      const outside = { offset: content.length - 1 }
      const refused = yield* failureOf(parts(provider).uploadPart(file, 2, partOf(1), outside))
      assert.strictEqual(refused.reason._tag, "InvalidRequest")
      yield* parts(provider).cancel(file)
      for (const attempt of [send(provider, file, 1), parts(provider).finish(file, [])]) {
        assert.strictEqual((yield* failureOf<unknown>(attempt)).reason._tag, "NotFound")
      }
    })
  )

  it.live(
    "is not believed when its journal was copied from elsewhere",
    withProvider(function* (provider, root) {
      yield* parts(provider).start(at("a/big"), options)
      fs.cpSync(`${root}/a`, `${root}/b`, { recursive: true })
      assert.deepStrictEqual(
        (yield* unfinished(provider)).map(({ path }) => path),
        ["a/big"]
      )
    })
  )

  it.live(
    "that another user has not finished is passed over, and hinders no other in its folder",
    withProvider(function* (provider, root) {
      yield* parts(provider).start(at("theirs"), options)
      fs.chmodSync(root, 0o777)
      fs.chmodSync(`${root}/${onDisk(root).find((name) => name.endsWith(".json"))}`, 0)
      const isRoot = process.geteuid?.() === 0
      if (isRoot) process.seteuid!(4321)
      const work = Effect.gen(function* () {
        const later = yield* LocalProvider.make({ root })
        assert.deepStrictEqual(yield* unfinished(later), [])
        for (const name of ["theirs", "ours"]) {
          const file = yield* parts(later).start(at(name), options)
          const sent = yield* Effect.forEach([1, 2, 3], (number) => send(later, file, number))
          yield* parts(later).finish(file, sent)
          assert.strictEqual(sha1(fs.readFileSync(`${root}/${name}`)), sha1(content))
        }
      })
      yield* Effect.ensuring(
        work,
        Effect.sync(() => isRoot && process.seteuid!(0))
      )
    })
  )

  for (const [what, damage] of [
    ["gone", (file: string) => fs.unlinkSync(file)],
    ["damaged", (file: string) => fs.truncateSync(file, 1000)]
  ] as const) {
    it.live(
      `whose bytes are ${what} while the journal is still there is downloaded anew`,
      withProvider(function* (provider, root) {
        const from = { ...source(content), sha1: sha1(content) }
        const file = yield* parts(provider).start(at("big"), options)
        yield* send(provider, file, 1)
        const temporary = onDisk(root).find((name) => name.endsWith(".ourclone-part"))!
        damage(`${root}/${temporary}`)
        const later = yield* LocalProvider.make({ root })
        const limits = { ...parts(later).limits, cutoff: 1, recommendedPartSize: partSize }
        const small = { ...later, largeFile: { ...parts(later), limits } }
        yield* upload(small, at("big"), from, { modifiedAt, partConcurrency: 2 })
        assert.strictEqual(sha1(fs.readFileSync(`${root}/big`)), from.sha1)
        assert.deepStrictEqual(onDisk(root), ["big"])
      })
    )
  }
})
