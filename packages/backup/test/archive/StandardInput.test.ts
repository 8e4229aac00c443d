import { hash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import { Effect, Stream } from "effect"
import * as Archiver from "../../src/archive/Archiver.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import { options } from "../support/backup.ts"
import * as keyStream from "../support/keyStream.ts"
import { readWhole } from "../support/SampleBackup.ts"
import * as TestRepository from "../support/TestRepository.ts"

const pieces = (...sizes: ReadonlyArray<number>) => sizes.map((size, index) => keyStream.bytes(`${index}`, size))

const input = (fileName: string, content: Stream.Stream<Uint8Array, StorageError>) =>
  options([], { standardInput: { fileName, content } })

describe("a backup of standard input", () => {
  it.live.each([
    ["nothing", []],
    ["a few bytes", [1, 0, 2]],
    ["pieces that end within chunks and beyond what is read at once", [600_000, 12_000_000, 1, 65_536]]
  ] as const)("keeps %s", ([, sizes]) =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const all = pieces(...sizes)
      const summary = yield* Archiver.backup(repository, input("dump/of/my.sql", Stream.fromIterable(all)))
      const { contents } = yield* readWhole(repository)
      assert.deepEqual(
        [...contents.get(summary.snapshotId!)!],
        [["/dump/of/my.sql", hash("sha256", Buffer.concat(all))]]
      )
      assert.strictEqual(summary.totalBytesProcessed, Buffer.concat(all).length)
      const { snapshots } = yield* Snapshots.loadAll(repository)
      assert.deepEqual(snapshots[0]!.paths, ["/dump/of/my.sql"])
    })
  )

  it.live("writes no snapshot when the input fails", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const failure = new StorageError({
        provider: "pg_dump",
        operation: "read",
        path: "",
        reason: new Unavailable({ message: "it ended with code 1" })
      })
      const content = Stream.concat(Stream.fromIterable(pieces(2_000_000)), Stream.fail(failure))
      const error = yield* Effect.flip(Archiver.backup(repository, input("dump.sql", content)))
      assert.include(error.message, "it ended with code 1")
      assert.lengthOf((yield* Snapshots.loadAll(repository)).snapshots, 0)
    })
  )

  it.live("refuses a name that is none", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const error = yield* Effect.flip(Archiver.backup(repository, input("/..", Stream.empty)))
      assert.strictEqual(error.reason._tag, "Refused")
    })
  )
})
