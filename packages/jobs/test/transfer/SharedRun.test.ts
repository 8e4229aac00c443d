import { describe, expect, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as Plan from "@ourclone/core/engine/Plan"
import * as TransferSummary from "@ourclone/core/engine/TransferSummary"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as Tell from "@ourclone/core/events/Tell"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { nothing, type Part, type Sharing } from "@ourclone/jobs/kind/Sharing"
import * as SharedRun from "@ourclone/jobs/transfer/SharedRun"
import type { Sides } from "@ourclone/jobs/transfer/Sides"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const request = { source: "from:a", destination: "to:a" }
const small = ByteSource.fromBytes(new Uint8Array(0))

/** What becomes of a transfer of so many files. */
const shared = Effect.fnUntraced(function* (
  files: number,
  more: Readonly<Record<string, unknown>> = {},
  capabilities: Partial<Capabilities> = {},
  isWanted = true
) {
  const [source, destination] = [MemoryProvider.make(), MemoryProvider.make({ capabilities })]
  for (let number = 0; number < files; number++) {
    yield* source.put(makeUnsafe(`${number}`.padStart(4, "0")), small, { modifiedAt: 0 })
  }
  const sides: Sides = { source, destination, folder: { _tag: "Folder", provider: source } }
  const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true })
  const facts: Array<Fact> = []
  let parts: ReadonlyArray<Part> | undefined
  const sharing: Sharing = {
    isWanted: Effect.succeed(isWanted),
    run: (given) =>
      Effect.map(Stream.runCollect(given({ ...nothing, files: 7, bytes: 70 })), (all) => {
        parts = all
        return { ...nothing, files: 3, stored: 2, copied: 1 }
      })
  }
  const tell: Tell.Tell = { ...Tell.silent, fact: (fact) => void facts.push(fact) }
  const came = yield* SharedRun.run({ ...request, ...more }, sides, plan, { sharing, tell })
  return { came, facts, parts }
})

describe("a transfer that others may do parts of", () => {
  it.effect("is cut into ranges that each ask for what it asks for, without what only the whole does", () =>
    Effect.gen(function* () {
      const { facts, parts } = yield* shared(1_100, {
        maxDelete: 5,
        exclude: ["*.bak"],
        checksum: true,
        trackRenames: false
      })
      const asked = { ...request, exclude: ["*.bak"], checksum: true }
      expect(parts).toEqual([
        { kind: "range", request: { ...asked, after: "", upTo: "0499" } },
        { kind: "range", request: { ...asked, after: "0499", upTo: "0999" } },
        { kind: "range", request: { ...asked, after: "0999", upTo: "1099" } }
      ])
      // With what came of ranges before.
      expect(facts.at(-1)).toEqual({ _tag: "Planned", files: 1_107, bytes: 70, removals: 0, same: 0, isFinal: true })
    })
  )

  it.effect("is not cut where it is little", () =>
    Effect.map(shared(999), ({ came, parts }) => {
      expect(parts).toEqual([])
      expect(came?.files).toBe(3)
    })
  )

  const ofTheWhole = {
    at: 1,
    maxTransfer: "1G",
    maxDurationMillis: 1,
    checkFirst: true,
    orderBy: "size",
    trackRenames: true,
    maxCost: 1,
    bwlimit: "1M",
    tpslimit: 1,
    backupDir: "to:b",
    suffix: ".old",
    compareDest: "to:b",
    copyDest: "to:b",
    filesFrom: ["a"]
  }
  for (const [field, value] of Object.entries(ofTheWhole)) {
    it.effect(`is not cut where ${field} is to be heeded by one run`, () =>
      Effect.map(shared(1_100, { [field]: value }), ({ came }) => expect(came).toBe(undefined))
    )
  }

  it.effect("is not cut where ranges would list everything, two names may be one, or nobody is there", () =>
    Effect.gen(function* () {
      expect((yield* shared(1_100, {}, { listsInOrder: false })).came).toBe(undefined)
      expect((yield* shared(1_100, {}, { isCaseSensitive: false })).came).toBe(undefined)
      expect((yield* shared(1_100, {}, {}, false)).came).toBe(undefined)
    })
  )

  it("has one summary", () => {
    const own = { ...TransferSummary.empty(), same: 10, stored: 1, storedBytes: 5, removed: 2, retries: 1 }
    const came = { files: 6, bytes: 60, stored: 4, storedBytes: 40, copied: 1, touched: 1, retries: 3 }
    expect(SharedRun.together(own, came)).toEqual({
      ...own,
      same: 4,
      stored: 5,
      storedBytes: 45,
      copied: 1,
      touched: 1,
      retries: 4
    })
  })
})
