/** A disk of the cache that has no room for a row of the journal. */
import { expect, test } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import { random } from "../../src/testing/Random.ts"
import * as Bed from "./Bed.ts"
import { list, value, write } from "./Bed.ts"

const many = random(31).bytes(100_000)
const both = { reads: true, writes: true }

const full = () => {
  const bed = Bed.make()
  const disk = { isFull: false }
  const at = (point: string) => {
    if (!disk.isFull || point !== "commit.before") return
    throw Object.assign(new Error("database or disk is full"), { errcode: 13 })
  }
  return { bed, disk, mount: (own = {}) => bed.mount({ at, uploadDelay: 3_600_000, ...own }) }
}

const bytesOf = async (system: Parameters<typeof list>[0], name: string): Promise<Buffer> => {
  const { ino } = value(await system.lookup(rootIno, name))
  const { attributes, handle } = value(await system.open(ino, { reads: true, writes: false }))
  const into = Buffer.alloc(attributes.size)
  value(await system.read(handle, 0, into))
  system.release(handle)
  return into
}

test("a file whose removal was refused still has its bytes, and is sent", async () => {
  const { bed, disk, mount } = full()
  const { drain, fileSystem } = mount()
  await write(fileSystem, "a", many)
  disk.isFull = true
  expect(await fileSystem.unlink(rootIno, "a")).toMatchObject({ refusal: "NoSpace" })
  disk.isFull = false
  expect((await bytesOf(fileSystem, "a")).equals(many)).toBe(true)
  expect((await drain(5_000)).unsent).toEqual([])
  expect(Bed.digest(bed.storage.memory.files.get("a")!.bytes)).toBe(Bed.digest(many))
})

test("what a close could not save is told, and saved by the next one, and by itself", async () => {
  const { bed, disk, mount } = full()
  const first = mount()
  const made = value(await first.fileSystem.create(rootIno, "a", 0o644, Bed.owner, both))
  value(await first.fileSystem.write(made.handle, 0, many))
  disk.isFull = true
  expect(await first.fileSystem.flush(made.handle)).toMatchObject({ refusal: "NoSpace" })
  expect(await first.fileSystem.flush(made.handle)).toMatchObject({ refusal: "NoSpace" })
  first.fileSystem.release(made.handle)
  disk.isFull = false
  const again = value(await first.fileSystem.open(made.attributes.ino, both))
  expect(await first.fileSystem.flush(again.handle)).toBeUndefined()
  first.abandon()
  const second = mount()
  expect((await bytesOf(second.fileSystem, "a")).equals(many)).toBe(true)
  const opened = value(await second.fileSystem.open(made.attributes.ino, both))
  value(await second.fileSystem.write(opened.handle, 0, Buffer.from("changed")))
  disk.isFull = true
  second.fileSystem.release(opened.handle)
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  disk.isFull = false
  expect((await second.drain(5_000)).unsent).toEqual([])
  expect(Buffer.from(bed.storage.memory.files.get("a")!.bytes.subarray(0, 7)).toString()).toBe("changed")
})

test("a file that could not be opened does not get the bytes of another", async () => {
  const { disk, mount, bed } = full()
  await Bed.putElsewhere(bed, "a", "of a")
  await Bed.putElsewhere(bed, "b", "of b")
  const { fileSystem } = mount()
  await list(fileSystem)
  const { ino } = value(await fileSystem.lookup(rootIno, "a"))
  disk.isFull = true
  expect(await fileSystem.open(ino, { reads: true, writes: false })).toMatchObject({ refusal: "NoSpace" })
  disk.isFull = false
  expect((await bytesOf(fileSystem, "b")).toString()).toBe("of b")
  expect((await bytesOf(fileSystem, "a")).toString()).toBe("of a")
})

test("an open file whose new name was refused keeps the old one", async () => {
  const { disk, mount } = full()
  const { fileSystem } = mount()
  const handle = await write(fileSystem, "a", many, { close: false })
  disk.isFull = true
  expect(await fileSystem.rename(rootIno, "a", rootIno, "b", "replace")).toMatchObject({ refusal: "NoSpace" })
  disk.isFull = false
  expect(await fileSystem.flush(handle)).toBeUndefined()
  fileSystem.release(handle)
  expect(await list(fileSystem)).toEqual(["a"])
  expect((await bytesOf(fileSystem, "a")).equals(many)).toBe(true)
})

test("what the storage has got is noted once there is room, and nothing ends", async () => {
  const { bed, disk, mount } = full()
  const { drain, fileSystem } = mount()
  await write(fileSystem, "a", many)
  disk.isFull = true
  await drain(300)
  disk.isFull = false
  expect((await drain(10_000)).unsent).toEqual([])
  expect(Bed.digest(bed.storage.memory.files.get("a")!.bytes)).toBe(Bed.digest(many))
  expect(await list(fileSystem)).toEqual(["a"])
})
