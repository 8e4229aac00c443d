import { hash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { vi } from "vitest"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as TestRepository from "../support/TestRepository.ts"
import * as tamper from "../support/tamper.ts"

const pack = (number: number) => ({
  id: hash("sha256", `pack ${number}`),
  blobs: [0, 1].map((place) => ({
    type: "data" as const,
    id: hash("sha256", `blob ${number} ${place}`),
    offset: 40 * place,
    length: 40,
    uncompressedLength: 0
  }))
})

/** Three index files, of which two name the same pack. */
const sample = Effect.gen(function* () {
  const { provider, repository } = yield* TestRepository.inMemory()
  const lists = [[pack(1)], [pack(2), pack(1)], [pack(3)]]
  const files = yield* Effect.forEach(lists, (list) => repository.save("index", IndexFile.encode(list)))
  return { provider, repository, files }
})

describe("IndexLoader", () => {
  it.effect("takes a mistake of its own for no damage of an index", () =>
    Effect.gen(function* () {
      const { repository } = yield* sample
      const addPack = vi.spyOn(BlobIndex.prototype, "addPack").mockImplementation(() => {
        throw new TypeError("a mistake")
      })
      const exit = yield* Effect.ensuring(
        Effect.exit(IndexLoader.load(repository, { onUnreadable: () => undefined })),
        Effect.sync(() => addPack.mockRestore())
      )
      expect(Exit.hasDies(exit)).toBe(true)
    })
  )

  it.effect("puts all files together, and says which packs each names", () =>
    Effect.gen(function* () {
      const { files, provider, repository } = yield* sample
      const loaded = yield* IndexLoader.load(repository)
      expect(loaded.index.size).toBe(6)
      expect(loaded.index.packCount).toBe(3)
      const expected = [[pack(1).id], [pack(2).id, pack(1).id], [pack(3).id]]
      for (const [place, id] of files.entries()) {
        const file = loaded.files.find((one) => one.id === id)!
        expect([...file.packs].map((number) => loaded.index.packId(number))).toEqual(expected[place])
        expect(file.blobs).toBe(2 * expected[place]!.length)
        expect(file.size).toBe(provider.memory.files.get(`index/${id}`)!.bytes.length)
      }
    })
  )
  it.effect("names the file that is damaged", () =>
    Effect.gen(function* () {
      const { files, provider, repository } = yield* sample
      tamper.flip(provider.memory, `index/${files[1]}`, 5)
      const error = yield* Effect.flip(IndexLoader.load(repository))
      expect(error).toMatchObject({ reason: { _tag: "Damaged", file: `index/${files[1]}` } })
    })
  )
  it.effect("leaves out what can not be read when the caller wants to know of it", () =>
    Effect.gen(function* () {
      const { files, provider, repository } = yield* sample
      tamper.flip(provider.memory, `index/${files[0]}`, 5)
      const odd = yield* repository.save("index", Buffer.from('{"packs":[{"id":"short"}]}'))
      const unreadable: Array<string> = []
      const loaded = yield* IndexLoader.load(repository, {
        onUnreadable: (id, error) => {
          unreadable.push(id)
          expect(error.message).toContain(`index/${id}`)
        }
      })
      expect(unreadable.sort()).toEqual([files[0], odd].sort())
      expect(loaded.index.size).toBe(6)
      expect(loaded.files.map(({ id }) => id)).toEqual([files[1], files[2]].sort())
    })
  )
})
