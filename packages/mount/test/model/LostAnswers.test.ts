/** What came to the storage though nobody heard of it, and names that went on meanwhile. */
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
  const stat: Provider["stat"] = (path) => (held.stat && path === "file" ? Effect.fail(gone) : bed.provider.stat(path))
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
