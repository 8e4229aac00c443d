/** Modes and times of files that the storage has already. */
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import * as Bed from "./Bed.ts"
import { names, putElsewhere, stored, value } from "./Bed.ts"

test("another mode or time is told to the storage without fetching or sending a byte, and keeps what else is beside the file", async () => {
  const bed = Bed.make({ keepsVersions: true, limits: { minPartSize: 50_000, recommendedPartSize: 50_000 } })
  const text = "0123456789".repeat(30_000)
  const options = { modifiedAt: 1_700_000_000_000, contentType: "text/x", metadata: { camera: "old", uid: "12" } }
  for (const [name, bytes] of [
    ["large", text],
    ["small", "small"]
  ] as const)
    await Effect.runPromise(bed.storage.put(makeUnsafe(name), fromBytes(Buffer.from(bytes)), options))
  const mount = bed.mount()
  const { fileSystem } = mount
  for (const name of ["large", "small"]) {
    const { ino } = value(await fileSystem.lookup(rootIno, name))
    value(await fileSystem.setAttributes(ino, { mode: 0o600, modified: { seconds: 1_600_000_000, nanoseconds: 0 } }))
  }
  expect((await mount.drain(5_000)).unsent).toEqual([])
  expect([stored(bed, "large"), stored(bed, "small")]).toEqual([text, "small"])
  for (const name of ["large", "small"])
    expect(bed.storage.memory.files.get(name)?.file).toMatchObject({
      modifiedAt: 1_600_000_000_000,
      contentType: "text/x",
      metadata: { camera: "old", uid: "12", mode: "100600" }
    })
  for (const method of ["put", "read", "readAll", "largeFile.uploadPart", "largeFile.copyPart"])
    expect(bed.calls.get(method)).toBeUndefined()
  expect(bed.calls.get("setMetadata")).toBe(2)
})

test("what another client stores in the moment in which a mode is told to the storage is kept beside", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "file", "ours")
  const { putIfAbsent: _, putIfSame: __, ...storage } = bed.storage
  const mount = bed.mount({
    provider: {
      ...storage,
      // It has looked at the version, and copies that.
      setMetadata: ({ path }, metadata, modifiedAt) =>
        Effect.andThen(
          Effect.promise(() => putElsewhere(bed, "file", "theirs")),
          storage.put(path, fromBytes(Buffer.from("ours")), { modifiedAt, metadata })
        )
    }
  })
  const { ino } = value(await mount.fileSystem.lookup(rootIno, "file"))
  value(await mount.fileSystem.setAttributes(ino, { mode: 0o755 }))
  expect((await mount.drain(5_000)).unsent).toEqual([])
  const [file, besides = ""] = names(bed)
  expect([file, stored(bed, "file"), stored(bed, besides)]).toEqual(["file", "ours", "theirs"])
})

test("a mode that the storage does not keep is told to it once", async () => {
  const bed = Bed.make()
  await putElsewhere(bed, "file", "ours")
  let given: ReadonlyArray<string | undefined> = []
  const mount = bed.mount({
    provider: {
      ...bed.storage,
      setMetadata: (file, metadata, ...time) => {
        given = [...given, metadata?.mode]
        return bed.storage.setMetadata!(file, { ...metadata, mode: "100755" }, ...time)
      }
    }
  })
  const { ino } = value(await mount.fileSystem.lookup(rootIno, "file"))
  value(await mount.fileSystem.setAttributes(ino, { mode: 0o4755 }))
  expect((await mount.drain(5_000)).unsent).toEqual([])
  expect(given).toEqual(["104755"])
  value(await mount.fileSystem.setAttributes(ino, { mode: 0o4711 }))
  expect((await mount.drain(5_000)).unsent).toEqual([])
  expect(given).toEqual(["104755", "104711"])
})

const anHour = { seconds: 1_600_000_000, nanoseconds: 0 }
/** The first answer to `method` is lost; what was asked is done. */
const loseAnswer = (bed: Bed.Bed, method: string): void => {
  let isLost = false
  bed.after = (called) => {
    if (called !== method || isLost) return Effect.void
    isLost = true
    const reason = new UnexpectedResponse({ message: "half an answer" })
    return Effect.fail(new StorageError({ provider: "memory", operation: method, reason }))
  }
}

for (const [method, change] of [
  ["touch", { modified: anHour }],
  ["setMetadata", { mode: 0o600 }]
] as const) {
  test(`a time that is given after a ${method} whose answer was lost is told to the storage, as that is no other client's`, async () => {
    const bed = Bed.make()
    await putElsewhere(bed, "file", "ours")
    const { fileSystem, drain } = bed.mount()
    const { ino } = value(await fileSystem.lookup(rootIno, "file"))
    loseAnswer(bed, method)
    value(await fileSystem.setAttributes(ino, change))
    await expect.poll(() => bed.notes, { timeout: 20_000 }).toEqual(["SendFailed: memory: half an answer"])
    value(await fileSystem.setAttributes(ino, { modified: { seconds: 1_700_000_000, nanoseconds: 0 } }))
    expect((await drain(5_000)).unsent).toEqual([])
    expect(names(bed)).toEqual(["file"])
    expect(bed.storage.memory.files.get("file")?.file.modifiedAt).toBe(1_700_000_000_000)
  })
}

for (const method of ["touch", "setMetadata", "largeFile.finish"] as const) {
  test(`an edit after a ${method} whose answer was lost is sent though the storage keeps no old versions to take the rest from`, async () => {
    const bed = Bed.make({ hasVersionIds: false, limits: { minPartSize: 50_000, recommendedPartSize: 50_000 } })
    const text = "0123456789".repeat(30_000)
    await putElsewhere(bed, "file", text)
    const { fileSystem, drain } = bed.mount()
    const { ino } = value(await fileSystem.lookup(rootIno, "file"))
    const write = async (at: number, bytes: string) => {
      const { handle } = value(await fileSystem.open(ino, { reads: true, writes: true }))
      value(await fileSystem.write(handle, at, Buffer.from(bytes)))
      value(await fileSystem.flush(handle))
      fileSystem.release(handle)
    }
    loseAnswer(bed, method)
    if (method === "largeFile.finish") await write(200_000, "first")
    else value(await fileSystem.setAttributes(ino, method === "touch" ? { modified: anHour } : { mode: 0o600 }))
    await expect.poll(() => bed.notes, { timeout: 20_000 }).toEqual(["SendFailed: memory: half an answer"])
    await write(100_000, "edited")
    expect((await drain(5_000)).unsent).toEqual([])
    const first = method === "largeFile.finish" ? "first" : text.slice(200_000, 200_005)
    expect(names(bed)).toEqual(["file"])
    expect(stored(bed, "file")).toBe(
      `${text.slice(0, 100_000)}edited${text.slice(100_006, 200_000)}${first}${text.slice(200_005)}`
    )
  })
}
