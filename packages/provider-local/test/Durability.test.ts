import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { at, modifiedAt, source, withProvider } from "./TemporaryFolder.ts"

const { fdatasync, fsync, readlinkSync, renameSync } = fs
const real = { fdatasync, fsync, renameSync }
afterEach(() => {
  Object.assign(fs, real)
  syncBuiltinESMExports()
})

/** Every flush and rename from now on, in their order; what lies at a descriptor is told by Linux only. */
const recordCalls = (root: string): Array<string> => {
  const calls: Array<string> = []
  const nameOf = (path: string) =>
    path === root ? "." : path.replace(`${root}/`, "").replace(/\.ourclone-[^/]*$|~[^/]*$/, "")
  const pathOf = (fd: number) => readlinkSync(`/proc/self/fd/${fd}`)
  Object.assign(fs, {
    fdatasync: (fd: number, done: (error: Error | null) => void) => {
      calls.push("flush file")
      real.fdatasync(fd, done)
    },
    fsync: (fd: number, done: (error: Error | null) => void) => {
      const path = pathOf(fd)
      if (path.startsWith(root)) calls.push(`flush ${nameOf(path)}`)
      real.fsync(fd, done)
    },
    renameSync: (from: string, to: string) => {
      calls.push(`rename to ${nameOf(to)}`)
      real.renameSync(from, to)
    }
  })
  syncBuiltinESMExports()
  return calls
}

describe.runIf(process.platform === "linux")("a durable put", () => {
  it.live(
    "flushes the file, gives it its name, then flushes its directory and each new one above it",
    withProvider(function* (provider, root) {
      const calls = recordCalls(root)
      yield* provider.put(at("data/5a/pack"), source("content"), { modifiedAt, durable: true })
      expect(calls.slice(0, 2)).toEqual(["flush file", "rename to data/5a/pack"])
      expect(calls.slice(2).sort()).toEqual(["flush .", "flush data", "flush data/5a"])
    })
  )

  it.live(
    "flushes only the directory of a second file",
    withProvider(function* (provider, root) {
      yield* provider.put(at("data/5a/pack"), source("content"), { modifiedAt, durable: true })
      const calls = recordCalls(root)
      yield* provider.put(at("data/5a/other"), source("content"), { modifiedAt, durable: true })
      expect(calls).toEqual(["flush file", "rename to data/5a/other", "flush data/5a"])
    })
  )

  it.live(
    "in parts flushes the file before its name too",
    withProvider(function* (provider, root) {
      const large = provider.largeFile!
      const content = Buffer.alloc(1000, "part")
      const file = yield* large.start(at("large"), { modifiedAt, size: content.length, partSize: content.length })
      const part = yield* large.uploadPart(file, 1, source(content), { offset: 0 })
      const calls = recordCalls(root)
      yield* large.finish(file, [part], { durable: true })
      expect(calls).toEqual(["flush file", "rename to large", "flush ."])
    })
  )

  it.live(
    "flushes directories again that were removed meanwhile",
    withProvider(function* (provider, root) {
      yield* provider.put(at("data/5a/pack"), source("content"), { modifiedAt, durable: true })
      fs.rmSync(`${root}/data`, { recursive: true })
      const calls = recordCalls(root)
      yield* Effect.andThen(
        provider.removeDirectory!(at("data")),
        provider.put(at("data/5a/pack"), source("content"), { modifiedAt, durable: true })
      )
      expect(calls.slice(2).sort()).toEqual(["flush .", "flush data", "flush data/5a"])
    })
  )
})

describe.runIf(process.platform === "linux")("a put that need not be durable", () => {
  it.live(
    "waits for no disk",
    withProvider(function* (provider, root) {
      const calls = recordCalls(root)
      yield* provider.put(at("data/5a/pack"), source("content"), { modifiedAt })
      expect(calls).toEqual(["rename to data/5a/pack"])
    })
  )
})
