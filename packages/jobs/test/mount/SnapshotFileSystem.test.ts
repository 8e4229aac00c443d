import { describe, expect, it } from "@effect/vitest"
import type { BlobReader } from "@ourclone/backup/repository/BlobReader"
import type { Repository } from "@ourclone/backup/repository/Repository"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import { type FileSystem, rootIno } from "@ourclone/mount/contract/FileSystem"
import { isRefused } from "@ourclone/mount/contract/Refusal"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as SnapshotFileSystem from "../../src/mount/SnapshotFileSystem.ts"
import * as LoadedRepository from "../../src/repository/LoadedRepository.ts"
import * as OpenedRepository from "../../src/repository/OpenedRepository.ts"
import * as SelectedSnapshots from "../../src/repository/SelectedSnapshots.ts"
import { home, preparedWorld, runJson, secretsOf, withSnapshot } from "../support/Samples.ts"

interface Away {
  is: boolean
}
const unreachable = new StorageError({
  provider: "memory",
  operation: "read",
  reason: new Unavailable({ message: "no route to it" })
})
const reaching = <A, E>(away: Away, work: Effect.Effect<A, E | StorageError>) =>
  retrying(Effect.suspend(() => (away.is ? Effect.fail(unreachable) : work)) as Effect.Effect<A, StorageError>)

const large = Buffer.alloc(5_000_000, "0123456789abcdef-")

const mountedFrom = Effect.fnUntraced(function* (
  context: Context.Context<never>,
  away: Away = { is: false },
  notes: Array<string> = []
) {
  const world = yield* preparedWorld({ request: home, prepare: withSnapshot })
  world.write("from/folder/large", large.toString())
  yield* runJson(world, "backup", { ...home(world), paths: [world.at("from")] }, [])
  const beside = {
    tell: { fact: () => {}, gauge: () => {}, room: Effect.void, isBehind: () => false },
    secrets: secretsOf([`repository:${world.at("repository")}`])
  }
  const opened = Effect.gen(function* () {
    const whole = yield* OpenedRepository.open(home(world), beside)
    const repository: Repository = { ...whole, readRaw: (...args) => reaching(away, whole.readRaw(...args)) }
    const { snapshot, subfolder } = yield* SelectedSnapshots.one(repository, `latest:${world.at("from")}`)
    const blobs = yield* LoadedRepository.readerOf(repository)
    const reader: BlobReader = { ...blobs, tree: (id) => reaching(away, blobs.tree(id)) }
    const root = yield* SelectedSnapshots.folderTree(repository, reader, snapshot, subfolder)
    const owner = { uid: 1000, gid: 1000 }
    const time = { seconds: 1, nanoseconds: 0 }
    const note = (code: string, message: string) => notes.push(`${code}: ${message}`)
    return SnapshotFileSystem.make({ repository, reader, name: "home", root, owner, time, asking: { context, note } })
  })
  return yield* Effect.provide(opened, world.layer)
})
const mounted = Effect.flatMap(Effect.context<never>(), (context) => mountedFrom(context))
/** What waits for the storage does so by the clock of the test. */
const mountedAway = Effect.fnUntraced(function* (away: Away, notes: Array<string> = []) {
  const context = yield* Effect.context<never>()
  return yield* TestClock.withLive(Effect.scoped(mountedFrom(context, away, notes)))
})

const at = async (system: FileSystem, ...names: ReadonlyArray<string>) => {
  let ino = rootIno
  for (const name of names) {
    const found = await system.lookup(ino, name)
    if (isRefused(found)) throw new Error(`${name}: ${found.refusal}`)
    ino = found.ino
  }
  return ino
}

describe("a snapshot as a file system", () => {
  it.live("gives names, sizes and bytes, from any offset", () =>
    Effect.gen(function* () {
      const system = yield* Effect.scoped(mounted)
      yield* Effect.promise(async () => {
        const page = await system.readDirectory(rootIno, 0, 10)
        expect(isRefused(page) ? [] : page.nodes.map(({ name }) => name)).toEqual(["a", "folder"])
        const opened = await system.open(await at(system, "folder", "large"), { reads: true, writes: false })
        if (isRefused(opened)) throw new Error(opened.message)
        expect(opened.attributes.size).toBe(large.length)
        for (const offset of [0, 3_000_000, 1_234_567, large.length - 10]) {
          const into = Buffer.alloc(200_000)
          const length = await system.read(opened.handle, offset, into)
          const wanted = large.subarray(offset, offset + into.length)
          expect(length).toBe(wanted.length)
          expect(into.subarray(0, wanted.length).equals(wanted)).toBe(true)
        }
        expect(await system.read(opened.handle, large.length, Buffer.alloc(1))).toBe(0)
      })
    })
  )

  it.live("refuses every change", () =>
    Effect.gen(function* () {
      const system = yield* Effect.scoped(mounted)
      yield* Effect.promise(async () => {
        const ino = await at(system, "a")
        for (const answer of [
          await system.open(ino, { reads: true, writes: true }),
          await system.unlink(rootIno, "a"),
          await system.setAttributes(ino, { mode: 0o600 }),
          await system.makeDirectory(rootIno, "b", 0o755, system.owner)
        ]) {
          expect(answer).toMatchObject({ refusal: "ReadOnly" })
        }
      })
    })
  )

  const turns = Effect.promise(async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  })
  const aSecond = Effect.andThen(TestClock.adjust("1 second"), turns)

  /** What comes of it without the storage, and after how many seconds of a clock that stands still otherwise. */
  const timed = Effect.fnUntraced(function* <A>(asked: A | Promise<A>) {
    const answers: Array<A> = []
    void Promise.resolve(asked).then((answer) => answers.push(answer))
    yield* turns
    let seconds = 0
    for (; answers.length === 0; seconds++) {
      if (seconds > 300) throw new Error("nothing came of it in five minutes")
      yield* aSecond
    }
    return { answer: answers[0]!, seconds }
  })

  it.effect(
    "refuses what can not be had once the deadline is over, and in that moment at once, and has it when it can",
    () =>
      Effect.gen(function* () {
        const away = { is: false }
        const notes: Array<string> = []
        const system = yield* mountedAway(away, notes)
        const file = yield* Effect.promise(() => at(system, "folder", "large"))
        const opened = yield* Effect.promise(async () => system.open(file, { reads: true, writes: false }))
        const handle = isRefused(opened) ? 0 : opened.handle
        const into = Buffer.alloc(4096)
        const read = () => timed(system.read(handle, 0, into))
        away.is = true
        const first = yield* read()
        expect(first.answer).toMatchObject({ refusal: "TimedOut" })
        expect(first.seconds).toBeGreaterThanOrEqual(60)
        expect(first.seconds).toBeLessThanOrEqual(65)
        expect(yield* read()).toMatchObject({ answer: { refusal: "TimedOut" }, seconds: 0 })
        expect(notes).toEqual([expect.stringMatching(/^ReadFailed: .*no route to it/)])
        yield* Effect.repeat(aSecond, { times: 2 })
        const later = system.read(handle, 0, into)
        yield* Effect.repeat(aSecond, { times: 20 })
        away.is = false
        yield* Effect.repeat(aSecond, { times: 5 })
        expect(yield* Effect.promise(async () => later)).toBe(4096)
        expect(into.equals(large.subarray(0, 4096))).toBe(true)
      })
  )

  it.effect("refuses names that can not be had once the deadline is over", () =>
    Effect.gen(function* () {
      const away = { is: false }
      const system = yield* mountedAway(away)
      const folder = yield* Effect.promise(() => at(system, "folder"))
      away.is = true
      const { answer, seconds } = yield* timed(system.readDirectory(folder, 0, 10))
      expect(answer).toMatchObject({ refusal: "TimedOut" })
      expect(seconds).toBeLessThanOrEqual(65)
      away.is = false
      expect(isRefused(yield* Effect.promise(async () => system.readDirectory(folder, 0, 10)))).toBe(false)
    })
  )
})
