import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Entry } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { NotFound, StorageError } from "@ourclone/core/contract/StorageError"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Told from "@ourclone/core/testing/Told"
import { Effect, Exit, Stream } from "effect"

const put = (provider: Provider, path: string, text = path, contentType?: string) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), {
    modifiedAt: 1000,
    contentType
  })

const names = (provider: Provider) =>
  Effect.map(Stream.runCollect(provider.list(root)), (entries) => entries.map(({ path }) => path))

const run = (source: Provider, destination: Provider, options: Partial<Transfer.TransferOptions> = {}) => {
  const tell = Told.make()
  const plan = Plan.make(source, destination, {
    comparison: { by: "time" },
    removesExtra: options.removesSource !== true,
    reportsSame: options.removesSource ?? false
  })
  const settings = {
    transfers: 2,
    partConcurrency: 2,
    allowsEmptySource: false,
    tell
  }
  return Effect.map(Effect.exit(Transfer.execute(source, destination, plan, { ...settings, ...options })), (exit) => ({
    exit,
    facts: tell.facts,
    summary: Exit.isSuccess(exit) ? exit.value : undefined
  }))
}

const withSkipped = (provider: Provider, isFailure: boolean): Provider => {
  const entry: Entry = { _tag: "Skipped", path: "0", because: "it can not be read", isFailure }
  return { ...provider, list: (path, options) => Stream.concat(Stream.succeed(entry), provider.list(path, options)) }
}

describe("Transfer.execute", () => {
  it.effect(
    "says of a file that a stop costs more than usual, where the service's limit of parts makes them that large",
    () =>
      Effect.gen(function* () {
        const gone = new StorageError({
          provider: "memory",
          operation: "read",
          reason: new NotFound({ message: "gone" })
        })
        const notesOf = (size: number) =>
          Effect.gen(function* () {
            const entry: Entry = { _tag: "File", path: makeUnsafe("big"), size, modifiedAt: 1, checksums: {} }
            const source = {
              ...MemoryProvider.make(),
              list: () => Stream.succeed(entry),
              read: () => Stream.fail(gone)
            }
            const destination = MemoryProvider.make({ limits: { maxParts: 100 } })
            const { facts } = yield* run(source, destination)
            return facts.flatMap((fact) => (fact._tag === "Note" ? [fact.message] : []))
          })
        assert.deepStrictEqual(yield* notesOf(6_000_000_000), [])
        const [note = "", ...others] = yield* notesOf(10_000_000_000)
        assert.match(
          note,
          /"big" is stored in parts of 96[.]0 MiB, as memory\S* takes no more than 100 of one file: .* again/
        )
        assert.deepStrictEqual(others, [])
      })
  )

  it.live("lets what else is on its thread have a turn, however many files need nothing to wait for", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      for (let index = 0; index < 30; index++) yield* put(source, `${index}`)
      const memory = MemoryProvider.make()
      const busyMillis = 10
      const destination: Provider = {
        ...memory,
        put: (...asked) =>
          Effect.suspend(() => {
            const until = performance.now() + busyMillis
            while (performance.now() < until);
            return memory.put(...asked)
          })
      }
      let turns = 0
      let timer: NodeJS.Immediate | undefined
      const watch = () => {
        turns++
        timer = setImmediate(watch)
      }
      watch()
      const { summary } = yield* run(source, destination)
      clearImmediate(timer)
      assert.strictEqual(summary?.stored, 30)
      // At most what each of both workers does of it between two turns.
      assert.isAtLeast(turns, 10)
    })
  )

  it.effect("removes the folders that it has emptied from the deepest up", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      yield* put(source, "kept")
      for (const path of ["a/b/c/file", "a/b-c/file", "d/file"]) yield* put(memory, path)
      const asked: Array<string> = []
      yield* run(source, { ...memory, removeDirectory: (path) => Effect.sync(() => void asked.push(path)) })
      assert.sameMembers(asked, ["a/b/c", "a/b", "a", "a/b-c", "d"])
      assert.isBelow(asked.indexOf("a/b/c"), asked.indexOf("a/b"))
      assert.isBelow(asked.indexOf("a/b"), asked.indexOf("a"))
      assert.isBelow(asked.indexOf("a/b-c"), asked.indexOf("a"))
    })
  )

  it.effect("counts what can not be read as failed, and then removes nothing at and below it", () =>
    Effect.gen(function* () {
      for (const isFailure of [true, false]) {
        for (const side of ["source", "destination"] as const) {
          const source = MemoryProvider.make()
          const destination = MemoryProvider.make()
          yield* put(source, "kept")
          yield* put(destination, "extra")
          yield* put(destination, "0/below")
          const { summary } =
            side === "source"
              ? yield* run(withSkipped(source, isFailure), destination)
              : yield* run(source, withSkipped(destination, isFailure))
          const isHeld = isFailure || side === "source"
          assert.deepStrictEqual(yield* names(destination), isHeld ? ["0/below", "kept"] : ["kept"])
          assert.strictEqual(summary?.failed, isFailure ? 1 : 0)
          assert.strictEqual(summary?.skipped, !isFailure && side === "source" ? 1 : 0)
        }
      }
    })
  )

  it.effect("moves away no file of which size, time or version is another now", () =>
    Effect.gen(function* () {
      for (const change of [{ size: 2 }, { modifiedAt: 1001 }, { versionId: "another" }, {}]) {
        const source = MemoryProvider.make()
        yield* put(source, "a")
        const changed: Provider = {
          ...source,
          stat: (path) => Effect.map(source.stat(path), (file) => ({ ...file, ...change }))
        }
        yield* run(changed, MemoryProvider.make(), { removesSource: true })
        const isSame = Object.keys(change).length === 0
        assert.deepStrictEqual(yield* names(source), isSame ? [] : ["a"], JSON.stringify(change))
      }
    })
  )

  it.effect("takes its bandwidth for small files and for those it streams", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      yield* put(source, "a", "12345")
      for (const way of ["bytes", "read"] as const) {
        let taken = 0
        const count = (bytes: number) => {
          taken += bytes
        }
        const bandwidth = {
          take: (bytes: number) => Effect.sync(() => count(bytes)),
          isLimited: () => true,
          setRate: () => Effect.void
        }
        const destination: Provider = {
          ...memory,
          put: (path, from, options) =>
            Effect.flatMap(
              way === "bytes"
                ? from.bytes
                : Effect.map(Stream.runCollect(from.read()), (pieces) => new Uint8Array(Buffer.concat(pieces))),
              (bytes) => memory.put(path, ByteSource.fromBytes(bytes), options)
            )
        }
        yield* run(source, destination, { bandwidth })
        yield* memory.remove(makeUnsafe("a"))
        assert.strictEqual(taken, 5, way)
      }
    })
  )

  it.effect("carries time and type of a file over", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(source, "a", "a", "text/x-own")
      yield* run(source, destination)
      assert.deepInclude(yield* destination.stat(makeUnsafe("a")), { modifiedAt: 1000, contentType: "text/x-own" })
    })
  )

  it.effect("fails, and removes nothing, when the source can not be listed to its end", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(memory, "a")
      for (const path of ["a", "b", "c"]) yield* put(destination, path)
      const error = new StorageError({
        provider: "memory",
        operation: "list",
        reason: new NotFound({ message: "gone" })
      })
      const source: Provider = { ...memory, list: () => Stream.concat(memory.list(root), Stream.fail(error)) }
      const { exit } = yield* run(source, destination)
      assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(yield* names(destination), ["a", "b", "c"])
    })
  )

  it.effect("transfers even when told to do nothing at a time", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(source, "a")
      yield* run(source, destination, { transfers: 0 })
      assert.deepStrictEqual(yield* names(destination), ["a"])
    })
  )
})
