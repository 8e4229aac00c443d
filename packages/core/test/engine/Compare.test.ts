import { assert, describe, it } from "@effect/vitest"
import type { File } from "@ourclone/core/contract/Entry"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { type Comparison, decide, precision } from "@ourclone/core/engine/Compare"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"

const file = (size: number, modifiedAt: number): File => ({
  _tag: "File",
  path: makeUnsafe("a"),
  size,
  modifiedAt,
  checksums: {}
})

const told = (source: File, destination: File | undefined, comparison: Comparison, within: number | undefined = 0) => {
  const verdict = decide(source, destination, comparison, within)
  return verdict._tag === "Differs"
    ? verdict.because
    : verdict._tag === "Hash"
      ? `hash, else ${verdict.otherwise}`
      : verdict._tag
}

describe("Compare.decide", () => {
  const rows: ReadonlyArray<readonly [string, File, File | undefined, Comparison, string]> = [
    ["a file that is not there", file(1, 5), undefined, { by: "time" }, "missing"],
    ["the same size and time", file(1, 5), file(1, 5), { by: "time" }, "Same"],
    ["another size", file(1, 5), file(2, 5), { by: "time" }, "size differs"],
    ["another time", file(1, 5), file(1, 6), { by: "time" }, "hash, else time differs"],
    ["another size, though told to look at sums", file(1, 5), file(2, 5), { by: "checksum" }, "size differs"],
    ["the same time, told to look at sums", file(1, 5), file(1, 5), { by: "checksum" }, "hash, else same"],
    ["another time, told to look at size alone", file(1, 5), file(1, 9), { by: "size" }, "Same"],
    ["older than what is there, with --update", file(1, 5), file(2, 9), { by: "time", keepsNewer: true }, "LeftAlone"],
    [
      "newer than what is there, with --update",
      file(1, 9),
      file(2, 5),
      { by: "time", keepsNewer: true },
      "size differs"
    ],
    [
      "anything that exists, with --ignore-existing",
      file(1, 9),
      file(2, 5),
      { by: "time", keepsExisting: true },
      "LeftAlone"
    ],
    [
      "the same file, with --ignore-times",
      file(1, 5),
      file(1, 5),
      { by: "time", ignoresTimes: true },
      "asked to transfer all"
    ]
  ]
  for (const [name, source, destination, comparison, expected] of rows) {
    it(`${name}: ${expected}`, () => assert.strictEqual(told(source, destination, comparison), expected))
  }

  it("allows for the coarser clock of the two sides", () => {
    const { capabilities } = MemoryProvider.make()
    const coarse = { ...capabilities, modifiedAtPrecision: 1000 }
    const within = precision({ ...capabilities, modifiedAtPrecision: 1 }, coarse)
    assert.strictEqual(told(file(1, 5000), file(1, 5999), { by: "time" }, within), "Same")
    assert.strictEqual(told(file(1, 5000), file(1, 6000), { by: "time" }, within), "hash, else time differs")
  })

  it("takes what is newer by less than the clocks can tell for no newer", () => {
    const update: Comparison = { by: "time", keepsNewer: true }
    assert.strictEqual(told(file(1, 5000), file(2, 5999), update, 999), "size differs")
    assert.strictEqual(told(file(1, 5000), file(2, 6000), update, 999), "LeftAlone")
  })

  it("does not ask for the time of a side that keeps none", () => {
    const { capabilities } = MemoryProvider.make()
    const none = precision(capabilities, { ...capabilities, modifiedAtPrecision: undefined })
    assert.isUndefined(none)
    assert.strictEqual(decide(file(1, 5), file(1, 9), { by: "time" }, none)._tag, "Same")
  })
})
