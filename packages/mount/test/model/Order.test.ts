/** What comes to the storage in which order, and what of it another client may do meanwhile. */
import { NoSpace, QuotaExceeded, StorageError, Unauthenticated } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import { newUnfinishedName } from "../../src/contract/UnfinishedName.ts"
import * as Bed from "./Bed.ts"
import { list, names, putElsewhere, read, stored, ticks, value, write } from "./Bed.ts"

/** The first call of `method` waits until what is returned is called. */
const holdFirst = (bed: Bed.Bed, method: string) => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  let isFirst = true
  bed.before = (called) => {
    if (called !== method || !isFirst) return Effect.void
    isFirst = false
    begin()
    return Effect.promise(() => held)
  }
  return { begun, release }
}

const kinds = {
  "with versions": { keepsVersions: true },
  "without versions": { hasVersionIds: false }
} as const

for (const [kind, options] of Object.entries(kinds)) {
  describe(`a storage ${kind}`, () => {
    const putting = kind === "with versions" ? "put" : "putIfAbsent"

    test("has the newest file of a name, though an upload of an older one to it took longer", async () => {
      const bed = Bed.make(options)
      const mount = bed.mount()
      const slow = holdFirst(bed, putting)
      await write(mount.fileSystem, "a", "the first")
      await slow.begun
      value(await mount.fileSystem.rename(rootIno, "a", rootIno, "b", "replace"))
      await write(mount.fileSystem, "a", "the second")
      await ticks()
      slow.release()
      expect((await mount.drain(5_000)).unsent).toEqual([])
      expect([stored(bed, "a"), stored(bed, "b")]).toEqual(["the second", "the first"])
    })

    test("has the new file of a name, though the removal of the old one took longer", async () => {
      const bed = Bed.make(options)
      await putElsewhere(bed, "a", "the first")
      const mount = bed.mount()
      await list(mount.fileSystem)
      const slow = holdFirst(bed, "remove")
      value(await mount.fileSystem.unlink(rootIno, "a"))
      await slow.begun
      await write(mount.fileSystem, "a", "the second")
      await ticks()
      slow.release()
      expect((await mount.drain(5_000)).unsent).toEqual([])
      expect(stored(bed, "a")).toBe("the second")
    })

    test("keeps what another client stored between the look and the upload", async () => {
      const bed = Bed.make(options)
      await putElsewhere(bed, "old", "the base")
      const mount = bed.mount({ uploadDelay: 3_600_000, concurrency: 1 })
      for (const name of ["old", "new"]) await write(mount.fileSystem, name, `mine of ${name}`)
      let isFirst = true
      bed.before = (method) => {
        if (!method.startsWith("put") || !isFirst) return Effect.void
        isFirst = false
        return Effect.promise(async () => {
          for (const name of ["old", "new"]) await putElsewhere(bed, name, `theirs of ${name}`)
        })
      }
      expect((await mount.drain(5_000)).unsent).toEqual([])
      for (const name of ["old", "new"]) {
        expect(stored(bed, name)).toBe(`mine of ${name}`)
        const beside = names(bed).find((other) => other.startsWith(`${name} (conflict`))
        expect(stored(bed, beside ?? "")).toBe(`theirs of ${name}`)
      }
    })

    test("keeps a link's new name alone after a kill in the middle of its upload", async () => {
      const bed = Bed.make(options)
      const first = bed.mount()
      bed.after = (method) => (method === putting ? Effect.never : Effect.void)
      value(await first.fileSystem.makeLink(rootIno, "old", "somewhere", Bed.owner))
      await ticks()
      // It came there, and nobody heard of it.
      expect(names(bed)).toEqual(["old"])
      first.abandon()
      bed.after = () => Effect.void
      const second = bed.mount({ uploadDelay: 3_600_000 })
      value(await second.fileSystem.unlink(rootIno, "old"))
      value(await second.fileSystem.makeLink(rootIno, "old", "elsewhere", Bed.owner))
      value(await second.fileSystem.rename(rootIno, "old", rootIno, "new", "replace"))
      expect((await second.drain(5_000)).unsent).toEqual([])
      expect(names(bed)).toEqual(["new"])
    })
  })
}

describe("what another client stored under a name", () => {
  test("is kept where the new file of that name is joined from parts of an old one", async () => {
    const least = 50_000
    const limits = { minPartSize: least, recommendedPartSize: least, cutoff: 8 * 1024 * 1024 }
    const bed = Bed.make({ hasVersionIds: false, limits })
    await putElsewhere(bed, "old", Buffer.alloc(2 * 1024 * 1024, 1))
    const { fileSystem, drain } = bed.mount({ uploadDelay: 3_600_000 })
    const { ino } = value(await fileSystem.lookup(rootIno, "old"))
    const { handle } = value(await fileSystem.open(ino, { reads: true, writes: true }))
    value(await fileSystem.write(handle, 1024 * 1024, Buffer.from("edited")))
    value(await fileSystem.flush(handle))
    fileSystem.release(handle)
    value(await fileSystem.rename(rootIno, "old", rootIno, "new", "replace"))
    await putElsewhere(bed, "new", "theirs")
    expect((await drain(5_000)).unsent).toEqual([])
    expect(bed.calls.get("largeFile.copyPart")).toBeGreaterThan(0)
    const beside = names(bed).find((name) => name.startsWith("new (conflict"))
    expect(stored(bed, beside ?? "")).toBe("theirs")
  })

  test("is kept where the storage says that it keeps versions, and gives files no ids of any", async () => {
    const bed = Bed.make({ keepsVersions: true, hasVersionIds: false, limits: { cutoff: 100_000 } })
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    await list(mount.fileSystem)
    await write(mount.fileSystem, "large", Buffer.alloc(1_000_000, 1))
    await putElsewhere(bed, "large", "theirs")
    expect((await mount.drain(5_000)).unsent).toEqual([])
    const beside = names(bed).find((name) => name.startsWith("large (conflict"))
    expect(stored(bed, beside ?? "")).toBe("theirs")
  })
})

describe("what another client stores while parts are sent", () => {
  test("is kept where the storage tells of nothing that was replaced, and no part is sent again", async () => {
    const bed = Bed.make({ hasVersionIds: false, limits: { cutoff: 100_000, recommendedPartSize: 200_000 } })
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    await list(mount.fileSystem)
    let isTheirs = false
    bed.after = (method) => {
      if (method !== "largeFile.uploadPart" || isTheirs) return Effect.void
      isTheirs = true
      return Effect.promise(() => putElsewhere(bed, "large", "theirs"))
    }
    const ours = Buffer.alloc(1_000_000, "ours")
    await write(mount.fileSystem, "large", ours)
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(names(bed)).toEqual(["large", expect.stringMatching(/^large \(conflict/)])
    expect(stored(bed, names(bed)[1] ?? "")).toBe("theirs")
    expect(stored(bed, "large")).toBe(ours.toString())
    expect(bed.calls.get("largeFile.uploadPart")).toBe(5)
  })
})

describe("what is synced with the storage in mind", () => {
  test("is at the storage when sync has ended", async () => {
    const bed = Bed.make()
    const mount = bed.mount({ uploadDelay: 3_600_000, syncsRemotely: true })
    await write(mount.fileSystem, "a", "synced", { sync: true })
    expect(stored(bed, "a")).toBe("synced")
    await write(mount.fileSystem, "b", "closed alone")
    expect(stored(bed, "b")).toBeUndefined()
    expect(await mount.fileSystem.syncDirectory(rootIno)).toBeUndefined()
    expect(stored(bed, "b")).toBe("closed alone")
  })

  test("is refused for want of room where the quota of the storage is used up, and kept here", async () => {
    const bed = Bed.make()
    const mount = bed.mount({ uploadDelay: 3_600_000, syncsRemotely: true })
    const full = new StorageError({
      provider: "memory",
      operation: "put",
      reason: new QuotaExceeded({ message: "the cap is reached" })
    })
    bed.before = (method) => (method === "put" ? Effect.fail(full) : Effect.void)
    const handle = await write(mount.fileSystem, "a", "kept", { close: false })
    expect(await mount.fileSystem.sync(handle)).toMatchObject({
      refusal: "NoSpace",
      message: expect.stringContaining("cap")
    })
    mount.fileSystem.release(handle)
    expect(await read(mount.fileSystem, "a")).toBe("kept")
    bed.before = () => Effect.void
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(stored(bed, "a")).toBe("kept")
  })

  test("is refused of a directory only for what lies in it", async () => {
    const bed = Bed.make()
    const mount = bed.mount({ uploadDelay: 3_600_000, syncsRemotely: true })
    const { fileSystem } = mount
    const make = async (name: string) => value(await fileSystem.makeDirectory(rootIno, name, 0o755, Bed.owner)).ino
    const [full, other] = [await make("full"), await make("other")]
    await mount.drain(5_000)
    const reason = new NoSpace({ message: "full" })
    bed.before = (method) =>
      method === "put" ? Effect.fail(new StorageError({ provider: "memory", operation: "put", reason })) : Effect.void
    const { handle } = value(await fileSystem.create(full, "a", 0o644, Bed.owner, { reads: true, writes: true }))
    fileSystem.release(handle)
    expect(await fileSystem.syncDirectory(full)).toMatchObject({ refusal: "NoSpace" })
    expect(await fileSystem.syncDirectory(rootIno)).toMatchObject({ refusal: "NoSpace" })
    expect(await fileSystem.syncDirectory(other)).toBeUndefined()
  })

  test("is refused when the storage does not answer in time", async () => {
    const bed = Bed.make()
    const mount = bed.mount({ uploadDelay: 3_600_000, syncsRemotely: true, deadline: 30 })
    await list(mount.fileSystem)
    bed.state = "dead"
    const handle = await write(mount.fileSystem, "a", "kept", { close: false })
    expect(await mount.fileSystem.sync(handle)).toMatchObject({ refusal: "TimedOut" })
    mount.fileSystem.release(handle)
  })
})

describe("a sync that waits for the storage", () => {
  test("is refused as soon as the mount ends", async () => {
    const bed = Bed.make()
    const mount = bed.mount({ uploadDelay: 3_600_000, syncsRemotely: true, deadline: 3_600_000 })
    await list(mount.fileSystem)
    bed.state = "away"
    const handle = await write(mount.fileSystem, "a", "kept", { close: false })
    const syncing = mount.fileSystem.sync(handle)
    await ticks()
    mount.fileSystem.release(handle)
    await mount.close()
    expect(await syncing).toMatchObject({ refusal: "TimedOut" })
  })
})

describe("a file that is not finished yet", () => {
  const making = { reads: false, writes: true, isUnfinished: true }

  test("is not sent, and is gone with the process that made it", async () => {
    const bed = Bed.make()
    const first = bed.mount()
    const { handle } = value(await first.fileSystem.create(rootIno, newUnfinishedName(), 0o644, Bed.owner, making))
    value(await first.fileSystem.write(handle, 0, Buffer.from("half of")))
    value(await first.fileSystem.flush(handle))
    expect((await first.drain(5_000)).unsent).toEqual([])
    expect(bed.calls.get("put")).toBeUndefined()
    first.abandon()
    expect(await list(bed.mount().fileSystem)).toEqual([])
  })

  test("is sent once it has a name", async () => {
    const bed = Bed.make()
    const mount = bed.mount()
    const name = newUnfinishedName()
    const { handle } = value(await mount.fileSystem.create(rootIno, name, 0o644, Bed.owner, making))
    value(await mount.fileSystem.write(handle, 0, Buffer.from("whole")))
    value(await mount.fileSystem.flush(handle))
    mount.fileSystem.release(handle)
    await mount.drain(5_000)
    value(await mount.fileSystem.rename(rootIno, name, rootIno, "a", "replace"))
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect([names(bed), stored(bed, "a")]).toEqual([["a"], "whole"])
  })

  test("is left alone where it is another client's, though it was read here", async () => {
    const bed = Bed.make()
    const name = newUnfinishedName()
    await putElsewhere(bed, name, "half of")
    const mount = bed.mount()
    expect(await read(mount.fileSystem, name)).toBe("half of")
    mount.abandon()
    expect((await bed.mount().drain(5_000)).unsent).toEqual([])
    expect(names(bed)).toEqual([name])
  })

  test("has a name that nothing else may have", async () => {
    const bed = Bed.make()
    const { fileSystem } = bed.mount()
    const made = await fileSystem.create(rootIno, newUnfinishedName(), 0o644, Bed.owner, { reads: true, writes: true })
    expect(made).toMatchObject({ refusal: "BadName" })
    await write(fileSystem, "a", "x")
    expect(await fileSystem.rename(rootIno, "a", rootIno, newUnfinishedName(), "replace")).toMatchObject({
      refusal: "BadName"
    })
  })
})

test("a rename in the very moment in which a file is done with is told to the storage too", async () => {
  const depths = Array.from({ length: 40 }, (_, depth) => depth)
  for (const depth of depths) {
    const bed = Bed.make()
    const renamed = Promise.withResolvers<unknown>()
    let isDone = false
    const later = async () => {
      for (let turn = 0; turn < depth; turn++) await undefined
      renamed.resolve(mount.fileSystem.rename(rootIno, "a", rootIno, "b", "replace"))
    }
    const at = (point: string) => {
      if (point !== "settle.noted" || isDone) return
      isDone = true
      void later()
    }
    const mount = bed.mount({ at, listingLife: 3_600_000 })
    await write(mount.fileSystem, "a", "text")
    expect(await renamed.promise).toBeUndefined()
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(names(bed), `after ${depth} turns`).toEqual(["b"])
    mount.abandon()
  }
})

test("a large file that was only cut is copied inside the storage", async () => {
  const bed = Bed.make({ keepsVersions: true, limits: { minPartSize: 50_000, recommendedPartSize: 50_000 } })
  const text = "0123456789".repeat(30_000)
  await putElsewhere(bed, "cut", text)
  const mount = bed.mount()
  const { fileSystem } = mount
  const inoOf = async (name: string) => value(await fileSystem.lookup(rootIno, name)).ino
  value(await fileSystem.setAttributes(await inoOf("cut"), { size: 200_000 }))
  const sent = bed.calls.get("largeFile.uploadPart") ?? 0
  expect((await mount.drain(5_000)).unsent).toEqual([])
  expect(stored(bed, "cut")).toBe(text.slice(0, 200_000))
  expect((bed.calls.get("largeFile.uploadPart") ?? 0) - sent).toBe(0)
})

for (const moment of ["while it is stored empty", "once it is stored empty"]) {
  test(`a copy of a large file into a new one, ${moment}, is all of it`, async () => {
    const bed = Bed.make({ keepsVersions: true, limits: { minPartSize: 50_000, recommendedPartSize: 50_000 } })
    const text = "0123456789".repeat(30_000)
    await putElsewhere(bed, "big", text)
    const mount = bed.mount()
    const { fileSystem } = mount
    const { ino } = value(await fileSystem.lookup(rootIno, "big"))
    const from = value(await fileSystem.open(ino, { reads: true, writes: false }))
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    bed.after = (method) => {
      if (method !== "put") return Effect.void
      begun.resolve()
      return Effect.promise(() => held.promise)
    }
    const to = value(await fileSystem.create(rootIno, "copy", 0o644, Bed.owner, { reads: true, writes: true }))
    await begun.promise
    if (moment.startsWith("once")) {
      held.resolve()
      expect((await mount.drain(5_000)).unsent).toEqual([])
    }
    for (let at = 0; at < text.length; ) {
      at += value(await fileSystem.copyRange(from.handle, at, to.handle, at, text.length - at))
    }
    held.resolve()
    fileSystem.release(to.handle)
    fileSystem.release(from.handle)
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(stored(bed, "copy")).toBe(text)
    expect(await read(fileSystem, "copy")).toBe(text)
  })
}

test("what waits for a parked write is parked with it, so that an unmount comes to its end", async () => {
  const bed = Bed.make()
  const mount = bed.mount({ uploadDelay: 3_600_000 })
  await write(mount.fileSystem, "a", "old")
  await mount.drain(60_000)
  const full = new StorageError({ provider: "memory", operation: "put", reason: new NoSpace({ message: "full" }) })
  bed.before = (method) => (method === "put" ? Effect.fail(full) : Effect.void)
  value(await mount.fileSystem.unlink(rootIno, "a"))
  await write(mount.fileSystem, "a", "new")
  const { unsent } = await mount.drain(60_000)
  expect(unsent.map(({ isParked, path }) => ({ isParked, path }))).toContainEqual({ isParked: true, path: "a" })
  expect(unsent.every(({ isParked }) => isParked)).toBe(true)
  expect(stored(bed, "a")).toBe("old")
  bed.before = () => Effect.void
  expect((await mount.drain(60_000)).unsent).toEqual([])
  expect(stored(bed, "a")).toBe("new")
})

test("a parked write is tried again by the next mount, and when somebody asks for it", async () => {
  const bed = Bed.make()
  const mount = bed.mount()
  const full = new StorageError({ provider: "memory", operation: "put", reason: new NoSpace({ message: "full" }) })
  bed.before = (method) => (method === "put" ? Effect.fail(full) : Effect.void)
  await write(mount.fileSystem, "a", "kept")
  const { unsent } = await mount.drain(60_000)
  expect(unsent).toMatchObject([{ path: "a", isParked: true }])
  await mount.close()
  const next = bed.mount()
  await expect.poll(() => next.status()).toMatchObject({ waiting: 0, parked: 1 })
  bed.before = () => Effect.void
  expect((await next.drain(60_000)).unsent).toEqual([])
  expect(stored(bed, "a")).toBe("kept")
})

test("a parked write is sent by the next mount, once what it was refused for is over", async () => {
  const bed = Bed.make()
  const mount = bed.mount()
  const revoked = new Unauthenticated({ message: "the key is no more" })
  const error = new StorageError({ provider: "memory", operation: "put", reason: revoked })
  bed.before = (method) => (method === "put" ? Effect.fail(error) : Effect.void)
  await write(mount.fileSystem, "a", "kept")
  await mount.drain(60_000)
  await mount.close()
  bed.before = () => Effect.void
  bed.mount()
  await expect.poll(() => stored(bed, "a")).toBe("kept")
})
