/** Folders of a storage that has them only by what is in them. */

import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import * as Bed from "./Bed.ts"
import { list, names, putElsewhere, ticks, value } from "./Bed.ts"

test("a folder that got another name while a file came into it leaves nothing of the old one", async () => {
  const bed = Bed.make()
  const mount = bed.mount()
  const { fileSystem } = mount
  const { ino } = value(await fileSystem.makeDirectory(rootIno, "old", 0o755, Bed.owner))
  expect((await mount.drain(5_000)).unsent).toEqual([])
  const [come, noted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  bed.after = (method) => {
    if (method !== "put") return Effect.void
    come.resolve()
    return Effect.promise(() => noted.promise)
  }
  const { handle } = value(await fileSystem.create(ino, "file", 0o644, Bed.owner, { reads: true, writes: true }))
  fileSystem.release(handle)
  await come.promise
  value(await fileSystem.rename(rootIno, "old", rootIno, "new", "replace"))
  await ticks(40)
  noted.resolve()
  expect((await mount.drain(5_000)).unsent).toEqual([])
  expect([names(bed), [...bed.storage.memory.directories]]).toEqual([["new/file"], ["new"]])
})

const moving = { keepsVersions: false, hasVersionIds: false }

test.each([
  ["copies", { keepsVersions: true }],
  ["gives files other names", moving]
])(
  "a folder that a storage which %s has only by what is in it stays when the last of that goes",
  async (_, options) => {
    const bed = Bed.make(options)
    for (const name of ["files/a", "files/b", "deep/er/file", "moved/file"]) await putElsewhere(bed, name, name)
    const mount = bed.mount({ listingLife: 0 })
    const { fileSystem } = mount
    const inoOf = async (parent: number, name: string) => value(await fileSystem.lookup(parent, name)).ino
    const [files, deep, moved] = [
      await inoOf(rootIno, "files"),
      await inoOf(rootIno, "deep"),
      await inoOf(rootIno, "moved")
    ]
    for (const name of ["a", "b"]) value(await fileSystem.unlink(files, name))
    value(await fileSystem.unlink(await inoOf(deep, "er"), "file"))
    value(await fileSystem.removeDirectory(deep, "er"))
    value(await fileSystem.rename(moved, "file", rootIno, "file", "replace"))
    expect((await mount.drain(5_000)).unsent).toEqual([])
    const wanted = ["deep", "file", "files", "moved"]
    expect([...(await list(fileSystem))].sort()).toEqual(wanted)
    expect([names(bed), [...bed.storage.memory.directories].sort()]).toEqual([["file"], ["deep", "files", "moved"]])
  }
)

test("a folder stays though a kill comes between the last of its files and what keeps it", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "folder/file", "text")
  const first = bed.mount()
  const { ino } = value(await first.fileSystem.lookup(rootIno, "folder"))
  const gone = Promise.withResolvers<void>()
  bed.after = (method) => {
    if (method !== "remove") return Effect.void
    gone.resolve()
    return Effect.never
  }
  value(await first.fileSystem.unlink(ino, "file"))
  await gone.promise
  first.abandon()
  bed.after = () => Effect.void
  const second = bed.mount({ listingLife: 0 })
  expect((await second.drain(5_000)).unsent).toEqual([])
  expect([names(bed), [...bed.storage.memory.directories]]).toEqual([[], ["folder"]])
  expect(await list(second.fileSystem)).toEqual(["folder"])
})

test.each(["name", "two names"])(
  "a folder stays though a kill comes right after the last of its files got another %s",
  async (what) => {
    const bed = Bed.make(moving)
    await putElsewhere(bed, "folder/file", "text")
    const first = bed.mount()
    const { ino } = value(await first.fileSystem.lookup(rootIno, "folder"))
    value(await first.fileSystem.lookup(ino, "file"))
    const gone = Promise.withResolvers<void>()
    bed.after = (method) => {
      if (method !== "move") return Effect.void
      gone.resolve()
      return Effect.never
    }
    value(await first.fileSystem.rename(ino, "file", rootIno, "one", "replace"))
    await gone.promise
    if (what === "two names") value(await first.fileSystem.rename(rootIno, "one", rootIno, "two", "replace"))
    first.abandon()
    bed.after = () => Effect.void
    const second = bed.mount({ listingLife: 0 })
    expect((await second.drain(5_000)).unsent).toEqual([])
    const name = what === "name" ? "one" : "two"
    expect([names(bed), [...bed.storage.memory.directories]]).toEqual([[name], ["folder"]])
    expect(await list(second.fileSystem)).toEqual(expect.arrayContaining(["folder", name]))
  }
)

test("a folder stays though what keeps it fails at first, and a listing comes between", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "folder/file", "text")
  const mount = bed.mount({ listingLife: 0 })
  const { fileSystem } = mount
  const { ino } = value(await fileSystem.lookup(rootIno, "folder"))
  let failures = 0
  bed.before = (method) => {
    if (method !== "makeDirectory" || failures++ > 0) return Effect.void
    const reason = new Unavailable({ message: "not now" })
    return Effect.fail(new StorageError({ provider: "memory", operation: "makeDirectory", reason }))
  }
  value(await fileSystem.unlink(ino, "file"))
  await ticks(40)
  expect(await list(fileSystem)).toEqual(["folder"])
  expect((await mount.drain(20_000)).unsent).toEqual([])
  expect([failures > 0, [...bed.storage.memory.directories]]).toEqual([true, ["folder"]])
  expect(await list(fileSystem)).toEqual(["folder"])
})
