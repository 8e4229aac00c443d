import { describe, expect, it } from "@effect/vitest"
import { type FileSystem, rootIno } from "@ourclone/mount/contract/FileSystem"
import { isRefused } from "@ourclone/mount/contract/Refusal"
import * as Effect from "effect/Effect"
import * as SnapshotFileSystem from "../../src/mount/SnapshotFileSystem.ts"
import * as LoadedRepository from "../../src/repository/LoadedRepository.ts"
import * as OpenedRepository from "../../src/repository/OpenedRepository.ts"
import * as SelectedSnapshots from "../../src/repository/SelectedSnapshots.ts"
import { home, preparedWorld, runJson, secretsOf, withSnapshot } from "../support/Samples.ts"

const large = Buffer.alloc(5_000_000, "0123456789abcdef-")

const mounted = Effect.gen(function* () {
  const world = yield* preparedWorld({ request: home, prepare: withSnapshot })
  world.write("from/folder/large", large.toString())
  yield* runJson(world, "backup", { ...home(world), paths: [world.at("from")] }, [])
  const beside = {
    tell: { fact: () => {}, gauge: () => {}, room: Effect.void, isBehind: () => false },
    secrets: secretsOf([`repository:${world.at("repository")}`])
  }
  const opened = Effect.gen(function* () {
    const repository = yield* OpenedRepository.open(home(world), beside)
    const { snapshot, subfolder } = yield* SelectedSnapshots.one(repository, `latest:${world.at("from")}`)
    const reader = yield* LoadedRepository.readerOf(repository)
    const root = yield* SelectedSnapshots.folderTree(repository, reader, snapshot, subfolder)
    const owner = { uid: 1000, gid: 1000 }
    const time = { seconds: 1, nanoseconds: 0 }
    const context = yield* Effect.context<never>()
    return SnapshotFileSystem.make({ repository, reader, name: "home", root, owner, time, context })
  })
  return yield* Effect.provide(opened, world.layer)
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
})
