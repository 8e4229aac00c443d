import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import type { File, Metadata } from "@ourclone/core/contract/Entry"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as KeptMetadata from "@ourclone/core/engine/KeptMetadata"
import * as Plan from "@ourclone/core/engine/Plan"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"

const file = (metadata?: Metadata): File => ({
  _tag: "File",
  path: makeUnsafe("a"),
  size: 1,
  modifiedAt: 1,
  checksums: {},
  ...(metadata === undefined ? {} : { metadata })
})

const { capabilities } = MemoryProvider.make()

/** As a storage with room for so many letters. */
const small = (room: number): Capabilities => ({
  ...capabilities,
  metadataRefusal: (metadata) => (JSON.stringify(metadata).length > room ? "no room" : undefined)
})

const owned = { uid: "1", gid: "2" }

describe("what is beside a file", () => {
  const rows: ReadonlyArray<readonly [string, Metadata | undefined, Metadata | undefined, string | undefined]> = [
    ["nothing on either side", undefined, undefined, undefined],
    ["another kind", { mode: "120777" }, undefined, "kind"],
    ["another mode", { mode: "100600" }, owned, "mode differs"],
    ["no owner at the source", { mode: "100600" }, { mode: "100600", ...owned }, undefined],
    ["no owner at the destination", owned, undefined, "owner differs"],
    ["another group", owned, { ...owned, gid: "3" }, "owner differs"],
    ["an attribute that the destination lacks", { author: "x" }, undefined, "attributes differ"],
    ["an attribute with another value", { author: "x" }, { author: "y" }, "attributes differ"],
    ["an attribute too many, of a source that says all", owned, { ...owned, author: "x" }, "attributes differ"],
    ["an attribute too many, of a source that says no owner", {}, { author: "x" }, undefined],
    ["an attribute too many, of a source that had no room", { ...owned, xattrs: "*" }, { ...owned, a: "x" }, undefined],
    ["the same in another form", { ...owned, a: "x" }, { ...owned, xattrs: "a=eA==" }, undefined],
    ["a mode of a link", { mode: "120777" }, { mode: "120755" }, undefined]
  ]
  for (const [name, left, right, expected] of rows) {
    it(`${name}: ${expected ?? "the same"}`, () =>
      assert.strictEqual(KeptMetadata.difference(file(left), file(right), capabilities), expected))
  }

  it("is compared with what there is room for, and what is gone from the source is found there too", () => {
    const source = file({ ...owned, author: "x", large: "y".repeat(100) })
    const stored = KeptMetadata.fitted(source, small(60)).metadata
    const differs = (there: Metadata | undefined) => KeptMetadata.difference(source, file(there), small(60))
    assert.strictEqual(differs(stored), undefined)
    assert.strictEqual(differs({ ...stored, stale: "z" }), "attributes differ")
    assert.strictEqual(differs({ ...owned, author: "x" }), "attributes differ")
    const without = file({ ...owned, author: "x" })
    assert.strictEqual(KeptMetadata.difference(without, file(stored), small(60)), "attributes differ")
    assert.strictEqual(KeptMetadata.difference(file(stored), source, capabilities), undefined)
  })

  it("differs in no owner where the destination sets none", () =>
    assert.strictEqual(
      KeptMetadata.difference(file(owned), file({ uid: "9", gid: "9" }), { ...capabilities, setsOwners: false }),
      undefined
    ))

  it.effect("is set without the bytes where it alone differs, and sent with them where it can not be set", () =>
    Effect.gen(function* () {
      const [source, destination] = [MemoryProvider.make(), MemoryProvider.make()]
      const put = (at: typeof source, name: string, text: string, modifiedAt: number, metadata?: Metadata) =>
        at.put(makeUnsafe(name), ByteSource.fromBytes(Buffer.from(text)), { modifiedAt, metadata })
      for (const name of ["bytes too", "mode", "nothing", "owner and time", "time"]) {
        const later = name.includes("time") ? 5_000 : 1_000
        yield* put(source, name, name === "bytes too" ? "b" : "a", later, {
          mode: name === "mode" ? "100600" : "100644",
          ...owned
        })
        yield* put(destination, name, "a", 1_000, name.startsWith("owner") ? undefined : owned)
      }
      yield* put(source, "bytes too", "b", 2_000, { mode: "100600", ...owned })
      const comparison = { by: "time", withMetadata: capabilities } as const
      const told = (made: Plan.Plan) =>
        Effect.map(Stream.runCollect(made.actions), (actions) =>
          actions.map((one) => ("because" in one ? `${one._tag} ${one.file.path}: ${one.because}` : one._tag))
        )
      const options = { comparison, removesExtra: false }
      assert.deepStrictEqual(yield* told(Plan.make(source, destination, options)), [
        "Put bytes too: checksum differs",
        "Touch mode: mode differs",
        "Touch owner and time: owner differs",
        "Touch time: time differs"
      ])
      assert.deepStrictEqual(yield* told(Plan.make(source, { ...destination, setMetadata: undefined }, options)), [
        "Put bytes too: checksum differs",
        "Put mode: mode differs",
        "Put owner and time: owner differs",
        "Touch time: time differs"
      ])
    })
  )
})
