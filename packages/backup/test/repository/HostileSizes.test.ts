import { describe, expect, it } from "@effect/vitest"
import type { Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Told from "@ourclone/core/testing/Told"
import { Effect, Stream } from "effect"
import * as Checker from "../../src/care/Checker.ts"
import * as CheckSubset from "../../src/care/CheckSubset.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as TestRepository from "../support/TestRepository.ts"

const claimed = 2 ** 40

/** A storage that says of every file whose path begins like that that it has a tebibyte, and dies when it is asked for it. */
const boasting = (provider: Provider, beginning: string): Provider => {
  const boast = <A extends Entry>(entry: A): A =>
    entry._tag === "File" && entry.path.startsWith(beginning) ? { ...entry, size: claimed } : entry
  const refuse = (file: File) => Effect.sync(() => expect(file.size).toBeLessThan(claimed))
  return {
    ...provider,
    stat: (path) => Effect.map(provider.stat(path), boast),
    list: (directory, options) => Stream.map(provider.list(directory, options), boast),
    read: (file, range) =>
      range === undefined
        ? Stream.unwrap(Effect.as(refuse(file), provider.read(file)))
        : provider.read({ ...file, size: Math.min(file.size, range.offset + range.length) }, range),
    readAll: (file) => Effect.andThen(refuse(file), provider.readAll(file))
  }
}

const open = (provider: Provider) => Repository.open(provider, { password: TestRepository.password })

const backedUp = Effect.gen(function* () {
  const { provider, repository } = yield* TestRepository.inMemory()
  yield* SampleBackup.backup(repository, { "a.txt": ["hello"] })
  return provider
})

describe("a storage that says that a file is larger than any", () => {
  for (const [beginning, tag] of [
    ["config", "UnexpectedResponse"],
    ["keys/", "Damaged"]
  ] as const) {
    it.effect(`is not believed about ${beginning}, and no memory is set aside`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(open(boasting(yield* backedUp, beginning)))
        expect(error).toMatchObject({ reason: { _tag: tag }, message: expect.stringContaining(`${claimed} bytes`) })
      })
    )
  }

  it.effect("is not believed about snapshots, which count as unreadable", () =>
    Effect.gen(function* () {
      const repository = yield* open(boasting(yield* backedUp, "snapshots/"))
      expect(yield* Snapshots.loadAll(repository)).toMatchObject({
        snapshots: [],
        unreadable: [{ message: expect.stringContaining(`${claimed} bytes`) }]
      })
    })
  )

  it.live("is not believed about packs and indexes, which a check names", () =>
    Effect.gen(function* () {
      const provider = yield* backedUp
      for (const beginning of ["data/", "index/"]) {
        const told = Told.make()
        const repository = yield* open(boasting(provider, beginning))
        yield* Effect.scoped(Checker.check(repository, { readData: CheckSubset.all }, told))
        const messages = told.of("Failed").map(({ failure }) => failure.message)
        expect(messages.some((message) => message.includes(`${claimed} bytes`))).toBe(true)
      }
    })
  )
})
