import { hash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { packedBlobs } from "../../src/format/BlobTable.ts"
import { type BlobType, numberOf } from "../../src/format/BlobType.ts"
import { type FinishedPack, makePackWriter } from "../../src/format/PackWriter.ts"
import * as Hex from "../../src/go/Hex.ts"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as fixture from "../support/fixture.ts"
import * as TestRepository from "../support/TestRepository.ts"
import * as tamper from "../support/tamper.ts"

interface ExpectedBlob {
  readonly type: BlobType
  readonly pack: string
  readonly offset: number
  readonly length: number
  readonly uncompressed_length: number
}

const blobs: Array<[string, ExpectedBlob]> = Object.entries(fixture.expected().blobs)

/** A repository in which `plains` lie in as many packs as `copies` says, and a reader that counts what it reads. */
const sample = Effect.fnUntraced(function* (
  type: BlobType,
  plains: ReadonlyArray<string>,
  copies = 1,
  cacheDirectory?: string
) {
  const { provider, repository } = yield* TestRepository.inMemory(
    cacheDirectory === undefined ? {} : { cacheDirectory }
  )
  const packs: Array<FinishedPack> = []
  for (let copy = 0; copy < copies; copy++) {
    const writer = makePackWriter({
      box: repository.box,
      compression: "auto",
      version: 2,
      targetSize: 1_000_000,
      onPack: (pack) => packs.push(pack),
      openDataPacks: 1
    })
    for (const plain of plains) writer.store(numberOf(type), Hex.toBytes(hash("sha256", plain)), Buffer.from(plain))
    writer.finish()
  }
  for (const { bytes, id } of packs) yield* repository.savePack(id, bytes)
  yield* repository.save("index", IndexFile.encode(packs.map(({ blobs, id }) => ({ id, blobs: packedBlobs(blobs) }))))
  const { index } = yield* IndexLoader.load(repository)
  const paths = packs.map(({ id }) => `data/${id.slice(0, 2)}/${id}`)
  const reads: Array<string> = []
  const counting = {
    ...repository,
    readRaw: (...call: Parameters<typeof repository.readRaw>) => {
      reads.push(call[2] === undefined ? "whole" : "range")
      return Effect.andThen(Effect.yieldNow, repository.readRaw(...call))
    }
  }
  return { provider, repository, packs, paths, reads, reader: BlobReader.make(counting, index) }
})

const plains = ["one", "two ".repeat(1000), "three"]
const ids = plains.map((plain) => hash("sha256", plain))

describe("BlobReader", () => {
  it.effect("reads every blob of restic's repository, where the index says it is", () =>
    Effect.gen(function* () {
      const repository = yield* TestRepository.openFolder(fixture.path, { password: fixture.password })
      const { files, index } = yield* IndexLoader.load(repository)
      expect(files.map(({ blobs, packs }) => [packs.length, blobs])).toEqual([
        [2, 5],
        [2, 65]
      ])
      expect(index.size).toBe(70)
      const reader = BlobReader.make(repository, index)
      for (const [id, expected] of blobs) {
        const entry = index.findHex(expected.type === "tree" ? 1 : 0, id)
        expect({
          type: expected.type,
          pack: index.packId(index.packOf(entry)),
          offset: index.offsetOf(entry),
          length: index.lengthOf(entry),
          uncompressed_length: index.uncompressedLengthOf(entry)
        }).toEqual(Object.fromEntries(Object.entries(expected).filter(([name]) => name !== "header_type")))
        expect(hash("sha256", yield* reader.blob(expected.type, id))).toBe(id)
      }
    })
  )
  it.effect("reads data in ranges, and a pack of trees once and as a whole", () =>
    Effect.gen(function* () {
      const data = yield* sample("data", plains)
      for (const [place, id] of ids.entries())
        expect((yield* data.reader.blob("data", id)).toString()).toBe(plains[place])
      expect(data.reads).toEqual(["range", "range", "range"])
      const trees = yield* sample("tree", plains)
      const read = yield* Effect.forEach(ids, trees.reader.treeBytes, { concurrency: "unbounded" })
      expect(read.map(String)).toEqual(plains)
      expect(trees.reads).toEqual(["whole"])
    })
  )
  it.effect("a data blob is no tree", () =>
    Effect.gen(function* () {
      const { reader } = yield* sample("data", plains)
      const error = yield* Effect.flip(reader.blob("tree", ids[0]!))
      expect(error).toMatchObject({ _tag: "RepositoryError", reason: { _tag: "Missing" } })
      expect(error.message).toContain(ids[0]!)
    })
  )
  it.effect("names pack and blob when one is damaged, and still reads the others", () =>
    Effect.gen(function* () {
      for (const type of ["data", "tree"] as const) {
        const { paths, provider, reader } = yield* sample(type, plains)
        tamper.flip(provider.memory, paths[0]!, 20)
        const error = yield* Effect.flip(reader.blob(type, ids[0]!))
        expect(error).toMatchObject({ reason: { _tag: "Damaged", file: paths[0] } })
        expect(error.message).toContain(ids[0]!)
        expect((yield* reader.blob(type, ids[1]!)).toString()).toBe(plains[1])
      }
    })
  )
  it.effect("takes the copy of another pack when one is damaged, cut off or gone", () =>
    Effect.gen(function* () {
      for (const type of ["data", "tree"] as const) {
        const harm = [
          (memory: Parameters<typeof tamper.flip>[0], path: string) => tamper.flip(memory, path, 20),
          (memory: Parameters<typeof tamper.flip>[0], path: string) =>
            tamper.replace(memory, path, Buffer.alloc(10, 1)),
          (memory: Parameters<typeof tamper.flip>[0], path: string) => void memory.files.delete(path)
        ]
        for (const one of harm) {
          const { paths, provider, reader, repository } = yield* sample(type, plains, 2)
          one(provider.memory, paths[0]!)
          expect((yield* reader.blob(type, ids[0]!)).toString()).toBe(plains[0])
          provider.memory.files.delete(paths[1]!)
          const error = yield* Effect.flip(BlobReader.make(repository, reader.index).blob(type, ids[0]!))
          expect(error._tag).toBe("RepositoryError")
        }
      }
    })
  )
  it.effect("a blob that lies where another should is found out", () =>
    Effect.gen(function* () {
      const { packs, reader, repository } = yield* sample("data", plains)
      const { index } = reader
      const [one, other] = [index.findHex(0, ids[0]!), index.findHex(0, ids[2]!)]
      const swapped = new BlobIndex()
      const pack = swapped.addPack(packs[0]!.id)
      for (const [entry, place] of [
        [one, other],
        [other, one]
      ] as const) {
        const at = [index.offsetOf(place), index.lengthOf(place), index.uncompressedLengthOf(place)] as const
        swapped.add(0, index.idOf(entry), 0, pack, ...at)
      }
      const error = yield* Effect.flip(BlobReader.make(repository, swapped).blob("data", ids[0]!))
      expect(error).toMatchObject({ reason: { _tag: "Damaged" } })
      expect(error.message).toContain("its SHA-256 is not its id")
    })
  )
  it.effect("a pack of trees is kept on this machine", () =>
    Effect.gen(function* () {
      const folder = yield* TestRepository.folder
      const { packs, reader, reads, repository } = yield* sample("tree", plains, 1, folder)
      yield* reader.treeBytes(ids[0]!)
      expect(reads).toEqual(["whole"])
      expect(repository.cache?.has("data", packs[0]!.id)).toBe(true)
      const other = BlobReader.make({ ...repository, readRaw: () => Effect.die("not from the storage") }, reader.index)
      expect((yield* other.treeBytes(ids[1]!)).toString()).toBe(plains[1])
    }).pipe(Effect.scoped)
  )
  it.effect("a tree that is no JSON is damaged", () =>
    Effect.gen(function* () {
      const { reader } = yield* sample("tree", plains)
      const error = yield* Effect.flip(reader.tree(ids[0]!))
      expect(error).toMatchObject({ reason: { _tag: "Damaged" } })
      expect(error.message).toContain(ids[0]!)
    })
  )
})
