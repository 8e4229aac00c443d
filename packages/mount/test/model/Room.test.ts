/** A cache that has less room than what is written and read. */
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, test } from "vitest"
import type { FileSystem } from "../../src/contract/FileSystem.ts"
import { rootIno } from "../../src/contract/FileSystem.ts"
import * as DyingDisk from "../../src/testing/DyingDisk.ts"
import { random } from "../../src/testing/Random.ts"
import * as Bed from "./Bed.ts"
import { putElsewhere, value, write } from "./Bed.ts"

const megabyte = 1024 * 1024
const unit = 128 * 1024
const both = { reads: true, writes: true }

const opened = async (system: FileSystem, name: string) => {
  const { ino } = value(await system.lookup(rootIno, name))
  return value(await system.open(ino, both)).handle
}

/** All of a file, a piece at a time, as the kernel asks. */
const readAll = async (system: FileSystem, handle: number, size: number): Promise<Buffer> => {
  const all = Buffer.alloc(size)
  for (let at = 0; at < size; ) {
    const read = value(await system.read(handle, at, all.subarray(at, Math.min(size, at + unit))))
    expect(read).toBeGreaterThan(0)
    at += read
  }
  return all
}

const onDisk = (bed: Bed.Bed): number => {
  const data = path.join(bed.scratch, "cache", "data")
  const files = fs.readdirSync(data, { recursive: true, encoding: "utf8" }).map((file) => path.join(data, file))
  return files.map((file) => fs.statSync(file)).reduce((sum, seen) => sum + (seen.isFile() ? seen.blocks * 512 : 0), 0)
}

describe("a file that was edited and is larger than the cache", () => {
  const size = 6 * megabyte
  const edited = async (optionsOf: (bed: Bed.Bed) => Parameters<Bed.Bed["mount"]>[0] = () => ({})) => {
    const bed = Bed.make({ keepsVersions: true, limits: { minPartSize: 200_000, recommendedPartSize: 300_000 } })
    const bytes = random(21).bytes(size)
    await putElsewhere(bed, "large", bytes)
    const mount = bed.mount({ cacheSize: 2 * megabyte, uploadDelay: 3_600_000, ...optionsOf(bed) })
    const handle = await opened(mount.fileSystem, "large")
    const edit = random(22).bytes(megabyte)
    value(await mount.fileSystem.write(handle, 2 * megabyte + 77, edit))
    edit.copy(bytes, 2 * megabyte + 77)
    return { bed, bytes, handle, mount }
  }

  test("is read whole, and again, before it is sent, and takes no more of the disk than it may", async () => {
    const { bed, bytes, handle, mount } = await edited()
    for (let time = 0; time < 2; time++) {
      expect((await readAll(mount.fileSystem, handle, size)).equals(bytes)).toBe(true)
      expect(mount.status().cacheUsed).toBeLessThanOrEqual(2 * megabyte)
      expect(onDisk(bed)).toBeLessThanOrEqual(2.5 * megabyte)
    }
    expect((await mount.drain(20_000)).unsent).toEqual([])
    expect(Bed.digest(bed.storage.memory.files.get("large")!.bytes)).toBe(Bed.digest(bytes))
  })

  test("makes room for another that is written", async () => {
    const { bytes, handle, mount } = await edited(() => ({ roomWait: 0 }))
    expect((await readAll(mount.fileSystem, handle, size)).equals(bytes)).toBe(true)
    await write(mount.fileSystem, "other", random(23).bytes(900_000))
    expect((await readAll(mount.fileSystem, handle, size)).equals(bytes)).toBe(true)
  })

  test("is read and sent where all of the cache is changes that are not sent", async () => {
    const { bed, bytes, handle, mount } = await edited(() => ({ roomWait: 0 }))
    const more = random(24).bytes(megabyte - unit)
    value(await mount.fileSystem.write(handle, 4 * megabyte, more))
    more.copy(bytes, 4 * megabyte)
    expect((await readAll(mount.fileSystem, handle, size)).equals(bytes)).toBe(true)
    expect(await mount.fileSystem.write(handle, 0, more)).toMatchObject({ refusal: "NoSpace" })
    expect((await mount.drain(20_000)).unsent).toEqual([])
    expect(Bed.digest(bed.storage.memory.files.get("large")!.bytes)).toBe(Bed.digest(bytes))
  })

  test("keeps what was synced through a power cut after the rest made way", async () => {
    let disk: DyingDisk.DyingDisk | undefined
    const dying = (bed: Bed.Bed, boot: string) => {
      disk ??= DyingDisk.make(path.join(bed.scratch, "cache", "mount.sqlite"))
      return { cacheSize: 2 * megabyte, uploadDelay: 3_600_000, disk, onDurable: disk.durable, boot }
    }
    const { bed, bytes, handle, mount } = await edited((made) => dying(made, "first"))
    const { fileSystem } = mount
    await readAll(fileSystem, handle, size)
    const some = random(25).bytes(300_000)
    value(await fileSystem.write(handle, 100, some))
    some.copy(bytes, 100)
    expect(await fileSystem.sync(handle)).toBeUndefined()
    await readAll(fileSystem, handle, size)
    mount.abandon()
    disk!.cut()
    const next = bed.mount(dying(bed, "next"))
    const again = await opened(next.fileSystem, "large")
    expect((await readAll(next.fileSystem, again, size)).equals(bytes)).toBe(true)
    expect((await next.drain(20_000)).unsent).toEqual([])
    expect(Bed.digest(bed.storage.memory.files.get("large")!.bytes)).toBe(Bed.digest(bytes))
  })
})

test("a file that is only read makes room for one that is written", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "read", random(26).bytes(3 * megabyte))
  const mount = bed.mount({ cacheSize: 4 * megabyte, roomWait: 0, uploadDelay: 3_600_000 })
  const { ino } = value(await mount.fileSystem.lookup(rootIno, "read"))
  const { handle } = value(await mount.fileSystem.open(ino, { reads: true, writes: false }))
  expect((await readAll(mount.fileSystem, handle, 3 * megabyte)).equals(random(26).bytes(3 * megabyte))).toBe(true)
  await write(mount.fileSystem, "written", random(27).bytes(2 * megabyte))
  expect((await readAll(mount.fileSystem, handle, 3 * megabyte)).equals(random(26).bytes(3 * megabyte))).toBe(true)
})

test("a cache that is full of what the storage has too makes nobody send before it is due", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "read", random(28).bytes(2 * megabyte))
  const mount = bed.mount({ cacheSize: 2 * megabyte + 100_000, uploadDelay: 3_600_000 })
  const handle = await opened(mount.fileSystem, "read")
  await readAll(mount.fileSystem, handle, 2 * megabyte)
  mount.fileSystem.release(handle)
  const { cacheSize, cacheUsed } = mount.status()
  expect(cacheUsed).toBeGreaterThan(0.8 * cacheSize)
  await write(mount.fileSystem, "written", random(29).bytes(50_000))
  await write(mount.fileSystem, "written", random(29).bytes(50_000))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(bed.calls.get("put")).toBeUndefined()
  expect(mount.status().waiting).toBe(1)
})

describe("a cache that is too small tells what to do", () => {
  test("where a file that was edited must be here whole, as the storage keeps no old versions; a larger one sends it", async () => {
    const bed = Bed.make({
      keepsVersions: false,
      limits: { minPartSize: 8 * megabyte, recommendedPartSize: 8 * megabyte }
    })
    const bytes = random(30).bytes(4 * megabyte)
    await putElsewhere(bed, "large", bytes)
    const mount = bed.mount({ cacheSize: 2 * megabyte })
    const handle = await opened(mount.fileSystem, "large")
    value(await mount.fileSystem.write(handle, 1, Buffer.from("edited")))
    bytes.write("edited", 1)
    value(await mount.fileSystem.flush(handle))
    mount.fileSystem.release(handle)
    const { unsent } = await mount.drain(5_000)
    expect(unsent).toMatchObject([
      { path: "large", isParked: true, remedy: { code: "enlargeCache", values: { size: "5M" } } }
    ])
    expect(unsent[0]!.error).toContain("4.0 MiB")
    await mount.close()
    const larger = bed.mount({ cacheSize: 5 * megabyte })
    expect((await larger.drain(5_000)).unsent).toEqual([])
    expect(Bed.digest(bed.storage.memory.files.get("large")!.bytes)).toBe(Bed.digest(bytes))
  })

  test("where nothing can be sent as the storage is away", async () => {
    const bed = Bed.make()
    const told: Array<{ readonly code: string; readonly message: string; readonly remedy?: unknown }> = []
    const mount = bed.mount({
      cacheSize: megabyte,
      roomWait: 50,
      note: (code, message, remedy) => told.push({ code, message, remedy })
    })
    await Bed.list(mount.fileSystem)
    bed.state = "away"
    const handle = await write(mount.fileSystem, "first", random(31).bytes(900_000), { close: false })
    await expect.poll(() => mount.status().unreachable).toBeDefined()
    const refused = () => mount.fileSystem.write(handle, 900_000, random(32).bytes(900_000))
    const notes = () => told.filter(({ code }) => code === "CacheFull")
    for (let write = 0; write < 3; write++) expect(await refused()).toMatchObject({ refusal: "NoSpace" })
    expect(notes()).toEqual([
      {
        code: "CacheFull",
        message: expect.stringContaining("no route to it"),
        remedy: { code: "enlargeCache", values: { size: "2M" } }
      }
    ])
    bed.state = "there"
    mount.fileSystem.release(handle)
    expect((await mount.drain(20_000)).unsent).toEqual([])
    await write(mount.fileSystem, "little", "bytes")
    bed.state = "away"
    const later = await write(mount.fileSystem, "second", random(33).bytes(900_000), { close: false })
    expect(await mount.fileSystem.write(later, 900_000, random(34).bytes(900_000))).toMatchObject({
      refusal: "NoSpace"
    })
    expect(notes()).toHaveLength(2)
    mount.fileSystem.release(later)
  })
})
