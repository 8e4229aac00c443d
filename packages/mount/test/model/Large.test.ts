/** What is large: a folder of very many files, a file of very many bytes. */
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type { Part } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import type { Version } from "@ourclone/core/contract/Versions"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, test } from "vitest"
import { rootIno } from "../../src/contract/FileSystem.ts"
import * as Bed from "./Bed.ts"
import { value } from "./Bed.ts"

const megabyte = 1_000_000

test("a folder of 100,000 files is listed with each name once, and a name in it is found", {
  timeout: 120_000
}, async () => {
  const bed = Bed.make()
  const many = 100_000
  const bytes = Buffer.from("x")
  for (let index = 0; index < many; index++) {
    const path = `f${index}`
    const file: DatedFile = {
      _tag: "File",
      path: makeUnsafe(path),
      size: 1,
      modifiedAt: 1_700_000_000_000,
      versionId: `v${index}`,
      checksums: {}
    }
    bed.storage.memory.files.set(path, { file, bytes })
  }
  const { fileSystem } = bed.mount()
  const seen = new Set<string>()
  for (let after = 0; ; ) {
    const page = value(await fileSystem.readDirectory(rootIno, after, 1_000))
    for (const { name } of page.nodes) {
      expect(seen.has(name)).toBe(false)
      seen.add(name)
    }
    if (page.isLast) break
    after = page.nodes.at(-1)!.attributes.ino
  }
  expect(seen.size).toBe(many)
  expect(value(await fileSystem.lookup(rootIno, "f77777")).size).toBe(1)
  expect(await fileSystem.lookup(rootIno, "f100000")).toMatchObject({ refusal: "NotFound" })
  expect(bed.calls.get("list")).toBe(1)
})

/** A storage with one file of zeros, too large to be held, that counts what is moved. */
const hugeStorage = (size: number) => {
  const base = MemoryProvider.make({ keepsVersions: true })
  const moved = { sent: 0, fetched: 0, copied: 0 }
  let file: DatedFile = {
    _tag: "File",
    path: makeUnsafe("huge"),
    size,
    modifiedAt: 1_700_000_000_000,
    versionId: "v1",
    checksums: {}
  }
  const versions: Array<DatedFile> = [file]
  const versionOf = ({ _tag, ...known }: DatedFile): Version => ({
    ...known,
    versionId: known.versionId ?? "",
    kind: "Stored",
    storedAt: known.modifiedAt
  })
  const part = (number: number, length: number): Part => ({ number, size: length, checksum: String(number) })
  const provider: Provider = {
    ...base,
    list: () => Stream.suspend(() => Stream.fromArray([file])),
    stat: () => Effect.sync(() => file),
    read: (_, range = { offset: 0, length: size }) =>
      Stream.sync(() => {
        moved.fetched += range.length
        return new Uint8Array(range.length)
      }),
    versions: { ...base.versions!, list: () => Stream.suspend(() => Stream.fromArray(versions.map(versionOf))) },
    largeFile: {
      ...base.largeFile!,
      limits: {
        ...base.largeFile!.limits,
        cutoff: 200 * megabyte,
        minPartSize: 5 * megabyte,
        recommendedPartSize: 100 * megabyte,
        maxPartSize: 5_000 * megabyte,
        maxParts: 10_000
      },
      start: (path, { modifiedAt, partSize }) =>
        Effect.succeed({ id: "upload", path, startedAt: 0, size, modifiedAt, partSize }),
      uploadPart: (_, number, source) =>
        Effect.map(Stream.runCollect(source.read()), (pieces) => {
          const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
          moved.sent += length
          return part(number, length)
        }),
      copyPart: (_, number, _from, range) =>
        Effect.sync(() => {
          moved.copied += range?.length ?? 0
          return part(number, range?.length ?? 0)
        }),
      finish: ({ modifiedAt }, parts) =>
        Effect.sync(() => {
          const total = parts.reduce((sum, { size: length }) => sum + length, 0)
          file = { ...file, size: total, modifiedAt: modifiedAt ?? 0, versionId: `v${versions.length + 1}` }
          versions.unshift(file)
          return file
        })
    }
  }
  return { provider, moved, stored: () => file }
}

test("an edit of a megabyte in a file of 10 GB moves less than 10 MB", async () => {
  const size = 10_000 * megabyte
  const { moved, provider, stored } = hugeStorage(size)
  const mount = Bed.make().mount({ provider, uploadDelay: 3_600_000 })
  const { ino } = value(await mount.fileSystem.lookup(rootIno, "huge"))
  const { handle } = value(await mount.fileSystem.open(ino, { reads: true, writes: true }))
  value(await mount.fileSystem.write(handle, 7_654_321_000, Buffer.alloc(megabyte, 1)))
  value(await mount.fileSystem.flush(handle))
  mount.fileSystem.release(handle)
  expect((await mount.drain(30_000)).unsent).toEqual([])
  expect(stored()).toMatchObject({ size, versionId: "v2" })
  expect(moved.sent).toBeGreaterThanOrEqual(megabyte)
  expect(moved.sent).toBeLessThan(10 * megabyte)
  expect(moved.fetched).toBeLessThan(10 * megabyte)
  expect(moved.copied + moved.sent).toBe(size)
})
