import { describe, expect, it } from "@effect/vitest"
import * as Told from "@ourclone/core/testing/Told"
import { Effect } from "effect"
import * as Checker from "../../src/care/Checker.ts"
import * as CheckSubset from "../../src/care/CheckSubset.ts"
import * as Prune from "../../src/care/Prune.ts"
import { packedBlobs } from "../../src/format/BlobTable.ts"
import { type FinishedPack, makePackWriter } from "../../src/format/PackWriter.ts"
import { pathOf } from "../../src/format/RepositoryFile.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as fixture from "../support/fixture.ts"
import * as HandMade from "../support/HandMadeSnapshot.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as TestRepository from "../support/TestRepository.ts"
import * as tamper from "../support/tamper.ts"

const readAll = { readData: CheckSubset.all }

const checked = Effect.fnUntraced(function* (repository: Repository, options: Checker.CheckOptions = readAll) {
  const told = Told.make()
  const result = yield* Checker.check(repository, options, told)
  const problems = told.facts.flatMap((fact) => {
    if (fact._tag === "Failed") return [{ severity: "error", file: fact.failure.item, message: fact.failure.message }]
    return fact._tag === "Note" ? [{ severity: fact.code, file: fact.item, message: fact.message }] : []
  })
  return { told, problems, result, messages: problems.map(({ message, severity }) => `${severity}: ${message}`) }
})

/** Two snapshots in several packs. */
const sample = Effect.gen(function* () {
  const { provider, repository } = yield* TestRepository.inMemory()
  yield* SampleBackup.backup(repository, { "a/one.txt": ["one ".repeat(600), "end"], "b/two.txt": ["two"] })
  yield* SampleBackup.backup(repository, {
    "a/one.txt": ["one ".repeat(600), "end"],
    "c/three.txt": ["three ".repeat(900)]
  })
  const packs = [...provider.memory.files.keys()].filter((path) => path.startsWith("data/"))
  return { provider, repository, packs }
})

describe("check", () => {
  it.live("finds nothing wrong with what restic wrote, and reads all of it", () =>
    Effect.gen(function* () {
      const repository = yield* TestRepository.openFolder(fixture.path, { password: fixture.password })
      const { problems, result, told } = yield* checked(repository)
      expect(problems).toEqual([])
      expect(result).toMatchObject({ errors: 0, hints: 0, snapshots: 2, packs: 4, blobs: 70, trees: 14, packsRead: 4 })
      expect(result.bytesRead).toBe(89_817 + 7081 + 5577 + 1902)
      expect(told.progress()).toMatchObject({ bytes: result.bytesRead, figures: { totalBytes: result.bytesRead } })
    })
  )
  it.live("finds nothing wrong with what we write", () =>
    Effect.gen(function* () {
      const { packs, repository } = yield* sample
      const { problems, result } = yield* checked(repository)
      expect(problems).toEqual([])
      expect(result).toMatchObject({ snapshots: 2, packs: packs.length, packsRead: packs.length, brokenPacks: [] })
    })
  )
  it.live("finds a missing pack, and says that repair index may help", () =>
    Effect.gen(function* () {
      const { packs, provider, repository } = yield* sample
      provider.memory.files.delete(packs[0]!)
      const { messages, result } = yield* checked(repository, {})
      expect(messages).toContain(`error: "${packs[0]}" is missing`)
      expect(result).toMatchObject({ suggestRepairIndex: true, brokenPacks: [packs[0]!.slice(8)] })
    })
  )
  it.live("finds a pack that was cut off without reading any", () =>
    Effect.gen(function* () {
      const { packs, provider, repository } = yield* sample
      const { bytes } = provider.memory.files.get(packs[0]!)!
      tamper.replace(provider.memory, packs[0]!, bytes.subarray(0, -1))
      const { messages, result } = yield* checked(repository, {})
      expect(messages).toContain(
        `error: "${packs[0]}" has ${bytes.length - 1} bytes, but by the index it has ${bytes.length}`
      )
      expect(result.packsRead).toBe(0)
    })
  )
  it.live(
    "a damaged or missing pack that an index names and no snapshot needs is an error that prune ends, as with restic",
    () =>
      Effect.gen(function* () {
        const { provider, repository } = yield* sample
        const before = new Set([...provider.memory.files.keys()])
        yield* SampleBackup.backup(repository, { "d/gone.txt": ["nothing else has this ".repeat(200)] })
        const added = [...provider.memory.files.keys()].filter((path) => !before.has(path))
        const snapshot = added.find((path) => path.startsWith("snapshots/"))!
        const [first, second] = added.filter((path) => path.startsWith("data/")) as [string, string]
        tamper.flip(provider.memory, first, 3)
        expect((yield* checked(repository)).result.brokenPacks).toContain(first.slice(8))

        provider.memory.files.delete(snapshot)
        provider.memory.files.delete(second)
        const { messages, result } = yield* checked(repository)
        const ending = "; no snapshot needs it, but the next backup may count on it"
        expect(messages).toContain(`error: "${second}" is missing${ending}`)
        expect(messages.filter((message) => !message.startsWith("error: "))).toEqual([])
        expect(messages.every((message) => message.endsWith(ending))).toBe(true)
        expect(result).toMatchObject({
          errors: messages.length,
          brokenPacks: [],
          suggestPrune: true,
          suggestRepairIndex: false,
          suggestRepairSnapshots: false
        })
        yield* Prune.prune(repository, { packSize: 2_500, threads: 1, maxUnused: { percent: 0 } })
        expect((yield* checked(repository)).messages).toEqual([])
      })
  )
  it.live("an empty file among the locks is no damage", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* sample
      const path = pathOf("locks", yield* repository.save("locks", Buffer.from("{}")))
      tamper.replace(provider.memory, path, Buffer.alloc(0))
      expect((yield* checked(repository)).problems).toEqual([])
    })
  )
  it.live("a pack in no index is a hint to prune, a damaged one too while nothing is lost", () =>
    Effect.gen(function* () {
      const { packs: named, provider, repository } = yield* sample
      const packs: Array<FinishedPack> = []
      const writer = makePackWriter({
        box: repository.box,
        compression: "auto",
        version: 2,
        targetSize: 1e6,
        onPack: (pack) => packs.push(pack)
      })
      writer.store(
        0,
        Buffer.from("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", "hex"),
        Buffer.from("foo")
      )
      writer.finish()
      yield* repository.savePack(packs[0]!.id, packs[0]!.bytes)
      const { messages, result } = yield* checked(repository)
      expect(messages).toEqual([`hint: "data/${packs[0]!.id.slice(0, 2)}/${packs[0]!.id}" is in no index`])
      expect(result).toMatchObject({ errors: 0, suggestPrune: true, suggestRepairIndex: false })

      const path = pathOf("data", packs[0]!.id)
      tamper.flip(provider.memory, path, 3)
      const damaged = yield* checked(repository)
      const [unnamed, ...others] = damaged.messages
      expect(unnamed).toBe(`hint: "${path}" is in no index`)
      expect(new Set(others.map((message) => message.startsWith(`hint: "${path}" is damaged: `)))).toEqual(
        new Set([true])
      )
      expect(damaged.result).toMatchObject({
        errors: 0,
        brokenPacks: [],
        suggestPrune: true,
        suggestRepairIndex: false
      })

      const needed = provider.memory.files.get(named[0]!)!
      provider.memory.files.delete(named[0]!)
      const lost = yield* checked(repository)
      expect(lost.result.brokenPacks).toContain(packs[0]!.id)
      expect(lost.result).toMatchObject({ suggestRepairIndex: true, suggestRepairSnapshots: true })
      provider.memory.files.set(named[0]!, needed)
      tamper.flip(provider.memory, path, 3)
      const listed = { id: packs[0]!.id, blobs: [...packedBlobs(packs[0]!.blobs)] }
      yield* repository.save("index", IndexFile.encode([listed]))
      yield* repository.save("index", IndexFile.encode([listed]))
      expect((yield* checked(repository)).messages).toEqual([
        `hint: "data/${packs[0]!.id.slice(0, 2)}/${packs[0]!.id}" is named by 2 index files`
      ])
    })
  )
  it.live("finds an index that says something else than the packs, when it reads them", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* sample
      const path = [...provider.memory.files.keys()].find((name) => name.startsWith("index/"))!
      const [first, ...others] = IndexFile.decode(yield* repository.load("index", path.slice(6)))
      const blobs = first!.blobs.map((blob) => ({ ...blob, uncompressedLength: blob.uncompressedLength + 1 }))
      yield* repository.save("index", IndexFile.encode([{ id: first!.id, blobs }, ...others]))
      provider.memory.files.delete(path)
      expect((yield* checked(repository, {})).result.errors).toBeLessThanOrEqual(1)
      const { messages } = yield* checked(repository)
      expect(messages.join("\n")).toMatch(
        new RegExp(`"data/../${first!.id}" is damaged: its header and the index do not agree`)
      )
    })
  )
  it.live("finds blobs that, by the index, overlap, and a pack that is mixed", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* sample
      const path = [...provider.memory.files.keys()].find((name) => name.startsWith("index/"))!
      const packs = IndexFile.decode(yield* repository.load("index", path.slice(6)))
      provider.memory.files.delete(path)
      const several = packs.find(({ blobs }) => blobs.length > 1)!
      const swapped = several.blobs.map((blob, place) => ({ ...blob, offset: 7 * place }))
      const mixed = several.blobs.map((blob, place) => ({ ...blob, type: place === 0 ? "data" : "tree" }) as const)
      const indexed = (blobs: typeof several.blobs) =>
        repository.save(
          "index",
          IndexFile.encode([{ id: several.id, blobs }, ...packs.filter((pack) => pack !== several)])
        )
      const file = `"data/${several.id.slice(0, 2)}/${several.id}"`
      const first = yield* indexed(swapped)
      expect((yield* checked(repository, {})).messages).toContain(
        `error: ${file} has, by the index, blobs that overlap or do not follow each other`
      )
      provider.memory.files.delete(`index/${first}`)
      yield* indexed(mixed)
      expect((yield* checked(repository, {})).messages).toContain(`hint: ${file} contains a mix of tree and data blobs`)
    })
  )
  it.live("finds a snapshot whose directory is nowhere, and one that can not be read", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      yield* SampleBackup.backup(repository, { "a/one.txt": ["one"] })
      for (const path of [...provider.memory.files.keys()])
        if (path.startsWith("index/")) provider.memory.files.delete(path)
      const bad = yield* repository.save("snapshots", Buffer.from('{"time":"yesterday"}'))
      const { messages, result } = yield* checked(repository)
      expect(
        messages.some((message) => /^error: [0-9a-f]{8}:\/: its tree [0-9a-f]{64} is in no index/.test(message))
      ).toBe(true)
      expect(messages.some((message) => message.includes(`snapshots/${bad}`))).toBe(true)
      expect(result.errors).toBe(2)
    })
  )
  it.live("finds what makes no sense in a directory, with the path it was found at", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const tree = yield* HandMade.store(repository, [
        HandMade.folder("docs", [
          HandMade.file("fine", "fine"),
          { name: "no-content", content: null },
          { name: "no-subtree", type: "dir" },
          { name: "odd", type: "irregular" },
          { name: "lost", content: ["0".repeat(64)] },
          { name: "lost-folder", type: "dir", subtree: "1".repeat(64) },
          HandMade.file("../up", "up")
        ])
      ])
      const snapshot = yield* repository.save(
        "snapshots",
        Buffer.from(`{"time":"2024-01-01T00:00:00Z","tree":"${tree}","paths":["/"]}`)
      )
      const { messages } = yield* checked(repository)
      const at = `error: ${snapshot.slice(0, 8)}:/docs`
      expect(messages).toEqual(
        expect.arrayContaining([
          `${at}/no-content: it is a file without a list of blobs`,
          `${at}/no-subtree: it is a directory without a subtree`,
          `${at}/odd: its type "irregular" is not known`,
          `${at}/lost: its data blob ${"0".repeat(64)} is in no index`,
          `${at}/lost-folder: its tree ${"1".repeat(64)} is in no index`,
          `${at}/../up: the name has a slash in it`,
          `${at.replace("error", "hint")}: its entries are not in order, or one is there twice`
        ])
      )
      expect(messages).toHaveLength(7)
    })
  )
  it.live("names the blob that is damaged in a pack", () =>
    Effect.gen(function* () {
      const { packs, provider, repository } = yield* sample
      tamper.flip(provider.memory, packs[0]!, 20)
      const { messages, result } = yield* checked(repository)
      expect(messages).toContain(`error: "${packs[0]}" is damaged: its SHA-256 is not its name`)
      expect(
        messages.some((message) => /the data blob [0-9a-f]{64} in it is damaged: its seal is broken/.test(message))
      ).toBe(true)
      expect(result.brokenPacks).toEqual([packs[0]!.slice(8)])
    })
  )
})
