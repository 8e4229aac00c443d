import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Stats from "../../src/look/Stats.ts"
import { openFixture } from "../support/openFixture.ts"

const statsOf = Effect.fnUntraced(function* (mode: Stats.StatsMode) {
  const { reader, repository, snapshots } = yield* openFixture
  return yield* Stats.of(repository, reader, snapshots, mode)
})

describe("Stats of the repository that restic has written", () => {
  it.effect.each([
    ["restore-size", { totalSize: 16_571_791, totalFileCount: 128, totalBlobCount: 0 }],
    ["files-by-contents", { totalSize: 13_405_911, totalFileCount: 47, totalBlobCount: 0 }],
    ["blobs-per-file", { totalSize: 5_912_248, totalFileCount: 45, totalBlobCount: 56 }]
  ] as const)("are restic's numbers with %s", ([mode, expected]) =>
    Effect.gen(function* () {
      expect(yield* statsOf(mode)).toEqual({ snapshotsCount: 2, compression: undefined, ...expected })
    })
  )

  it.effect("are restic's numbers with raw-data, compression too", () =>
    Effect.gen(function* () {
      const { compression, ...totals } = yield* statsOf("raw-data")
      expect(totals).toEqual({ snapshotsCount: 2, totalSize: 101_363, totalFileCount: 0, totalBlobCount: 70 })
      expect(compression?.totalUncompressedSize).toBe(5_944_985)
      expect(compression?.compressionRatio).toBeCloseTo(58.650_444_442_252_1, 10)
      expect(compression?.compressionProgress).toBe(100)
      expect(compression?.compressionSpaceSaving).toBeCloseTo(98.294_983_082_379_52, 10)
    })
  )
})
