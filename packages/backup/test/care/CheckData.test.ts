import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as CheckData from "../../src/care/CheckData.ts"
import { BlobTableBuilder } from "../../src/format/BlobTable.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as TestRepository from "../support/TestRepository.ts"

describe("checking packs", () => {
  it.live("ends with what went wrong where a thread fails, and calls no pack damaged", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      yield* SampleBackup.backup(repository, { "a.txt": ["hello"] })
      const listed = yield* Stream.runCollect(repository.list("data"))
      const problems: Array<string> = []
      const checking = CheckData.checkData(repository, {
        packs: listed.map(({ id, size }) => ({ id, size, pack: 0 })),
        // It is not there any more when it is to be handed over.
        indexed: () => {
          const { bytes, count } = new BlobTableBuilder(1)
          structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
          return { bytes, count }
        },
        onProblem: (_, message) => problems.push(message),
        onPack: () => undefined,
        room: Effect.void
      })
      const error = yield* Effect.flip(Effect.scoped(checking))
      expect(error).toMatchObject({
        reason: { _tag: "LocalFailure", message: expect.stringContaining("a thread of the check failed") }
      })
      expect(problems).toEqual([])
    })
  )
})
