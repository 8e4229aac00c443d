/** What came to the storage though nobody heard of it, and names that went on meanwhile. */
import * as path from "node:path"
import type { Provider } from "@ourclone/core/contract/Provider"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import * as Bed from "./Bed.ts"
import { names, putElsewhere, read, stored, value, write } from "./Bed.ts"

/** A mount of `file`, for which another file of its name was stored, without an answer; then that is removed again, and `file` has its name back. */
const cameBack = async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "file", "0123456789")
  const reason = new Unavailable({ message: "no route to it" })
  const gone = new StorageError({ provider: "memory", operation: "any", reason })
  const held = { stat: false }
  const stat: Provider["stat"] = (name) => (held.stat && name === "file" ? Effect.fail(gone) : bed.provider.stat(name))
  const mount = bed.mount({ listingLife: 0, provider: { ...bed.provider, stat } })
  const { fileSystem } = mount
  const { ino } = value(await fileSystem.lookup(rootIno, "file"))
  let isStored = false
  bed.before = (method) => (isStored || method === "copy" || method === "move" ? Effect.fail(gone) : Effect.void)
  bed.after = (method) => {
    isStored ||= method === "put"
    return isStored ? Effect.fail(gone) : Effect.void
  }
  value(await fileSystem.rename(rootIno, "file", rootIno, "kept", "replace"))
  await write(fileSystem, "file", "abcdefghijklm")
  await expect.poll(() => isStored, { timeout: 20_000 }).toBe(true)
  expect(stored(bed, "file")).toBe("abcdefghijklm")
  value(await fileSystem.unlink(rootIno, "file"))
  value(await fileSystem.rename(rootIno, "kept", rootIno, "file", "replace"))
  return { bed, mount, ino, held }
}

const back = (bed: Bed.Bed) => {
  bed.before = () => Effect.void
  bed.after = () => Effect.void
}

test("a file that has its name back has its bytes there too, whatever came there without an answer", async () => {
  const { bed, mount } = await cameBack()
  back(bed)
  expect((await mount.drain(20_000)).unsent).toEqual([])
  expect(await read(mount.fileSystem, "file")).toBe("0123456789")
  expect([names(bed), stored(bed, "file")]).toEqual([["file"], "0123456789"])
})

test("an edit of a file that has its name back takes the rest from itself", async () => {
  const { bed, ino, mount } = await cameBack()
  const { fileSystem } = mount
  const { handle } = value(await fileSystem.open(ino, { reads: true, writes: true }))
  value(await fileSystem.write(handle, 0, Buffer.from("X")))
  value(await fileSystem.flush(handle))
  fileSystem.release(handle)
  back(bed)
  expect((await mount.drain(20_000)).unsent).toEqual([])
  expect(await read(fileSystem, "file")).toBe("X123456789")
  expect([names(bed), stored(bed, "file")]).toEqual([["file"], "X123456789"])
})

test("a file that has its name back gets its bytes there with another time too", async () => {
  const { bed, ino, mount } = await cameBack()
  const { fileSystem } = mount
  value(await fileSystem.setAttributes(ino, { modified: { seconds: 1_600_000_000, nanoseconds: 0 } }))
  back(bed)
  expect((await mount.drain(20_000)).unsent).toEqual([])
  expect(await read(fileSystem, "file")).toBe("0123456789")
  expect([names(bed), stored(bed, "file")]).toEqual([["file"], "0123456789"])
  expect(bed.storage.memory.files.get("file")?.file.modifiedAt).toBe(1_600_000_000_000)
})

test("what came to a name without an answer is not taken for another client's file of it", async () => {
  const { bed, held, ino, mount } = await cameBack()
  const { fileSystem } = mount
  // Nobody can look at the name yet; all else of it is said.
  held.stat = true
  back(bed)
  await expect.poll(() => mount.status().waiting, { timeout: 20_000 }).toBe(1)
  await Bed.list(fileSystem)
  expect(value(await fileSystem.lookup(rootIno, "file"))).toMatchObject({ ino, size: 10 })
  held.stat = false
  expect((await mount.drain(20_000)).unsent).toEqual([])
  expect(stored(bed, "file")).toBe("0123456789")
})

const lost = new StorageError({
  provider: "memory",
  operation: "any",
  reason: new Unavailable({ message: "half an answer" })
})

/** The first good answer to that method is lost, and what is asked after it too until `back`. */
const losing = (bed: Bed.Bed, method: string) => {
  const state = { isLost: false }
  bed.before = () => (state.isLost ? Effect.fail(lost) : Effect.void)
  bed.after = (called) => {
    state.isLost ||= called === method
    return state.isLost ? Effect.fail(lost) : Effect.void
  }
  return state
}

test("an edit of a file that came to its new name without an answer takes the rest from there", async () => {
  const bed = Bed.make({ hasVersionIds: false })
  await putElsewhere(bed, "file", "0123456789")
  const mount = bed.mount()
  const { fileSystem } = mount
  const { ino } = value(await fileSystem.lookup(rootIno, "file"))
  const state = losing(bed, "move")
  value(await fileSystem.rename(rootIno, "file", rootIno, "other", "replace"))
  await expect.poll(() => state.isLost, { timeout: 20_000 }).toBe(true)
  const { handle } = value(await fileSystem.open(ino, { reads: false, writes: true }))
  value(await fileSystem.write(handle, 0, Buffer.from("X")))
  value(await fileSystem.flush(handle))
  fileSystem.release(handle)
  back(bed)
  expect((await mount.drain(20_000)).unsent).toEqual([])
  expect([names(bed), stored(bed, "other")]).toEqual([["other"], "X123456789"])
})

test("a folder that was made without an answer, where a file was removed, is removed", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "a/file", "text")
  await putElsewhere(bed, "a/name", "text")
  const mount = bed.mount()
  const { fileSystem } = mount
  const { ino: a } = value(await fileSystem.lookup(rootIno, "a"))
  value(await fileSystem.lookup(a, "name"))
  const held = losing(bed, "remove")
  value(await fileSystem.unlink(a, "name"))
  await expect.poll(() => held.isLost, { timeout: 20_000 }).toBe(true)
  value(await fileSystem.makeDirectory(a, "name", 0o755, Bed.owner))
  const state = losing(bed, "makeDirectory")
  await expect.poll(() => state.isLost, { timeout: 20_000 }).toBe(true)
  // All that was asked before is answered now, but for the making.
  bed.before = (method) => (method === "makeDirectory" ? Effect.fail(lost) : Effect.void)
  bed.after = () => Effect.void
  await expect.poll(() => mount.status().waiting, { timeout: 20_000 }).toBe(1)
  value(await fileSystem.removeDirectory(a, "name"))
  back(bed)
  expect((await mount.drain(20_000)).unsent).toEqual([])
  const other = bed.mount({ directory: path.join(bed.scratch, "other") })
  const { ino: anew } = value(await other.fileSystem.lookup(rootIno, "a"))
  expect(value(await other.fileSystem.readDirectory(anew, 0, 10)).nodes.map(({ name }) => name)).toEqual(["file"])
})

test("a file that came without an answer is removed though a folder has its name by then", async () => {
  const bed = Bed.make()
  const mount = bed.mount()
  const { fileSystem } = mount
  const state = losing(bed, "put")
  await write(fileSystem, "name", "text")
  await expect.poll(() => state.isLost, { timeout: 20_000 }).toBe(true)
  expect(names(bed)).toEqual(["name"])
  value(await fileSystem.unlink(rootIno, "name"))
  value(await fileSystem.makeDirectory(rootIno, "name", 0o755, Bed.owner))
  // The folder is made before anybody can look at the file.
  bed.before = (method) => (method === "stat" ? Effect.fail(lost) : Effect.void)
  bed.after = () => Effect.void
  await expect.poll(() => mount.status().waiting, { timeout: 20_000 }).toBe(1)
  back(bed)
  expect((await mount.drain(20_000)).unsent).toEqual([])
  expect(names(bed)).toEqual([])
})

test("a file that got another time while one was on its way goes with its name, though nobody heard which one came", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "file", "0123456789")
  const reason = new Unavailable({ message: "no route to it" })
  const gone = new StorageError({ provider: "memory", operation: "any", reason })
  const looking = Promise.withResolvers<void>()
  const looked = Promise.withResolvers<void>()
  const stat: Provider["stat"] = (name) =>
    Effect.andThen(
      Effect.promise(() => {
        looking.resolve()
        return looked.promise
      }),
      bed.provider.stat(name)
    )
  const mount = bed.mount({ listingLife: 0, provider: { ...bed.provider, stat } })
  const { fileSystem } = mount
  const { ino } = value(await fileSystem.lookup(rootIno, "file"))
  let isTouched = false
  bed.before = () => (isTouched ? Effect.fail(gone) : Effect.void)
  bed.after = (method) => {
    isTouched ||= method === "touch"
    return isTouched ? Effect.fail(gone) : Effect.void
  }
  value(await fileSystem.setAttributes(ino, { modified: { seconds: 1_600_000_000, nanoseconds: 0 } }))
  await looking.promise
  value(await fileSystem.setAttributes(ino, { modified: { seconds: 1_700_000_000, nanoseconds: 0 } }))
  looked.resolve()
  await expect.poll(() => isTouched, { timeout: 20_000 }).toBe(true)
  value(await fileSystem.unlink(rootIno, "file"))
  back(bed)
  expect((await mount.drain(20_000)).unsent).toEqual([])
  expect(names(bed)).toEqual([])
})
