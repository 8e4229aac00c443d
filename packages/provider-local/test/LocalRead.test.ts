import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { at, contentOf, failureOf, fileOf, modifiedAt, noise, sha1, source, withProvider } from "./TemporaryFolder.ts"

const mebibyte = 1024 * 1024

const openFiles = (): number => fs.readdirSync("/proc/self/fd").length
const hasOpenFiles = fs.existsSync("/proc/self/fd")

describe("reading", () => {
  it.live(
    "gives pieces of 1 MiB that stay as they are while the next ones are read",
    withProvider(function* (provider) {
      const content = noise(3 * mebibyte + 5)
      const file = yield* provider.put(at("a"), source(content), { modifiedAt })
      const pieces = yield* Stream.runCollect(provider.read(file))
      assert.deepStrictEqual(
        pieces.map((piece) => piece.length),
        [mebibyte, mebibyte, mebibyte, 5]
      )
      assert.strictEqual(sha1(Buffer.concat(pieces)), sha1(content))
    })
  )

  for (const size of [10, 3 * mebibyte]) {
    it.live(
      `of ${size} bytes fails with SourceChanged when the file is not as it was listed`,
      withProvider(function* (provider, root) {
        const file = yield* provider.put(at("a"), source(noise(size)), { modifiedAt })
        const reads = () => [
          provider.readAll(file),
          contentOf(provider, file),
          provider.digest?.(file)(mebibyte, "sha1")
        ]
        const changes = {
          longer: () => fs.appendFileSync(`${root}/a`, "x"),
          shorter: () => fs.truncateSync(`${root}/a`, size - 1),
          "of another time": () => fs.utimesSync(`${root}/a`, 1, modifiedAt / 1000 + 1),
          "a link": () => {
            fs.rmSync(`${root}/a`)
            fs.symlinkSync("b", `${root}/a`)
          },
          "a directory": () => {
            fs.rmSync(`${root}/a`)
            fs.mkdirSync(`${root}/a`)
          }
        }
        for (const [what, change] of Object.entries(changes)) {
          yield* provider.put(at("a"), source(noise(size)), { modifiedAt })
          change()
          for (const read of reads()) {
            const error = yield* failureOf<unknown>(read ?? Effect.void)
            assert.strictEqual(error.reason._tag, "SourceChanged", what)
            assert.include(error.message, '"a"')
          }
        }
      })
    )
  }

  it.live(
    "fails with NotFound when the file vanished after it was listed, and says so",
    withProvider(function* (provider, root) {
      const file = yield* provider.put(at("d/a"), source("x"), { modifiedAt })
      fs.rmSync(`${root}/d`, { recursive: true })
      for (const read of [
        provider.readAll(file),
        contentOf(provider, file),
        provider.digest?.(file)(mebibyte, "sha1")
      ]) {
        const error = yield* failureOf<unknown>(read ?? Effect.void)
        assert.strictEqual(error.reason._tag, "NotFound")
        assert.include(error.message, "it was there when listed and is gone now")
      }
    })
  )

  it.live(
    "fails before the last piece when the file changes meanwhile",
    withProvider(function* (provider, root) {
      const size = 4 * mebibyte
      const file = yield* provider.put(at("a"), source(noise(size)), { modifiedAt })
      let arrived = 0
      const reading = Stream.runForEach(provider.read(file), (piece) =>
        Effect.sync(() => {
          if (arrived === 0) fs.utimesSync(`${root}/a`, 1, 1)
          arrived += piece.length
        })
      )
      assert.strictEqual((yield* failureOf(reading)).reason._tag, "SourceChanged")
      assert.isBelow(arrived, size)
    })
  )

  it.live(
    "is not held up by a pipe that took the place of the file",
    withProvider(function* (provider, root) {
      const file = yield* provider.put(at("a"), source("x"), { modifiedAt })
      fs.rmSync(`${root}/a`)
      spawnSync("mkfifo", [`${root}/a`])
      assert.strictEqual((yield* failureOf(provider.readAll(file))).reason._tag, "SourceChanged")
    })
  )

  it.live.runIf(hasOpenFiles)(
    "closes its file when it ends, fails, or is not read to the end",
    withProvider(function* (provider, root) {
      const file = yield* provider.put(at("a"), source(noise(5 * mebibyte)), { modifiedAt })
      const before = openFiles()
      yield* contentOf(provider, file)
      yield* Stream.runDrain(Stream.take(provider.read(file), 1))
      yield* Effect.timeoutOption(
        Stream.runForEach(provider.read(file), () => Effect.sleep(20)),
        30
      )
      fs.truncateSync(`${root}/a`, 5)
      yield* failureOf(provider.readAll(file))
      yield* failureOf(contentOf(provider, file))
      assert.strictEqual(openFiles(), before)
    })
  )
})

describe("a digest", () => {
  for (const [size, partSize] of [
    [0, 10],
    [10, 10],
    [25, 10],
    [mebibyte + 1, mebibyte],
    [5 * mebibyte, 10 * mebibyte],
    [70 * mebibyte + 3, 20 * mebibyte - 7]
  ] as const) {
    it.live(
      `of ${size} bytes in parts of ${partSize} is that of the whole and of each part`,
      withProvider(function* (provider, root) {
        const content = noise(size)
        fs.writeFileSync(`${root}/a`, content)
        const file = yield* fileOf(provider, "a")
        const found = yield* provider.digest?.(file)(partSize, "sha1") ?? Effect.die("none")
        const count = Math.max(1, Math.ceil(size / partSize))
        const parts = Array.from({ length: count }, (_, index) =>
          sha1(content.subarray(index * partSize, (index + 1) * partSize))
        )
        assert.deepStrictEqual(found, { algorithm: "sha1", whole: sha1(content), parts })
      })
    )
  }

  it.live(
    "of a large file tells how far it is, byte for byte of the whole",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/a`, "")
      fs.truncateSync(`${root}/a`, 100 * mebibyte)
      const file = yield* fileOf(provider, "a")
      const told: Array<number> = []
      yield* provider.digest?.(file)(30 * mebibyte, "sha1", (bytes) => told.push(bytes)) ?? Effect.die("none")
      const hashed = told.reduce((sum, bytes) => sum + bytes, 0)
      assert.isAbove(told.length, 3)
      assert.isAtMost(hashed, 100 * mebibyte)
      assert.isAbove(hashed, 80 * mebibyte)
    })
  )

  it.live(
    "ends at once when it is interrupted",
    withProvider(function* (provider, root) {
      fs.writeFileSync(`${root}/a`, "")
      fs.truncateSync(`${root}/a`, 20 * 1024 * mebibyte)
      const file = yield* fileOf(provider, "a")
      const began = yield* Deferred.make<void>()
      let hashed = 0
      const onBytes = (bytes: number) => {
        hashed += bytes
        Deferred.doneUnsafe(began, Effect.void)
      }
      const fiber = yield* Effect.forkChild(provider.digest?.(file)(mebibyte, "sha1", onBytes) ?? Effect.die("none"))
      yield* Deferred.await(began)
      yield* Fiber.interrupt(fiber)
      assert.isBelow(hashed, 10 * 1024 * mebibyte)
    })
  )
})
