import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { silent } from "@ourclone/core/events/Tell"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Effect from "effect/Effect"
import * as FileTime from "../src/disk/FileTime.ts"
import * as SettingTimes from "../src/disk/SettingTimes.ts"
import * as LocalProvider from "../src/LocalProvider.ts"
import * as TimePrecision from "../src/place/TimePrecision.ts"
import { at, source as bytes, fileOf, list, withFolder, withProvider } from "./TemporaryFolder.ts"

const timeOf = (path: string): bigint => fs.lstatSync(path, { bigint: true }).mtimeNs

const exactly = (nanoseconds: bigint): SettingTimes.Time => ({
  modifiedAt: Number(nanoseconds / 1_000_000n),
  nanoseconds: Number(nanoseconds % 1_000_000n)
})

const times = {
  a: 1_743_298_200_123_456_789n,
  b: 0n,
  c: 1_743_298_200_123_999_999n,
  d: -1_000_000_001n,
  e: 1_743_298_200_000_000_001n
}

const setTime = (path: string, time: bigint): void => {
  const fd = fs.openSync(path, "r+")
  SettingTimes.ofFile(fd, exactly(time))
  fs.closeSync(fd)
}

const sync = (root: string, options: Partial<LocalProvider.LocalOptions> = {}) =>
  Effect.gen(function* () {
    const source = yield* LocalProvider.make({ root: `${root}/from`, ...options })
    const destination = yield* LocalProvider.make({ root: `${root}/to`, ...options })
    const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true })
    const settings = { transfers: 4, partConcurrency: 2, allowsEmptySource: false, tell: silent }
    return yield* Transfer.execute(source, destination, plan, settings)
  })

describe("times", () => {
  it.live("are the same to the nanosecond between two folders, those of links and of what was touched too", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        fs.mkdirSync(`${root}/from`)
        for (const [name, time] of Object.entries(times)) {
          fs.writeFileSync(`${root}/from/${name}`, name)
          setTime(`${root}/from/${name}`, time)
        }
        fs.writeFileSync(`${root}/from/large`, Buffer.alloc(129 * 1024 * 1024))
        setTime(`${root}/from/large`, times.a)
        fs.symlinkSync("a", `${root}/from/link`)
        SettingTimes.ofLink(`${root}/from/link`, exactly(times.c))
        const names = [...Object.keys(times), "large", "link"]
        assert.deepInclude(yield* sync(root, { links: true }), { stored: names.length, failed: 0 })
        for (const name of names) assert.strictEqual(timeOf(`${root}/to/${name}`), timeOf(`${root}/from/${name}`), name)
        assert.strictEqual(timeOf(`${root}/to/a`), times.a)
        assert.strictEqual(timeOf(`${root}/to/link`), times.c)
        assert.deepInclude(yield* sync(root, { links: true }), { stored: 0, touched: 0, same: names.length })
        setTime(`${root}/from/a`, times.c)
        assert.deepInclude(yield* sync(root, { links: true }), { stored: 0, touched: 1 })
        assert.strictEqual(timeOf(`${root}/to/a`), times.c)
      })
    )
  )

  it.live("of a service are kept to the millisecond, with nothing added", () =>
    withFolder((root) =>
      Effect.gen(function* () {
        const source = MemoryProvider.make()
        const moments = [1_743_298_200_123, 0, 1, 999, 1_700_000_000_000, -1, -1_500]
        for (const [index, modifiedAt] of moments.entries())
          yield* source.put(at(`${index}`), bytes("x"), { modifiedAt })
        const destination = yield* LocalProvider.make({ root })
        const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: false })
        const settings = { transfers: 1, partConcurrency: 1, allowsEmptySource: false, tell: silent }
        yield* Transfer.execute(source, destination, plan, settings)
        for (const [index, modifiedAt] of moments.entries()) {
          assert.strictEqual(timeOf(`${root}/${index}`), BigInt(modifiedAt) * 1_000_000n)
        }
      })
    )
  )

  it("are the nearest that Node can set where the system's library is not to be had, and no millisecond less", () => {
    for (let modifiedAt = 1_743_298_200_000; modifiedAt < 1_743_298_201_000; modifiedAt++) {
      const seconds = SettingTimes.nearest({ modifiedAt }) as number
      const excess = Math.floor((seconds - Math.floor(seconds)) * 1e9) - (modifiedAt % 1000) * 1e6
      assert.isAtLeast(excess, 0)
      assert.isBelow(excess, 500)
    }
  })

  it.live(
    "that no calendar has break neither a listing nor what is done with the file",
    withProvider(function* (provider, root) {
      for (const [name, modifiedAt] of [
        ["after", 9_007_199_254_740_991],
        ["before", -9_007_199_254_740_991]
      ] as const) {
        fs.writeFileSync(`${root}/${name}`, "x")
        const fd = fs.openSync(`${root}/${name}`, "r+")
        SettingTimes.ofFile(fd, { modifiedAt })
        fs.closeSync(fd)
        assert.isFalse(Number.isNaN(new Date(FileTime.ofStats({ mtimeMs: modifiedAt })).getTime()))
        const file = yield* fileOf(provider, name)
        assert.strictEqual(new TextDecoder().decode(yield* provider.readAll(file)), "x")
      }
      for (const entry of yield* list(provider)) {
        assert.isTrue(entry._tag === "File" && !Number.isNaN(new Date(entry.modifiedAt ?? 0).getTime()))
      }
    })
  )
})

const run = (program: string, ...args: ReadonlyArray<string>) => spawnSync(program, args).status === 0

/** Mounts a disk that keeps whole seconds, as ext4 does with inodes of 128 bytes. */
const mountCoarse = (root: string): boolean => {
  const disk = `${root}/disk`
  fs.mkdirSync(disk)
  fs.writeFileSync(`${root}/image`, "")
  fs.truncateSync(`${root}/image`, 32 * 1024 * 1024)
  return run("mkfs.ext4", "-q", "-I", "128", `${root}/image`) && run("mount", "-o", "loop", `${root}/image`, disk)
}

const mayMount = (() => {
  const root = fs.mkdtempSync(`${tmpdir()}/ourclone-disk-`)
  const isMounted = mountCoarse(root)
  if (isMounted) run("umount", `${root}/disk`)
  fs.rmSync(root, { recursive: true })
  return isMounted
})()

const withCoarseDisk = <A, E>(root: string, use: (disk: string) => Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => mountCoarse(root)),
    () => use(`${root}/disk`),
    () => Effect.sync(() => run("umount", `${root}/disk`))
  )

describe("a disk that keeps whole seconds", () => {
  it.live.skipIf(!mayMount)("is found out, and what was copied to it is neither read nor touched again", () =>
    withFolder((root) =>
      withCoarseDisk(root, (disk) =>
        Effect.gen(function* () {
          fs.mkdirSync(`${root}/from`)
          fs.symlinkSync(`${disk}/to`, `${root}/to`)
          fs.writeFileSync(`${root}/from/a`, "a")
          setTime(`${root}/from/a`, times.a)
          assert.strictEqual(TimePrecision.of(`${disk}/to`), 1000)
          assert.strictEqual(TimePrecision.of(root), 1)
          fs.mkdirSync(`${disk}/to`)
          assert.deepInclude(yield* sync(root), { stored: 1 })
          assert.deepInclude(yield* sync(root), { stored: 0, touched: 0, same: 1 })
          setTime(`${root}/from/a`, times.a + 1_000_000_000n)
          assert.deepInclude(yield* sync(root), { stored: 0, touched: 1 })
        })
      )
    )
  )
})
