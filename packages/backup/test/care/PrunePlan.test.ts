import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as PackUsage from "../../src/care/PackUsage.ts"
import * as PrunePlan from "../../src/care/PrunePlan.ts"
import { entrySize, trailerSize } from "../../src/format/Pack.ts"
import type { RepositoryFile } from "../../src/format/RepositoryFile.ts"
import { BitSet } from "../../src/repository/BitSet.ts"
import { BlobIndex } from "../../src/repository/BlobIndex.ts"

const id = (name: string) => createHash("sha256").update(name).digest()
const packId = (name: string) => id(`pack ${name}`).toString("hex")
const now = 1_700_000_000_000
const day = 86_400_000

interface Blob {
  readonly name: string
  readonly type?: 0 | 1
  readonly length?: number
  readonly isRaw?: boolean
}

interface Pack {
  readonly name: string
  readonly blobs: ReadonlyArray<Blob>
  readonly age?: number
  readonly isMissing?: boolean
}

const repositoryOf = (packs: ReadonlyArray<Pack>, used: (name: string) => boolean) => {
  const index = new BlobIndex()
  const files = new Map<string, RepositoryFile>()
  for (const { age = 100 * day, blobs, isMissing, name } of packs) {
    const pack = index.addPack(packId(name))
    let offset = 0
    let size = trailerSize
    for (const { isRaw, length = 1_000, name: blob, type = 0 } of blobs) {
      index.add(type, id(blob), 0, pack, offset, length, isRaw === true ? 0 : 2_000)
      offset += length
      size += length + entrySize(isRaw === true ? 0 : 1)
    }
    if (isMissing !== true) files.set(packId(name), { id: packId(name), size, modifiedAt: now - age })
  }
  const bits = new BitSet(index.size)
  const names = new Map(
    packs.flatMap(({ blobs }) => blobs.map(({ name }) => [id(name).toString("hex"), name] as const))
  )
  for (let entry = 0; entry < index.size; entry++) if (used(names.get(index.hexOf(entry))!)) bits.add(entry)
  return { index, files, used: bits }
}

const planOf = (
  { files, index, used }: ReturnType<typeof repositoryOf>,
  options: PrunePlan.PruneOptions,
  version: 1 | 2 = 2
) => {
  const usage = PackUsage.measure(index, used, files)
  return { usage, plan: PrunePlan.make({ index, usage, files, version, now, options }) }
}

const packsOf = (uses: ReadonlyArray<PackUsage.PackUse>) => uses.map((use) => use.id)

const blobs = (prefix: string, count: number, more: Partial<Blob> = {}): ReadonlyArray<Blob> =>
  Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}`, ...more }))

const isUsed = (name: string) => !name.startsWith("old")

/** Deterministic: the same repositories every time. */
const randoms = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const randomRepository = (seed: number) => {
  const next = randoms(seed)
  const names = Array.from({ length: 60 }, (_, index) => `${next(3) === 0 ? "old" : "new"}${index}`)
  const packs = Array.from({ length: 5 + next(20) }, (_, pack): Pack => {
    const type = next(4) === 0 ? 1 : 0
    const isMixed = next(15) === 0
    return {
      name: String(pack),
      age: next(30) * day,
      blobs: Array.from({ length: 1 + next(8) }, () => ({
        name: names[next(names.length)]!,
        type: isMixed ? (next(2) as 0 | 1) : type,
        length: 100 + next(5_000),
        isRaw: next(10) === 0
      }))
    }
  })
  return repositoryOf(packs, isUsed)
}

const randomOptions = (next: (below: number) => number): PrunePlan.PruneOptions => ({
  maxUnused: [{ percent: 0 }, { percent: 5 }, { percent: 30 }, { bytes: 4_000 }, "unlimited" as const][next(5)],
  maxDownload: next(2) === 0 ? undefined : next(20_000),
  maxRepackSize: next(3) === 0 ? next(30_000) : undefined,
  minFreePercent: next(3) === 0 ? next(80) : undefined,
  minPackAge: next(3) === 0 ? next(30) * day : undefined,
  repackUncompressed: next(3) === 0,
  repackCacheableOnly: next(5) === 0,
  repackSmall: next(2) === 0
})

/** What the repository is after the plan: each old pack that goes has a new one for its data and one for its trees. */
const afterwards = (before: ReturnType<typeof repositoryOf>, plan: PrunePlan.PrunePlan) => {
  const gone = new Set([...plan.repack, ...plan.remove, ...plan.forget].map((use) => use.pack))
  const index = new BlobIndex()
  const files = new Map<string, RepositoryFile>()
  const { entries, starts } = before.index.byPack()
  const usedIds = new Set<string>()
  const addPack = (name: string, staying: ReadonlyArray<number>, isNew: boolean): void => {
    if (staying.length === 0) return
    const pack = index.addPack(name)
    let size = trailerSize
    let offset = 0
    for (const entry of staying) {
      const length = before.index.lengthOf(entry)
      const plain = isNew ? 2_000 : before.index.uncompressedLengthOf(entry)
      index.add(before.index.typeOf(entry), before.index.idOf(entry), 0, pack, offset, length, plain)
      offset += length
      size += length + entrySize(plain)
    }
    files.set(name, { id: name, size, modifiedAt: now - 100 * day })
  }
  for (let pack = 0; pack < before.index.packCount; pack++) {
    const inPack = [...entries.subarray(starts[pack]!, starts[pack + 1]!)]
    if (!gone.has(pack)) addPack(before.index.packId(pack), inPack, false)
    for (const type of [0, 1]) {
      const copied = inPack.filter((entry) => plan.copy.has(entry) && before.index.typeOf(entry) === type)
      if (gone.has(pack)) addPack(packId(`new ${type} ${before.index.packId(pack)}`), copied, true)
    }
  }
  for (let entry = 0; entry < before.index.size; entry++) {
    if (before.used.has(entry)) usedIds.add(`${before.index.typeOf(entry)}${before.index.hexOf(entry)}`)
  }
  const used = new BitSet(index.size)
  for (let entry = 0; entry < index.size; entry++) {
    if (usedIds.has(`${index.typeOf(entry)}${index.hexOf(entry)}`)) used.add(entry)
  }
  return { index, files, used, usedIds }
}

describe("PrunePlan", () => {
  it("never gives up a blob that is used, whatever the packs and the limits are", () => {
    for (let seed = 1; seed <= 120; seed++) {
      const before = randomRepository(seed)
      const { plan, usage } = planOf(before, randomOptions(randoms(seed * 7)))
      assert.deepStrictEqual(usage.unsafe, [])
      const after = afterwards(before, plan)
      for (const blob of after.usedIds) {
        assert.isAtLeast(after.index.findHex(Number(blob[0]) as 0 | 1, blob.slice(1)), 0, `seed ${seed}`)
      }
    }
  })

  it("keeps to its limits for bytes downloaded and repacked", () => {
    for (let seed = 1; seed <= 120; seed++) {
      const options = randomOptions(randoms(seed * 7))
      const { figures } = planOf(randomRepository(seed), options).plan
      assert.isAtMost(figures.download, options.maxDownload ?? Number.POSITIVE_INFINITY)
      assert.isAtMost(figures.repack.bytes, options.maxRepackSize ?? Number.POSITIVE_INFINITY)
    }
  })

  it("says how many bytes and blobs remain", () => {
    const packs = [
      { name: "kept", blobs: blobs("kept", 3) },
      { name: "gone", blobs: blobs("old", 5) }
    ]
    const { files, ...rest } = repositoryOf(packs, isUsed)
    const { figures, remove } = planOf({ files, ...rest }, { maxUnused: "unlimited" }).plan
    assert.deepStrictEqual(packsOf(remove), [packId("gone")])
    assert.deepStrictEqual(figures.remaining, { blobs: 3, bytes: files.get(packId("kept"))!.size })
  })

  it("comes within what may be unused at once, and to rest", () => {
    for (let seed = 1; seed <= 120; seed++) {
      const options = { maxUnused: { percent: [0, 5, 20][seed % 3]! }, repackSmall: false }
      const before = randomRepository(seed)
      const { plan } = planOf(before, options)
      const { used, unusedAfter } = plan.figures
      assert.isAtMost(unusedAfter, (used.bytes * options.maxUnused.percent) / (100 - options.maxUnused.percent))
      const again = planOf(afterwards(before, plan), options).plan
      assert.strictEqual(again.figures.unused.bytes + again.figures.duplicate.bytes, unusedAfter, `seed ${seed}`)
      assert.deepStrictEqual([again.repack, again.remove], [[], []], `seed ${seed}`)
    }
  })

  it("gets to the same place day by day as at once, when a download limit lets each pack through", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const options = { maxUnused: { percent: 0 }, maxDownload: 45_000, repackSmall: false }
      let state: ReturnType<typeof repositoryOf> = randomRepository(seed)
      for (let today = 0; ; today++) {
        assert.isBelow(today, 30)
        const { plan } = planOf(state, options)
        state = afterwards(state, plan)
        if (plan.figures.later.packs === 0) break
      }
      const { figures } = planOf(state, options).plan
      assert.strictEqual(figures.unused.bytes + figures.duplicate.bytes, 0)
    }
  })

  it("leaves a partly used pack alone as long as the whole stays within what may be unused", () => {
    const packs = [{ name: "a", blobs: [...blobs("new", 30), ...blobs("old", 1)] }]
    const small = { repackSmallerThan: 1 }
    assert.strictEqual(planOf(repositoryOf(packs, isUsed), small).plan.repack.length, 0)
    assert.strictEqual(
      planOf(repositoryOf(packs, isUsed), { ...small, maxUnused: { percent: 0 } }).plan.repack.length,
      1
    )
    assert.strictEqual(planOf(repositoryOf(packs, isUsed), { ...small, maxUnused: "unlimited" }).plan.repack.length, 0)
    assert.strictEqual(
      planOf(repositoryOf(packs, isUsed), { ...small, maxUnused: { bytes: 999 } }).plan.repack.length,
      1
    )
  })

  it("repacks for unused bytes only from the share on that was asked for", () => {
    const packs = [
      { name: "half", blobs: [...blobs("newA", 10), ...blobs("oldA", 10)] },
      { name: "little", blobs: [...blobs("newB", 18), ...blobs("oldB", 2)] }
    ]
    const { plan } = planOf(repositoryOf(packs, isUsed), { maxUnused: { percent: 0 }, minFreePercent: 40 })
    assert.deepStrictEqual(packsOf(plan.repack), [packId("half")])
    assert.strictEqual(plan.figures.packs.tooFull, 1)
  })

  it("leaves young packs alone, but removes those at once that nothing uses", () => {
    const packs = [
      { name: "young", age: day, blobs: [...blobs("newA", 10), ...blobs("oldA", 10)] },
      { name: "aged", age: 40 * day, blobs: [...blobs("newB", 10), ...blobs("oldB", 10)] },
      { name: "unused", age: day, blobs: blobs("oldC", 10) }
    ]
    const repository = repositoryOf(packs, isUsed)
    for (const [name, age] of [
      ["stranger", day],
      ["relic", 40 * day]
    ] as const) {
      repository.files.set(packId(name), { id: packId(name), size: 100, modifiedAt: now - age })
    }
    const { plan } = planOf(repository, { maxUnused: { percent: 0 }, minPackAge: 30 * day })
    assert.deepStrictEqual(packsOf(plan.repack), [packId("aged")])
    assert.deepStrictEqual(packsOf(plan.remove), [packId("unused")])
    assert.deepStrictEqual(
      plan.unindexed.map((file) => file.id),
      [packId("relic")]
    )
    assert.strictEqual(plan.figures.packs.tooYoung, 1)
    assert.strictEqual(plan.figures.unindexed.tooYoung, 1)
  })

  it("says what a download limit leaves for later", () => {
    const packs = Array.from({ length: 4 }, (_, pack) => ({
      name: String(pack),
      blobs: [...blobs(`new${pack}-`, 10), ...blobs(`old${pack}-`, 10)]
    }))
    const { plan } = planOf(repositoryOf(packs, isUsed), { maxUnused: { percent: 0 }, maxDownload: 25_000 })
    assert.strictEqual(plan.repack.length, 2)
    assert.strictEqual(plan.figures.download, 20_000)
    assert.deepStrictEqual(plan.figures.later, { packs: 2, download: 20_000, unused: 20_000 })
  })

  it("puts small packs together when there are ten of them", () => {
    const packs = (count: number) =>
      Array.from({ length: count }, (_, pack) => ({ name: String(pack), blobs: blobs(`new${pack}-`, 3) }))
    assert.strictEqual(planOf(repositoryOf(packs(9), isUsed), {}).plan.repack.length, 0)
    assert.strictEqual(planOf(repositoryOf(packs(10), isUsed), {}).plan.repack.length, 10)
    assert.strictEqual(planOf(repositoryOf(packs(10), isUsed), { repackSmall: false }).plan.repack.length, 0)
  })

  it("writes uncompressed trees anew in version 2 only, and uncompressed data only on request and when all of the pack is", () => {
    const packs = [
      { name: "tree", blobs: blobs("newT", 2, { type: 1, isRaw: true }) },
      { name: "raw", blobs: blobs("newR", 2, { isRaw: true }) },
      { name: "tried", blobs: [...blobs("newX", 2, { isRaw: true }), ...blobs("newY", 2)] }
    ]
    const repacked = (options: PrunePlan.PruneOptions, version: 1 | 2) => {
      const { plan } = planOf(repositoryOf(packs, isUsed), options, version)
      return packsOf(plan.repack)
    }
    assert.deepStrictEqual(repacked({}, 2), [packId("tree")])
    assert.deepStrictEqual(repacked({ repackUncompressed: true }, 2), [packId("tree"), packId("raw")])
    assert.deepStrictEqual(repacked({ repackUncompressed: true }, 1), [])
  })

  it("keeps the copies that an interrupted prune made, and drops the packs they came from", () => {
    const packs = [
      { name: "before", blobs: [...blobs("new", 5), ...blobs("old", 5)] },
      { name: "after", blobs: blobs("new", 5) }
    ]
    const { plan } = planOf(repositoryOf(packs, isUsed), {})
    assert.deepStrictEqual(packsOf(plan.remove), [packId("before")])
    assert.deepStrictEqual(plan.repack, [])
  })

  it("forgets a missing pack that nothing needs, and calls one unsafe that something needs", () => {
    const packs = [
      { name: "there", blobs: blobs("new", 5) },
      { name: "gone", isMissing: true, blobs: [...blobs("old", 5), ...blobs("new", 2)] }
    ]
    const { plan, usage } = planOf(repositoryOf(packs, isUsed), {})
    assert.deepStrictEqual(usage.unsafe, [])
    assert.deepStrictEqual(packsOf(plan.forget), [packId("gone")])
    const lost = PackUsage.measure(
      ...(({ files, index, used }) => [index, used, files] as const)(
        repositoryOf([{ name: "gone", isMissing: true, blobs: blobs("new", 2) }], isUsed)
      )
    )
    assert.strictEqual(lost.unsafe.length, 1)
  })
})
