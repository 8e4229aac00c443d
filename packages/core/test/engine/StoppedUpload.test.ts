import { assert, describe, it } from "@effect/vitest"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { LargeFile } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { UnderWay } from "@ourclone/core/engine/UnderWay"
import { plannedPartSize, upload } from "@ourclone/core/engine/Upload"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Clock, Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"

const megabyte = 1_000_000

/** As B2 has them. */
const limits = {
  cutoff: 200 * megabyte,
  minPartSize: 5 * megabyte,
  maxPartSize: 5000 * megabyte,
  maxParts: 10_000,
  recommendedPartSize: 100 * megabyte,
  partChecksum: "sha1"
} as const

interface Line {
  /** Milliseconds. */
  readonly tick: number
  /** Bytes a second of all streams together, and of each. */
  readonly speed: number
  readonly streamSpeed?: number
}

/** B2 at the end of a line: nothing is kept, bytes are counted. */
const service = ({ speed, streamSpeed = Number.POSITIVE_INFINITY, tick }: Line) => {
  const state = { streams: 0, whole: 0, lastAt: 0, partial: new Map<object, number>() }
  const send = (size: number) =>
    Effect.suspend(() => {
      const stream = {}
      state.streams++
      const step: Effect.Effect<void> = Effect.suspend(() => {
        const sent = state.partial.get(stream) ?? 0
        if (sent >= size) {
          state.whole += size
          state.partial.delete(stream)
          return Effect.map(Clock.currentTimeMillis, (now) => {
            state.lastAt = now
          })
        }
        return Effect.flatMap(Effect.sleep(tick), () => {
          const share = Math.min(streamSpeed, speed / state.streams) * (tick / 1000)
          state.partial.set(stream, Math.min(size, sent + share))
          return step
        })
      })
      return Effect.ensuring(
        step,
        Effect.sync(() => state.streams--)
      )
    })
  const memory = MemoryProvider.make({ limits })
  const inner = memory.largeFile!
  const largeFile: LargeFile = {
    ...inner,
    uploadPart: (_, number, { size }) => Effect.as(send(size), { number, size, checksum: "" }),
    finish: (file) =>
      Effect.succeed({ _tag: "File", path: file.path, size: file.size ?? 0, modifiedAt: 0, checksums: {} })
  }
  const provider: Provider = {
    ...memory,
    capabilities: { ...memory.capabilities, maxPutSize: 5000 * megabyte },
    put: (path, { size }) => Effect.as(send(size), { _tag: "File", path, size, modifiedAt: 0, checksums: {} }),
    largeFile
  }
  const doneAt = () => state.lastAt
  const lost = () => [...state.partial.values()].reduce((sum, sent) => sum + sent, 0)
  return { provider, state, lost, doneAt }
}

const sourceOf = (size: number): ByteSource => ({ size, bytes: Effect.never, read: () => Stream.never })

/** As a run does it: 16 files at a time, which share what is under way. */
const uploadAll = (provider: Provider, sizes: ReadonlyArray<number>) => {
  const underWay = new UnderWay()
  return Effect.forEach(
    sizes.map((size, index) => ({ size, path: makeUnsafe(`${index}`) })),
    ({ path, size }) => upload(provider, path, sourceOf(size), { modifiedAt: 0, partConcurrency: 8, underWay }),
    { concurrency: 16, discard: true }
  )
}

const many = (count: number, size: number) => Array.from({ length: count }, () => size * megabyte)

describe("stopping an upload", () => {
  for (const [what, sizes] of [
    ["one file of 600 MB", many(1, 600)],
    ["6 files of 600 MB", many(6, 600)],
    ["30 files of 150 MB", many(30, 150)],
    ["130 files of 30 MB", many(130, 30)]
  ] as const) {
    for (const speed of [0.1, 1, 5, 20, 100].map((each) => each * megabyte)) {
      it.effect(`costs no more than 15 s of the line or 64 MB: ${what} at ${speed / megabyte} MB/s`, () =>
        Effect.gen(function* () {
          const total = sizes.reduce((sum, size) => sum + size, 0)
          const { lost, provider, state } = service({ speed, tick: Math.ceil(total / speed) })
          const fiber = yield* Effect.forkChild(uploadAll(provider, sizes))
          let most = 0
          // Looks at many moments, as a stop may come at any.
          for (let at = 1; at <= 60; at++) {
            yield* TestClock.adjust(Math.ceil(((total / speed) * 1000 * 0.9) / 60))
            most = Math.max(most, lost())
          }
          yield* Fiber.interrupt(fiber)
          assert.isAtMost(most, Math.max(64 * megabyte, 17 * speed))
          assert.isAtLeast(state.whole + most, 0.85 * total, "and the line is not left idle")
        })
      )
    }
  }

  // More than 160 GB are not 10,000 parts of 16 MB any more: B2 takes no more of them.
  for (const gigabytes of [161, 300, 600, 1000, 10_000]) {
    const part = plannedPartSize(gigabytes * 1000 * megabyte, limits)!
    const most = part > 64 * megabyte ? 2 * part : 64 * megabyte
    const costs = part > 64 * megabyte ? "15 s of the line or two parts" : "15 s of the line or 64 MB"
    for (const speed of [1, 20, 100, 1000].map((each) => each * megabyte)) {
      it.effect(`costs no more than ${costs}: a file of ${gigabytes} GB at ${speed / megabyte} MB/s`, () =>
        Effect.gen(function* () {
          // Forty parts of the file show it.
          const seconds = (40 * part) / speed
          const { lost, provider, state } = service({ speed, tick: Math.ceil(seconds * 2) })
          const fiber = yield* Effect.forkChild(uploadAll(provider, [gigabytes * 1000 * megabyte]))
          let lostMost = 0
          for (let at = 1; at <= 100; at++) {
            yield* TestClock.adjust(Math.ceil(seconds * 10))
            lostMost = Math.max(lostMost, lost())
          }
          yield* Fiber.interrupt(fiber)
          assert.isAtMost(lostMost, Math.max(most, 17 * speed))
          assert.isAtLeast(state.whole + lostMost, 0.85 * 40 * part, "and the line is not left idle")
        })
      )
    }
  }

  it("costs little since parts are as small as 10,000 of them allow", () => {
    for (const [gigabytes, megabytes] of [
      [1, 16],
      [160, 16],
      [300, 31],
      [600, 61],
      [10_000, 1001]
    ] as const) {
      const size = gigabytes * 1000 * megabyte
      const part = plannedPartSize(size, limits)!
      assert.isAtMost(Math.ceil(size / part), limits.maxParts)
      assert.strictEqual(Math.ceil(part / megabyte), megabytes)
    }
  })

  it.effect("of parts of 1 GB costs no more time where they share a line that none of them fills", () =>
    Effect.gen(function* () {
      const { provider, state } = service({ speed: 80 * megabyte, streamSpeed: 10 * megabyte, tick: 1000 })
      const fiber = yield* Effect.forkChild(uploadAll(provider, [10_000_000 * megabyte]))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(state.streams, 8)
      assert.isAtLeast(state.whole, 0.7 * 3600 * 80 * megabyte)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("costs little speed where one connection can not fill the line: a minute at the start", () =>
    Effect.gen(function* () {
      // 16 connections of 3 MB/s each need 10 s for a wave of files of 30 MB.
      for (const [sizes, ideal, most] of [
        [many(160, 30), 100, 1.6],
        [many(16, 300), 100, 1.15]
      ] as const) {
        const { doneAt, provider } = service({ speed: 48 * megabyte, streamSpeed: 3 * megabyte, tick: 250 })
        const fiber = yield* Effect.forkChild(uploadAll(provider, sizes))
        const begun = yield* Clock.currentTimeMillis
        yield* TestClock.adjust(ideal * 1000 * 5)
        yield* Fiber.join(fiber)
        assert.isAtMost(doneAt() - begun, ideal * 1000 * most)
      }
    })
  )
})
