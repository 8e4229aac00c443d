import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { expect, test } from "vitest"
import { type Attributes, rootIno } from "../../src/contract/FileSystem.ts"
import * as Mount from "../../src/model/Mount.ts"
import * as MemoryFileSystem from "../../src/testing/MemoryFileSystem.ts"
import { perform, program, show } from "../../src/testing/Workload.ts"

const digest = (bytes: Buffer) => createHash("sha1").update(bytes).digest("hex")
const owner = { uid: 1000, gid: 1000 }
const seeds = Number(process.env.MOUNT_SEEDS ?? 40)
const first = Number(process.env.MOUNT_FIRST_SEED ?? 1)
const chosen = Array.from({ length: Math.ceil(seeds / 5) }, (_, index) => first + index)
/** That found bytes which were counted and not there. */
const telling = [16, 60]

const copiesParts = {
  keepsVersions: true,
  limits: { minPartSize: 20_000, recommendedPartSize: 30_000, cutoff: 100_000 }
}
/** `cacheSize` in bytes: less than the files of most programs take together. */
const kinds: Readonly<
  Record<string, { readonly storage: MemoryProvider.Options; readonly cacheSize?: number; readonly largest?: number }>
> = {
  "a storage with versions": { storage: { keepsVersions: true } },
  "a storage without versions": { storage: { hasVersionIds: false, keepsVersions: false } },
  "a storage that copies parts": { storage: copiesParts },
  "a storage with versions and a cache too small": {
    storage: { keepsVersions: true },
    cacheSize: 500_000,
    largest: 400_000
  },
  "a storage that copies parts and a cache too small": { storage: copiesParts, cacheSize: 500_000, largest: 400_000 }
}

test("a directory does not change places with what lies in it", async () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-mount-"))
  const mount = Mount.open({ provider: MemoryProvider.make(), directory: scratch, owner, host: "here" })
  for (const system of [MemoryFileSystem.make(), mount.fileSystem]) {
    const outer = await system.makeDirectory(rootIno, "outer", 0o755, owner)
    const { ino } = outer as Attributes
    await system.makeDirectory(ino, "inner", 0o755, owner)
    expect(await system.rename(ino, "inner", rootIno, "outer", "exchange")).toMatchObject({ refusal: "IntoItself" })
    expect(await system.rename(rootIno, "outer", ino, "inner", "exchange")).toMatchObject({ refusal: "IntoItself" })
  }
  await mount.close()
  fs.rmSync(scratch, { recursive: true })
})

for (const [kind, { cacheSize, largest, storage }] of Object.entries(kinds)) {
  for (const seed of new Set([...chosen, ...(cacheSize === undefined ? [] : telling)])) {
    test(`a random program does the same here, after a remount and at ${kind}: seed ${seed}`, async () => {
      const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-mount-"))
      const provider = MemoryProvider.make(storage)
      const mounting = (directory: string) =>
        Mount.open({
          provider,
          directory: path.join(scratch, directory),
          owner,
          host: "here",
          uploadDelay: 0,
          cacheSize,
          listingLife: seed % 2 === 0 ? 0 : 60_000
        })
      const model = MemoryFileSystem.make()
      let mount = mounting("cache")
      try {
        for (const [step, operation] of program(seed, 60, largest ?? (seed % 3 === 0 ? 400_000 : 4_000)).entries()) {
          const [wanted, got] = [await perform(model, operation), await perform(mount.fileSystem, operation)]
          expect(`${step} ${JSON.stringify(operation)}: ${got}`).toBe(`${step} ${JSON.stringify(operation)}: ${wanted}`)
          if (step % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 0))
          if (step % 20 === 19) {
            await mount.close()
            mount = mounting("cache")
            expect(await show(mount.fileSystem, digest)).toEqual(await show(model, digest))
          }
        }
        const wanted = await show(model, digest)
        expect(await show(mount.fileSystem, digest)).toEqual(wanted)
        const { unsent } = await mount.drain(20_000)
        expect(unsent).toEqual([])
        await mount.close()
        const other = mounting("other")
        expect(await show(other.fileSystem, digest)).toEqual(wanted)
        await other.close()
      } finally {
        await mount.close()
        fs.rmSync(scratch, { recursive: true, force: true })
      }
    })
  }
}
