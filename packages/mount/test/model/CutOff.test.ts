/** An edit of a large file whose upload a kill cut off. */
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { PermissionDenied, type Reason, StorageError, Unauthenticated } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, test } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import * as Bed from "./Bed.ts"
import { stored, value } from "./Bed.ts"

const size = 1_000_000
const edit = Buffer.alloc(300_000, "new")
const at = 350_000
const edited = Buffer.concat([Buffer.alloc(at, "old"), edit, Buffer.alloc(size, "old").subarray(at + edit.length)])

/** Of the six parts that are sent two have come, and no more do before the kill. */
const cutOff = async () => {
  const bed = Bed.make({ keepsVersions: true, limits: { minPartSize: 50_000, recommendedPartSize: 50_000 } })
  await Effect.runPromise(
    bed.storage.put(makeUnsafe("large"), fromBytes(Buffer.alloc(size, "old")), { modifiedAt: 1_700_000_000_000 })
  )
  const came = new Map<string, number>()
  bed.after = (method) => Effect.sync(() => void came.set(method, (came.get(method) ?? 0) + 1))
  bed.before = (method) =>
    method !== "largeFile.uploadPart" || (bed.calls.get(method) ?? 0) <= 2 ? Effect.void : Effect.never
  const first = bed.mount()
  const { ino } = value(await first.fileSystem.lookup(rootIno, "large"))
  const { handle } = value(await first.fileSystem.open(ino, { reads: true, writes: true }))
  value(await first.fileSystem.write(handle, at, edit))
  value(await first.fileSystem.flush(handle))
  first.fileSystem.release(handle)
  await expect
    .poll(() => [came.get("largeFile.uploadPart"), came.get("largeFile.copyPart")], { timeout: 20_000 })
    .toEqual([2, 1])
  first.abandon()
  bed.before = () => Effect.void
  return { bed, came }
}

const unfinished = ({ storage }: Bed.Bed) => Effect.runPromise(Stream.runCollect(storage.largeFile!.unfinished(root)))

test("goes on with the parts that came, in the next mount", async () => {
  const { bed, came } = await cutOff()
  expect(await unfinished(bed)).toHaveLength(1)
  expect((await bed.mount().drain(5_000)).unsent).toEqual([])
  expect(stored(bed, "large")).toBe(edited.toString())
  expect(came.get("largeFile.uploadPart")).toBe(6)
  expect(came.get("largeFile.copyPart")).toBe(2)
  expect(await unfinished(bed)).toEqual([])
})

test("leaves nothing at the storage where the file was edited again, or removed", async () => {
  for (const what of ["edited", "removed"] as const) {
    const { bed } = await cutOff()
    const mount = bed.mount({ uploadDelay: 3_600_000 })
    const { fileSystem } = mount
    if (what === "removed") value(await fileSystem.unlink(rootIno, "large"))
    else {
      const { ino } = value(await fileSystem.lookup(rootIno, "large"))
      const { handle } = value(await fileSystem.open(ino, { reads: true, writes: true }))
      value(await fileSystem.write(handle, 0, Buffer.from("newer")))
      value(await fileSystem.flush(handle))
      fileSystem.release(handle)
    }
    expect((await mount.drain(5_000)).unsent).toEqual([])
    expect(stored(bed, "large")?.slice(0, 8)).toBe(what === "removed" ? undefined : "newerdol")
    expect(await unfinished(bed)).toEqual([])
    mount.abandon()
  }
})

const refusing = (bed: Bed.Bed, reason: Reason) => {
  bed.before = (method) =>
    method === "largeFile.cancel"
      ? Effect.fail(new StorageError({ provider: "memory", operation: "cancel", reason }))
      : Effect.void
}

test("tells of what stays at the storage as it may not be cancelled, and cancels it once it may", async () => {
  const { bed } = await cutOff()
  refusing(bed, new PermissionDenied({ message: "not by this key" }))
  const mount = bed.mount()
  value(await mount.fileSystem.unlink(rootIno, "large"))
  expect((await mount.drain(5_000)).unsent).toEqual([])
  expect(stored(bed, "large")).toBeUndefined()
  expect(bed.notes.filter((note) => note.startsWith("PartsLeft"))).toEqual([
    expect.stringMatching(/"large" .*not by this key/)
  ])
  await mount.close()
  bed.before = () => Effect.void
  expect((await bed.mount().drain(5_000)).unsent).toEqual([])
  expect(await unfinished(bed)).toEqual([])
})

test("sends a newer edit though what was sent of the one before may not be cancelled", async () => {
  const { bed } = await cutOff()
  refusing(bed, new PermissionDenied({ message: "not by this key" }))
  const mount = bed.mount({ uploadDelay: 3_600_000 })
  const { ino } = value(await mount.fileSystem.lookup(rootIno, "large"))
  const { handle } = value(await mount.fileSystem.open(ino, { reads: true, writes: true }))
  value(await mount.fileSystem.write(handle, 0, Buffer.from("newer")))
  value(await mount.fileSystem.flush(handle))
  mount.fileSystem.release(handle)
  expect((await mount.drain(5_000)).unsent).toEqual([])
  expect(stored(bed, "large")?.slice(0, 8)).toBe("newerdol")
  expect(bed.notes.join("\n")).toContain("PartsLeft")
})

test("cancels it later where the key is none any more, and says so meanwhile", async () => {
  const { bed } = await cutOff()
  refusing(bed, new Unauthenticated({ message: "the key is no more" }))
  const mount = bed.mount()
  value(await mount.fileSystem.unlink(rootIno, "large"))
  await mount.drain(5_000)
  expect(mount.status().parked).toBe(1)
  bed.before = () => Effect.void
  await mount.drain(5_000)
  expect(mount.status().parked).toBe(0)
  expect(await unfinished(bed)).toEqual([])
})
