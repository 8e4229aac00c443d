import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Entry } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import {
  InvalidRequest,
  PermissionDenied,
  QuotaExceeded,
  type Reason,
  SourceChanged,
  StorageError,
  Unavailable
} from "@ourclone/core/contract/StorageError"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { Fact } from "@ourclone/core/events/RunEvent"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Told from "@ourclone/core/testing/Told"
import { Effect, Schema, Stream } from "effect"

const put = (provider: Provider, path: string, text = path, modifiedAt = 1000) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt })

const names = (provider: Provider) =>
  Effect.map(Stream.runCollect(provider.list(makeUnsafe(""))), (entries) =>
    entries.map((entry) => (entry._tag === "Directory" ? `${entry.path}/` : entry.path))
  )

const failWith = (reason: Reason) => new StorageError({ provider: "memory", operation: "put", reason })

const run = (
  source: Provider,
  destination: Provider,
  options: Partial<Transfer.TransferOptions & Plan.PlanOptions> = {}
) => {
  const tell = Told.make()
  const plan = Plan.make(source, destination, {
    comparison: { by: "time" },
    removesExtra: true,
    reportsSame: options.removesSource ?? false,
    ...options
  })
  return Effect.map(
    Effect.exit(
      Transfer.execute(source, destination, plan, {
        transfers: 2,
        partConcurrency: 2,
        allowsEmptySource: false,
        tell,
        ...options
      })
    ),
    (exit) => ({
      exit,
      facts: tell.facts,
      words: tell.facts.filter(({ _tag }) => _tag !== "Planned").map(Told.inWords)
    })
  )
}

/** A file with more beside it than the destination would take of attributes. */
const cramped = Effect.gen(function* () {
  const metadata = { author: "ann", note: "x".repeat(100) }
  const source = MemoryProvider.make()
  const bytes = ByteSource.fromBytes(new TextEncoder().encode("text"))
  yield* source.put(makeUnsafe("a"), bytes, { modifiedAt: 1000, metadata })
  const metadataRefusal = (some: object) => (JSON.stringify(some).length > 80 ? "no room" : undefined)
  return { metadata, source, destination: MemoryProvider.make({ capabilities: { metadataRefusal } }) }
})

describe("Transfer.execute", () => {
  it.effect("stores what is missing, then removes what is extra, and tells of each", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(source, "new.txt")
      yield* put(source, "same.txt")
      yield* put(destination, "same.txt")
      yield* put(destination, "extra/old.txt")
      const { words } = yield* run(source, destination)
      assert.deepStrictEqual(words, ["stored new.txt", "removed extra/old.txt"])
      assert.deepStrictEqual(yield* names(destination), ["new.txt", "same.txt"])
    })
  )

  it.effect("counts as the same what the destination does not keep beside a file, and says so once", () =>
    Effect.gen(function* () {
      const [source, plain] = [MemoryProvider.make(), MemoryProvider.make()]
      const bytes = ByteSource.fromBytes(new TextEncoder().encode("text"))
      for (const name of ["a", "b", "kept"]) {
        const metadata = { mode: "100600", uid: "1", gid: "2" }
        yield* source.put(makeUnsafe(name), bytes, { modifiedAt: 1000, metadata })
        yield* plain.put(makeUnsafe(name), bytes, { modifiedAt: 1000, metadata: { ...metadata, uid: "9" } })
      }
      yield* plain.put(makeUnsafe("kept"), bytes, {
        modifiedAt: 1000,
        metadata: { mode: "100644", uid: "9", gid: "2" }
      })
      const destination: Provider = {
        ...plain,
        setMetadata: (file, metadata, ...time) => plain.setMetadata!(file, { ...metadata, uid: "9" }, ...time)
      }
      const options = {
        withMetadata: true,
        comparison: { by: "time", withMetadata: destination.capabilities }
      } as const
      const deeds = (facts: ReadonlyArray<{ readonly _tag: string }>) =>
        facts.map(({ _tag }) => _tag).filter((tag) => tag === "Done" || tag === "Note")
      const first = yield* run(source, destination, options)
      assert.sameMembers(deeds(first.facts), ["Done", "Note"])
      assert.deepInclude(yield* first.exit, { touched: 1, same: 2 })
      const second = yield* run(source, destination, options)
      assert.deepStrictEqual(deeds(second.facts), ["Note"])
      assert.deepInclude(yield* second.exit, { touched: 0, same: 3 })
    })
  )

  it.effect("names a file of which something may not be set, what that is, and why", () =>
    Effect.gen(function* () {
      const [source, plain] = [MemoryProvider.make(), MemoryProvider.make()]
      const bytes = ByteSource.fromBytes(new TextEncoder().encode("text"))
      yield* source.put(makeUnsafe("mode"), bytes, { modifiedAt: 1000, metadata: { mode: "100600" } })
      yield* plain.put(makeUnsafe("mode"), bytes, { modifiedAt: 1000 })
      yield* source.put(makeUnsafe("time"), bytes, { modifiedAt: 9000 })
      yield* plain.put(makeUnsafe("time"), bytes, { modifiedAt: 1000 })
      const denied = () => Effect.fail(failWith(new PermissionDenied({ message: "it is of somebody else" })))
      const destination: Provider = { ...plain, touch: denied, setMetadata: denied }
      const comparison = { by: "time", withMetadata: destination.capabilities } as const
      const { facts } = yield* run(source, destination, { withMetadata: true, comparison })
      const notes = facts.flatMap((fact) => (fact._tag === "Note" ? [fact.message] : []))
      assert.lengthOf(notes, 2)
      assert.match(notes.join("\n"), /modes can not be set, as of "mode", .*: it is of somebody else/)
      assert.match(notes.join("\n"), /times can not be set, as of "time", .*: it is of somebody else/)
    })
  )

  it.effect("leaves it to the destination to say of which files attributes have no room there", () =>
    Effect.gen(function* () {
      const [source, plain] = [MemoryProvider.make(), MemoryProvider.make()]
      const bytes = ByteSource.fromBytes(new TextEncoder().encode("text"))
      yield* source.put(makeUnsafe("a"), bytes, { modifiedAt: 1000, metadata: { author: "ann" } })
      yield* plain.put(makeUnsafe("a"), bytes, { modifiedAt: 1000 })
      const codes = Effect.fnUntraced(function* (code: string) {
        const destination: Provider = {
          ...plain,
          setMetadata: (file, _, ...time) => plain.setMetadata!(file, undefined, ...time),
          remarks: () => [{ code, message: "a is without one" }]
        }
        const comparison = { by: "time", withMetadata: destination.capabilities } as const
        const { facts } = yield* run(source, destination, { withMetadata: true, comparison })
        return facts.flatMap((fact) => (fact._tag === "Note" ? [fact.code] : []))
      })
      assert.deepStrictEqual(yield* codes("ownersNotKept"), ["attributesNotKept"])
      assert.deepStrictEqual(yield* codes("attributesLeftOut"), [])
      assert.deepStrictEqual(yield* codes("attributesNotKept"), [])
    })
  )

  it.effect("sets the time alone where only that differs, and tells that it did", () =>
    Effect.gen(function* () {
      const [source, destination] = [MemoryProvider.make(), MemoryProvider.make()]
      yield* put(source, "later.txt", "same", 2000)
      yield* put(destination, "later.txt", "same", 1000)
      assert.deepStrictEqual((yield* run(source, destination)).words, ["touched later.txt"])
      assert.strictEqual((yield* destination.stat(makeUnsafe("later.txt"))).modifiedAt, 2000)
    })
  )

  it.effect("takes what is beside a file over as it is where nobody asked for it to be fitted", () =>
    Effect.gen(function* () {
      const { destination, metadata, source } = yield* cramped
      const { words } = yield* run(source, destination)
      assert.deepStrictEqual(words, ["stored a"])
      assert.deepStrictEqual((yield* destination.stat(makeUnsafe("a"))).metadata, metadata)
    })
  )

  it.effect("leaves a file at the source that would lose of what is beside it by a move", () =>
    Effect.gen(function* () {
      const { destination, source } = yield* cramped
      const { words } = yield* run(source, destination, {
        removesSource: true,
        removesExtra: false,
        withMetadata: true
      })
      assert.deepStrictEqual(words, ["skipped a"])
      assert.deepStrictEqual([yield* names(source), yield* names(destination)], [["a"], []])
      const copied = yield* run(source, destination, { withMetadata: true })
      assert.deepStrictEqual(copied.words, ["note attributesLeftOut", "stored a"])
    })
  )

  it.effect("reports a file that fails for now, goes on with the rest, and then removes nothing", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      yield* put(source, "a.txt")
      yield* put(source, "b.txt")
      yield* put(memory, "extra.txt")
      const changed = failWith(new Unavailable({ message: "nobody answers" }))
      const destination: Provider = {
        ...memory,
        put: (path, bytes, options) => (path === "a.txt" ? Effect.fail(changed) : memory.put(path, bytes, options))
      }
      const { exit, words } = yield* run(source, destination)
      assert.include(words, "failed a.txt")
      assert.include(words, "stored b.txt")
      assert.include(words, "note removalsWithheld")
      assert.deepStrictEqual(yield* names(memory), ["b.txt", "extra.txt"])
      assert.strictEqual(exit._tag === "Success" ? exit.value.failed : -1, 1)
    })
  )

  it.effect("removes what is extra elsewhere when an entry can not be handled, and nothing at or below that", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      yield* put(memory, "a.txt")
      const odd: Entry = { _tag: "Skipped", path: "odd", because: "it has no name", isFailure: true }
      const source: Provider = { ...memory, list: () => Stream.concat(memory.list(root), Stream.succeed(odd)) }
      const destination = MemoryProvider.make()
      for (const path of ["a.txt", "extra/x", "odd/below", "oddly"]) yield* put(destination, path)
      const { exit, words } = yield* run(source, destination)
      assert.include(words, "failed odd")
      assert.deepStrictEqual(yield* names(destination), ["a.txt", "odd/below"])
      assert.strictEqual(exit._tag === "Success" ? exit.value.failed : -1, 1)
    })
  )

  it.effect("removes what is extra elsewhere when the destination refuses a name, and nothing at or below that", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      for (const path of ["bad", "good"]) yield* put(source, path)
      for (const path of ["bad/below", "extra"]) yield* put(memory, path)
      const refused = failWith(new InvalidRequest({ message: "it takes no such name", concernsName: true }))
      const destination: Provider = {
        ...memory,
        put: (path, bytes, options) => (path === "bad" ? Effect.fail(refused) : memory.put(path, bytes, options))
      }
      const { exit, words } = yield* run(source, destination)
      assert.include(words, "note removalsWithheld")
      assert.deepStrictEqual(yield* names(memory), ["bad/below", "good"])
      assert.deepInclude(exit, { _tag: "Success" })
      assert.strictEqual(exit._tag === "Success" ? exit.value.withheld : -1, 1)
    })
  )

  it.effect("removes what is extra, but for what a file that can not be read may have been renamed from", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(memory, "locked/renamed", "12345")
      yield* put(memory, "ok", "1")
      for (const [path, text] of [
        ["extra", "123"],
        ["before", "12345"],
        ["locked/renamed/below", "1"]
      ] as const) {
        yield* put(destination, path, text)
      }
      const denied = failWith(new PermissionDenied({ message: "nobody may read it" }))
      const source: Provider = {
        ...memory,
        readAll: (file) => (file.path === "locked/renamed" ? Effect.fail(denied) : memory.readAll(file)),
        read: (file, range) => (file.path === "locked/renamed" ? Stream.fail(denied) : memory.read(file, range))
      }
      const { exit } = yield* run(source, destination)
      assert.deepStrictEqual(yield* names(destination), ["before", "locked/renamed/below", "ok"])
      assert.strictEqual(exit._tag === "Success" ? exit.value.withheld : -1, 2)
    })
  )

  it.effect("stops the whole job at a cap, and removes nothing", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      yield* put(source, "a.txt")
      yield* put(memory, "extra.txt")
      const capped = failWith(new QuotaExceeded({ message: "the storage cap is reached" }))
      const { exit } = yield* run(source, { ...memory, put: () => Effect.fail(capped) })
      assert.include(String(exit), "the storage cap is reached")
      assert.deepStrictEqual(yield* names(memory), ["extra.txt"])
    })
  )

  it.effect("removes nothing when the source turns out empty", () =>
    Effect.gen(function* () {
      const destination = MemoryProvider.make()
      yield* put(destination, "only-copy.txt")
      const { exit } = yield* run(MemoryProvider.make(), destination)
      assert.include(String(exit), "the source is empty or missing")
      assert.deepStrictEqual(yield* names(destination), ["only-copy.txt"])
    })
  )

  it.effect("moves: the source keeps what did not arrive and loses what did", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      for (const path of ["a.txt", "b.txt", "same.txt"]) yield* put(source, path)
      yield* put(memory, "same.txt")
      const refused = failWith(new SourceChanged({ message: "it changed" }))
      const destination: Provider = {
        ...memory,
        put: (path, bytes, options) => (path === "a.txt" ? Effect.fail(refused) : memory.put(path, bytes, options))
      }
      yield* run(source, destination, { removesSource: true, removesExtra: false })
      assert.deepStrictEqual(yield* names(source), ["a.txt"])
      assert.deepStrictEqual(yield* names(memory), ["b.txt", "same.txt"])
    })
  )

  it.effect("copies inside the service when both sides are of one account", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make({ location: "one" })
      const destination = MemoryProvider.make({ account: source.memory, location: "two" })
      yield* put(source, "a.txt")
      const { words } = yield* run(source, destination)
      assert.deepStrictEqual(words, ["copied a.txt"])
      assert.deepStrictEqual(yield* names(destination), ["a.txt"])
    })
  )

  it.effect("carries empty directories over and takes emptied ones away", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(source, "a.txt")
      yield* source.makeDirectory!(makeUnsafe("empty/deep"))
      yield* destination.makeDirectory!(makeUnsafe("old/deep"))
      yield* run(source, destination)
      assert.deepStrictEqual(yield* names(destination), ["a.txt", "empty/deep/"])
    })
  )

  it.effect("writes events that any frontend can read back", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      yield* put(source, "a.txt")
      const error = failWith(new SourceChanged({ message: "it changed" }))
      const { facts } = yield* run(source, { ...memory, put: () => Effect.fail(error) })
      const codec = Schema.fromJsonString(Schema.toCodecJson(Fact))
      const failed = facts.find((fact) => fact._tag === "Failed")!
      const back = yield* Schema.decodeEffect(codec)(yield* Schema.encodeEffect(codec)(failed))
      assert.deepStrictEqual(back, {
        _tag: "Failed",
        failure: { code: "SourceChanged", message: "it changed", provider: "memory", item: "a.txt", isRetryable: false }
      })
    })
  )
})
