import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import { SourceChanged, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  at,
  failureOf,
  fileOf,
  lines,
  list,
  modifiedAt,
  noise,
  onDisk,
  sha1,
  source,
  withProvider
} from "./TemporaryFolder.ts"

const mebibyte = 1024 * 1024
const sizes = [10, 3 * mebibyte, 9 * mebibyte]

const broken = (size: number): ByteSource => {
  const reason = new SourceChanged({ message: "it broke off" })
  const failure = new StorageError({ provider: "test", operation: "read", reason })
  return {
    size,
    bytes: Effect.fail(failure),
    read: () => Stream.concat(Stream.succeed(noise(Math.min(size, 1000))), Stream.fail(failure))
  }
}

describe("storing a file", () => {
  for (const size of sizes) {
    it.live(
      `of ${size} bytes leaves the old one and no other trace when the source fails or gives wrong bytes`,
      withProvider(function* (provider, root) {
        yield* provider.put(at("a"), source("old"), { modifiedAt })
        const content = noise(size)
        const wrong = {
          SourceChanged: [broken(size), { ...source(content), size: size - 1 }, { ...source(content), size: size + 1 }],
          ChecksumMismatch: [{ ...source(content), sha1: sha1("other") }]
        }
        for (const [reason, sources] of Object.entries(wrong)) {
          for (const from of sources) {
            const error = yield* failureOf(provider.put(at("a"), from, { modifiedAt }))
            assert.strictEqual(error.reason._tag, reason)
          }
        }
        assert.deepStrictEqual(onDisk(root), ["a"])
        assert.strictEqual(fs.readFileSync(`${root}/a`, "utf8"), "old")
      })
    )

    it.live(
      `of ${size} bytes keeps bytes, time and the permissions of the file it replaces`,
      withProvider(function* (provider, root) {
        const content = noise(size)
        const announced = { ...source(content), sha1: sha1(content) }
        yield* provider.put(at("d/new"), announced, { modifiedAt })
        const mask = process.umask()
        assert.strictEqual(fs.statSync(`${root}/d/new`).mode & 0o777, 0o666 & ~mask)
        fs.writeFileSync(`${root}/d/old`, "old")
        fs.chmodSync(`${root}/d/old`, 0o640)
        const file = yield* provider.put(at("d/old"), announced, { modifiedAt })
        assert.deepStrictEqual(file.checksums, { sha1: sha1(content) })
        assert.strictEqual(sha1(fs.readFileSync(`${root}/d/old`)), sha1(content))
        const stats = fs.statSync(`${root}/d/old`, { bigint: true })
        assert.strictEqual(Number(stats.mode) & 0o777, 0o640)
        assert.strictEqual(stats.mtimeNs / 1_000_000n, BigInt(modifiedAt))
        assert.deepStrictEqual(onDisk(root), ["d", "d/new", "d/old"])
      })
    )
  }

  it.live(
    "leaves nothing when it is interrupted",
    withProvider(function* (provider, root) {
      const slow: ByteSource = {
        size: 20 * mebibyte,
        bytes: Effect.never,
        read: () => Stream.concat(Stream.succeed(noise(mebibyte)), Stream.never)
      }
      yield* Effect.timeoutOption(provider.put(at("a"), slow, { modifiedAt }), 50)
      assert.deepStrictEqual(onDisk(root), [])
    })
  )

  it.live(
    "shows the old file until the new one is whole",
    withProvider(function* (provider, root) {
      yield* provider.put(at("a"), source("old"), { modifiedAt })
      const seen: Array<string> = []
      const content = noise(20 * mebibyte)
      const watched: ByteSource = {
        ...source(content),
        read: () =>
          Stream.tap(source(content).read(), () =>
            Effect.sync(() => seen.push(fs.readFileSync(`${root}/a`, "latin1").slice(0, 3)))
          )
      }
      yield* provider.put(at("a"), watched, { modifiedAt })
      assert.deepStrictEqual([...new Set(seen)], ["old"])
      assert.strictEqual(fs.statSync(`${root}/a`).size, content.length)
    })
  )

  it.live(
    "takes the longest names",
    withProvider(function* (provider) {
      for (const name of ["n".repeat(255), "é".repeat(127), `${"😀".repeat(63)}abc`]) {
        yield* provider.put(at(name), source("x"), { modifiedAt })
        yield* fileOf(provider, name)
      }
      const error = yield* failureOf(provider.put(at("n".repeat(256)), source("x"), { modifiedAt }))
      assert.strictEqual(error.reason._tag, "InvalidRequest")
      assert.include(error.message, "shorten it")
      assert.strictEqual((yield* list(provider)).length, 3)
    })
  )

  it.live(
    "fails with AlreadyExists where a folder stands, and where a file stands for a folder",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/d`)
      fs.writeFileSync(`${root}/f`, "")
      const { makeDirectory, largeFile } = provider
      for (const attempt of [
        provider.put(at("d"), source("x"), { modifiedAt }),
        provider.put(at("f/x"), source("x"), { modifiedAt }),
        makeDirectory?.(at("f")),
        largeFile?.start(at("d"), { modifiedAt, size: 1, partSize: 1 })
      ]) {
        const error = yield* failureOf<unknown>(attempt ?? Effect.void)
        assert.strictEqual(error.reason._tag, "AlreadyExists")
        assert.include(error.message, "rename or remove it")
      }
      assert.deepStrictEqual(onDisk(root), ["d", "f"])
    })
  )

  it.live(
    "refuses paths that would leave the folder and names it keeps for itself",
    withProvider(function* (provider, root) {
      for (const path of ["../x", "a/../../x", "/etc/x", "a\0b", "", ".x.1a2b3c4d.ourclone-part"]) {
        const error = yield* failureOf(provider.put(at(path), source("x"), { modifiedAt }))
        assert.strictEqual(error.reason._tag, "InvalidRequest", path)
      }
      assert.strictEqual((yield* failureOf(provider.stat(at("../x")))).reason._tag, "InvalidRequest")
      assert.deepStrictEqual(onDisk(root), [])
    })
  )

  it.live(
    "makes a folder again that was removed a moment ago",
    withProvider(function* (provider, root) {
      yield* provider.put(at("d/e/a"), source("x"), { modifiedAt })
      fs.rmSync(`${root}/d`, { recursive: true })
      yield* provider.put(at("d/e/b"), source("x"), { modifiedAt })
      assert.deepStrictEqual(lines(yield* list(provider)), ["File d/e/b"])
    })
  )
})

describe("removing", () => {
  it.live(
    "leaves folders, files in the way of a path, and the root",
    withProvider(function* (provider, root) {
      fs.mkdirSync(`${root}/d`)
      fs.writeFileSync(`${root}/f`, "")
      for (const path of ["d", "f/x", "none", "none/x", ""]) yield* provider.remove(at(path))
      for (const path of ["f", "none", ""]) yield* provider.removeDirectory?.(at(path)) ?? Effect.void
      assert.deepStrictEqual(onDisk(root), ["d", "f"])
    })
  )
})

describe("free space", () => {
  it.live(
    "is told for a folder that is not there yet",
    withProvider(function* (provider, root) {
      fs.rmdirSync(root)
      assert.isAbove(yield* provider.freeSpace ?? Effect.succeed(0), 0)
    })
  )

  it.live(
    "is asked before a file is written that can not fit",
    withProvider(function* (provider, root) {
      const size = 2 ** 52
      const never: ByteSource = { size, bytes: Effect.never, read: () => Stream.never }
      const { largeFile } = provider
      for (const attempt of [
        provider.put(at("a"), never, { modifiedAt }),
        largeFile?.start(at("a"), { modifiedAt, size, partSize: 2 ** 40 })
      ]) {
        const error = yield* failureOf<unknown>(attempt ?? Effect.void)
        assert.strictEqual(error.reason._tag, "NoSpace")
        assert.match(error.message, /needs 4503599627370496 bytes and the disk has \d+ left/)
      }
      assert.deepStrictEqual(onDisk(root), [])
    })
  )
})
