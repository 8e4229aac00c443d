import * as fs from "node:fs"
import * as path from "node:path"
import { StorageError, Unauthenticated } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "vitest"
import { rootIno, type Told } from "../../src/contract/FileSystem.ts"
import { Refused } from "../../src/contract/Refusal.ts"
import { random } from "../../src/testing/Random.ts"
import * as Bed from "./Bed.ts"
import { list, names, putElsewhere, read, stored, value, write } from "./Bed.ts"

const conflictOf = (bed: Bed.Bed) => names(bed).find((name) => name.includes("(conflict"))
const megabyte = 1024 * 1024

describe("another client", () => {
  test("that changed a file meanwhile keeps its version beside ours", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "report.txt", "first")
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    await write(mount.fileSystem, "report.txt", "ours")
    await putElsewhere(bed, "report.txt", "theirs")
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(stored(bed, "report.txt")).toBe("ours")
    const kept = conflictOf(bed)
    expect(kept).toMatch(/^report \(conflict [\d -]+ here\)\.txt$/)
    expect(stored(bed, kept ?? "")).toBe("theirs")
    expect(bed.notes.join()).toContain("Conflict")
  })

  test("that stores in the moment between look and upload loses nothing", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "a", "first")
    let hasCome = false
    const mount = bed.mount({
      uploadDelay: 3_600_000,
      at: (point) => {
        if (point !== "send.before" || hasCome) return
        hasCome = true
        void putElsewhere(bed, "a", "theirs")
      }
    })
    await write(mount.fileSystem, "a", "ours")
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(hasCome).toBe(true)
    expect(
      names(bed)
        .map((name) => stored(bed, name))
        .sort()
    ).toEqual(["ours", "theirs"])
  })

  test("that changed a file is seen at the next look, and doors are told", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "a", "first")
    const mount = bed.mount({ listingLife: 0 })
    const told: Array<Told> = []
    mount.fileSystem.watch((changes) => told.push(...changes))
    expect(await read(mount.fileSystem, "a")).toBe("first")
    const before = value(await mount.fileSystem.lookup(rootIno, "a"))
    await putElsewhere(bed, "a", "second")
    expect(await read(mount.fileSystem, "a")).toBe("second")
    const after = value(await mount.fileSystem.lookup(rootIno, "a"))
    expect(after.ino).toBe(before.ino)
    expect(after.generation).toBeGreaterThan(before.generation)
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toContainEqual({ _tag: "ContentChanged", ino: before.ino })
  })

  test("that replaces a file does not mix into what is being read", async () => {
    const bed = Bed.make()
    const [first, second] = [random(1).bytes(3 * megabyte), random(2).bytes(3 * megabyte)]
    await putElsewhere(bed, "a", first)
    const mount = bed.mount({ listingLife: 0 })
    const { ino } = value(await mount.fileSystem.lookup(rootIno, "a"))
    const { handle } = value(await mount.fileSystem.open(ino, { reads: true, writes: false }))
    const into = Buffer.alloc(megabyte)
    value(await mount.fileSystem.read(handle, 0, into))
    await putElsewhere(bed, "a", second)
    value(await mount.fileSystem.lookup(rootIno, "a"))
    value(await mount.fileSystem.read(handle, 2 * megabyte, into))
    expect(into.equals(first.subarray(2 * megabyte))).toBe(true)
  })

  test("that changed a file keeps it though it is removed here", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "a", "first")
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    value(await mount.fileSystem.lookup(rootIno, "a"))
    value(await mount.fileSystem.unlink(rootIno, "a"))
    await putElsewhere(bed, "a", "second")
    await mount.drain(5_000)
    expect(stored(bed, "a")).toBe("second")
    expect(await read(mount.fileSystem, "a")).toBe("second")
  })
})

describe("a storage that is away", () => {
  test("lets what is known be read and everything be written, and gets it when it is back", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "a", "known")
    const mount = bed.mount({ listingLife: 0, deadline: 2_000 })
    expect(await read(mount.fileSystem, "a")).toBe("known")
    bed.state = "away"
    expect(await read(mount.fileSystem, "a")).toBe("known")
    await write(mount.fileSystem, "b", "written meanwhile")
    const drained = await mount.drain(undefined)
    expect(drained.unsent.map(({ path: at }) => at)).toEqual(["b"])
    expect(drained.unreachable).toContain("no route")
    bed.state = "there"
    expect((await mount.drain(undefined)).unsent).toEqual([])
    expect(stored(bed, "b")).toBe("written meanwhile")
    expect(mount.status().unreachable).toBeUndefined()
  })

  test("tells the names of before where it says nothing any more, and those of now once it is back", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "a", "known")
    const mount = bed.mount({ listingLife: 0, deadline: 100 })
    expect(await list(mount.fileSystem)).toEqual(["a"])
    bed.state = "dead"
    for (let time = 0; time < 2; time++) expect(await list(mount.fileSystem)).toEqual(["a"])
    await mount.close()
    bed.state = "away"
    const next = bed.mount({ listingLife: 0, deadline: 100 })
    for (let time = 0; time < 2; time++) expect(await list(next.fileSystem)).toEqual(["a"])
    bed.state = "there"
    await putElsewhere(bed, "b", "new")
    await expect.poll(() => list(next.fileSystem)).toEqual(["a", "b"])
  })

  test("refuses names that were never told once the deadline is over", async () => {
    const bed = Bed.make()
    bed.state = "dead"
    const mount = bed.mount({ deadline: 100 })
    expect(await mount.fileSystem.readDirectory(rootIno, 0, 10)).toMatchObject({ refusal: "TimedOut" })
  })

  test("refuses what was never read once the deadline is over", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "a", "unknown")
    const mount = bed.mount({ deadline: 20 })
    await list(mount.fileSystem)
    bed.state = "dead"
    const { ino } = value(await mount.fileSystem.lookup(rootIno, "a"))
    const { handle } = value(await mount.fileSystem.open(ino, { reads: true, writes: false }))
    expect(await mount.fileSystem.read(handle, 0, Buffer.alloc(10))).toMatchObject({ refusal: "TimedOut" })
  })
})

describe("a key that was revoked", () => {
  test("lets what is known be read, keeps what is written, and says why nothing is sent", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "known", "known")
    await putElsewhere(bed, "unknown", "unknown")
    const mount = bed.mount()
    expect(await read(mount.fileSystem, "known")).toBe("known")
    const revoked = new Unauthenticated({ message: "the key is no more" })
    bed.before = () => Effect.fail(new StorageError({ provider: "memory", operation: "any", reason: revoked }))
    await write(mount.fileSystem, "mine", "written meanwhile")
    const { unsent } = await mount.drain(5_000)
    expect(unsent).toMatchObject([{ path: "mine", isParked: true }])
    expect(unsent[0]?.error).toContain("the key is no more")
    expect(await read(mount.fileSystem, "known")).toBe("known")
    expect(await read(mount.fileSystem, "mine")).toBe("written meanwhile")
    const { ino } = value(await mount.fileSystem.lookup(rootIno, "unknown"))
    const { handle } = value(await mount.fileSystem.open(ino, { reads: true, writes: false }))
    expect(await mount.fileSystem.read(handle, 0, Buffer.alloc(10))).toMatchObject({ refusal: "Failed" })
    mount.fileSystem.release(handle)
    bed.before = () => Effect.void
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(stored(bed, "mine")).toBe("written meanwhile")
  })
})

describe("a clock that was set back", () => {
  const day = 86_400_000

  test("makes listings old, and nothing wait for the time that it showed before", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "a", "first")
    let time = Date.now()
    const mount = bed.mount({ now: () => time, uploadDelay: 50 })
    expect(await list(mount.fileSystem)).toEqual(["a"])
    await write(mount.fileSystem, "mine", "sent soon")
    time -= day
    await putElsewhere(bed, "b", "second")
    expect(await list(mount.fileSystem)).toContain("b")
    // What is written now is no younger than what the storage knows of before, and is sent all the same.
    await write(mount.fileSystem, "a", "newer")
    time += 100
    for (let tick = 0; tick < 500 && stored(bed, "mine") === undefined; tick++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(stored(bed, "mine")).toBe("sent soon")
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(stored(bed, "a")).toBe("newer")
  })
})

describe("the cache", () => {
  test("never takes more than it may, and what was sent makes way", async () => {
    const bed = Bed.make()
    const mount = bed.mount({ cacheSize: 2 * megabyte })
    for (let number = 0; number < 6; number++) {
      await write(mount.fileSystem, `f${number}`, random(number).bytes(megabyte))
      expect(mount.status().cacheUsed).toBeLessThanOrEqual(2 * megabyte)
    }
    await mount.drain(5_000)
    for (let number = 0; number < 6; number++) {
      expect(Bed.digest(bed.storage.memory.files.get(`f${number}`)!.bytes)).toBe(
        Bed.digest(random(number).bytes(megabyte))
      )
    }
  })

  test("lets a writer wait, then refuses for want of room, with earlier data intact", async () => {
    const bed = Bed.make()
    const mount = bed.mount({ cacheSize: megabyte, roomWait: 30 })
    await list(mount.fileSystem)
    bed.state = "dead"
    const made = value(await mount.fileSystem.create(rootIno, "a", 0o644, Bed.owner, { reads: true, writes: true }))
    const half = random(1).bytes(megabyte / 2)
    expect(await mount.fileSystem.write(made.handle, 0, half)).toBe(half.length)
    const more = await mount.fileSystem.write(made.handle, half.length, random(2).bytes(megabyte))
    expect(more).toMatchObject({ refusal: "NoSpace" })
    const into = Buffer.alloc(half.length)
    expect(await mount.fileSystem.read(made.handle, 0, into)).toBe(half.length)
    expect(into.equals(half)).toBe(true)
  })

  test("of bytes that rotted on the disk asks the storage again", async () => {
    const bed = Bed.make()
    const bytes = random(7).bytes(300_000)
    await putElsewhere(bed, "a", bytes)
    const first = bed.mount()
    expect(Bed.digest(Buffer.from(await read(first.fileSystem, "a")))).toBe(Bed.digest(Buffer.from(bytes.toString())))
    await first.close()
    const data = path.join(bed.scratch, "cache", "data")
    for (const file of fs.readdirSync(data, { recursive: true, encoding: "utf8" })) {
      const at = path.join(data, file)
      if (!fs.statSync(at).isFile()) continue
      const rotten = fs.readFileSync(at)
      rotten[200_000] = (rotten[200_000] ?? 0) ^ 1
      fs.writeFileSync(at, rotten)
    }
    expect(await read(bed.mount().fileSystem, "a")).toBe(bytes.toString())
  })

  test("is read again after a remount without asking the storage", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "a", "kept")
    const first = bed.mount()
    await read(first.fileSystem, "a")
    await first.close()
    bed.state = "away"
    expect(await read(bed.mount().fileSystem, "a")).toBe("kept")
  })

  test("is used by one process at a time", () => {
    const bed = Bed.make()
    bed.mount()
    expect(() => bed.mount()).toThrow("is used by another process")
  })

  test("of another place is refused", async () => {
    const bed = Bed.make()
    await bed.mount().close()
    const other = Bed.make({ keepsVersions: true, name: "other" })
    expect(() => other.mount({ directory: path.join(bed.scratch, "cache") })).toThrow("is the cache of memory")
  })
})

test("a disk that is full refuses for want of room, and what was there before is intact", async () => {
  const bed = Bed.make()
  let isFull = false
  const at = (point: string) => {
    if (isFull && point === "commit.before") throw Object.assign(new Error("database or disk is full"), { errcode: 13 })
  }
  const mount = bed.mount({ at, uploadDelay: 3_600_000 })
  await write(mount.fileSystem, "a", "before")
  isFull = true
  const refused = await mount.fileSystem.makeDirectory(rootIno, "folder", 0o755, Bed.owner)
  expect(refused).toMatchObject({ refusal: "NoSpace" })
  isFull = false
  expect(await list(mount.fileSystem)).toEqual(["a"])
  expect(await read(mount.fileSystem, "a")).toBe("before")
  value(await mount.fileSystem.makeDirectory(rootIno, "folder", 0o755, Bed.owner))
})

describe("an edit", () => {
  test("of a large file sends the part that changed, and copies the rest at the storage", async () => {
    const least = 50_000
    const bed = Bed.make({
      keepsVersions: true,
      limits: { minPartSize: least, recommendedPartSize: least, cutoff: 100_000 }
    })
    const bytes = random(3).bytes(2 * megabyte)
    await putElsewhere(bed, "large", bytes)
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    const { ino } = value(await mount.fileSystem.lookup(rootIno, "large"))
    const { handle } = value(await mount.fileSystem.open(ino, { reads: true, writes: true }))
    value(await mount.fileSystem.write(handle, megabyte, Buffer.from("edited")))
    value(await mount.fileSystem.flush(handle))
    mount.fileSystem.release(handle)
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(bed.calls.get("largeFile.uploadPart")).toBe(1)
    expect(mount.status().fetched).toBeLessThan(3 * least + 256 * 1024)
    bytes.write("edited", megabyte)
    expect(Bed.digest(bed.storage.memory.files.get("large")!.bytes)).toBe(Bed.digest(bytes))
  })

  test("that is a copy inside the mount moves no bytes", async () => {
    const bed = Bed.make({ keepsVersions: true, limits: { minPartSize: 50_000, recommendedPartSize: 50_000 } })
    const bytes = random(4).bytes(megabyte)
    await putElsewhere(bed, "a", bytes)
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    const { ino } = value(await mount.fileSystem.lookup(rootIno, "a"))
    const from = value(await mount.fileSystem.open(ino, { reads: true, writes: false }))
    const to = value(await mount.fileSystem.create(rootIno, "b", 0o644, Bed.owner, { reads: true, writes: true }))
    expect(await mount.fileSystem.copyRange(from.handle, 0, to.handle, 0, 2 ** 31)).toBe(megabyte)
    value(await mount.fileSystem.flush(to.handle))
    mount.fileSystem.release(to.handle)
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(mount.status().fetched).toBe(0)
    expect(bed.calls.get("largeFile.uploadPart")).toBeUndefined()
    expect(Bed.digest(bed.storage.memory.files.get("b")!.bytes)).toBe(Bed.digest(bytes))
  })

  test("that is undone before it was due sends nothing", async () => {
    const bed = Bed.make()
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    await write(mount.fileSystem, "temporary", "x")
    value(await mount.fileSystem.unlink(rootIno, "temporary"))
    await mount.drain(5_000)
    expect(bed.calls.get("put")).toBeUndefined()
    expect(bed.calls.get("remove")).toBeUndefined()
  })

  test("that an editor makes by a new file and a rename keeps the file's name and sends it once", async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "text", "old")
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    await list(mount.fileSystem)
    await write(mount.fileSystem, ".text.new", "new")
    value(await mount.fileSystem.rename(rootIno, ".text.new", rootIno, "text", "replace"))
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(names(bed)).toEqual(["text"])
    expect(stored(bed, "text")).toBe("new")
    expect(bed.calls.get("put")).toBe(1)
  })
})

test("what was written and not sent is sent by the next mount", async () => {
  const bed = Bed.make()
  const first = bed.mount({ uploadDelay: 3_600_000 })
  await write(first.fileSystem, "a", "kept through the end")
  await first.close()
  expect(stored(bed, "a")).toBeUndefined()
  const second = bed.mount()
  expect(await read(second.fileSystem, "a")).toBe("kept through the end")
  expect((await second.drain(5_000)).unsent).toEqual([])
  expect(stored(bed, "a")).toBe("kept through the end")
})

test("numbers of nodes stay the same through renames, uploads and remounts", async () => {
  const bed = Bed.make()
  const first = bed.mount()
  const ino = await write(first.fileSystem, "a", "x")
  value(await first.fileSystem.rename(rootIno, "a", rootIno, "b", "replace"))
  await first.drain(5_000)
  await first.close()
  const second = bed.mount({ listingLife: 0 })
  expect(value(await second.fileSystem.lookup(rootIno, "b")).ino).toBe(ino)
})

test("a mode and a link are kept with the file, for other machines", async () => {
  const bed = Bed.make()
  const first = bed.mount()
  const ino = await write(first.fileSystem, "program", "#!")
  value(await first.fileSystem.setAttributes(ino, { mode: 0o755 }))
  value(await first.fileSystem.makeLink(rootIno, "link", "program", Bed.owner))
  await first.drain(5_000)
  expect(bed.storage.memory.files.get("program")?.file.metadata).toEqual({ mode: "100755" })
  expect(bed.storage.memory.files.get("link")?.file.metadata).toEqual({ mode: "120777" })
  const other = bed.mount({ directory: path.join(bed.scratch, "other") })
  expect(value(await other.fileSystem.lookup(rootIno, "program")).mode).toBe(0o755)
  const link = value(await other.fileSystem.lookup(rootIno, "link"))
  expect(await other.fileSystem.readLink(link.ino)).toBe("program")
})

test("a storage that keeps nothing beside files is asked for no links", async () => {
  const bed = Bed.make({ capabilities: { keepsMetadata: false } })
  const made = await bed.mount().fileSystem.makeLink(rootIno, "link", "there", Bed.owner)
  expect(made).toEqual(new Refused("NotPermitted", "memory keeps nothing that tells a link from a file"))
})

test("a folder counts the folders in it, once its names are known", async () => {
  const bed = Bed.make()
  await Bed.putElsewhere(bed, "a/b/c", "text")
  const { fileSystem } = bed.mount()
  const links = async (ino: number) => Bed.value(await fileSystem.getAttributes(ino)).links
  const a = Bed.value(await fileSystem.lookup(1, "a"))
  expect(a.links).toBe(1)
  const b = Bed.value(await fileSystem.lookup(a.ino, "b"))
  expect([await links(1), await links(a.ino), await links(b.ino)]).toEqual([3, 3, 1])
  await Bed.write(fileSystem, "file", "text")
  const made = Bed.value(await fileSystem.makeDirectory(1, "made", 0o755, Bed.owner))
  expect([made.links, await links(1)]).toEqual([2, 4])
  expect(await fileSystem.rename(a.ino, "b", made.ino, "b", "replace")).toBeUndefined()
  expect([await links(a.ino), await links(made.ino)]).toEqual([2, 3])
  expect(await fileSystem.removeDirectory(1, "a")).toBeUndefined()
  expect(await links(1)).toBe(3)
})

test("an empty folder is there after its last file went", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "folder/file", "x")
  const mount = bed.mount()
  const folder = value(await mount.fileSystem.lookup(rootIno, "folder"))
  value(await mount.fileSystem.lookup(folder.ino, "file"))
  value(await mount.fileSystem.unlink(folder.ino, "file"))
  await mount.drain(5_000)
  const other = bed.mount({ directory: path.join(bed.scratch, "other") })
  expect(await list(other.fileSystem)).toEqual(["folder"])
})

test("whoever goes through directories finds the next ones listed", async () => {
  const bed = Bed.make()
  const numbers = Array.from({ length: 6 }, (_, index) => index)
  for (const index of numbers) await putElsewhere(bed, `d${index}/file`, "x")
  const { fileSystem } = bed.mount()
  const inos: Array<number> = []
  for (const index of numbers) inos.push(value(await fileSystem.lookup(rootIno, `d${index}`)).ino)
  const asked = async (index: number) => {
    value(await fileSystem.readDirectory(inos[index]!, 0, 10))
    await new Promise((resolve) => setTimeout(resolve, 5))
    return bed.calls.get("list")
  }
  // The root, the first directory; with the second the third; from there on one more each time.
  expect([await asked(0), await asked(1), await asked(2), await asked(3)]).toEqual([2, 4, 6, 7])
  expect(await asked(5)).toBe(7)
})
