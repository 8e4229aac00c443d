/** Random programs at a storage of which many answers are lost: `MOUNT_LOST_SEEDS=40 npm run exec -- vitest run …/LostWorkload.test.ts`. Not all end well yet. */
import { createHash } from "node:crypto"
import * as path from "node:path"
import { StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import type * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import * as MemoryFileSystem from "../../src/testing/MemoryFileSystem.ts"
import { random } from "../../src/testing/Random.ts"
import { perform, program, show } from "../../src/testing/Workload.ts"
import * as Bed from "./Bed.ts"

const digest = (bytes: Buffer) => createHash("sha1").update(bytes).digest("hex")
const seeds = Number(process.env.MOUNT_LOST_SEEDS ?? 0)
const first = Number(process.env.MOUNT_FIRST_SEED ?? 1)
const limits = { minPartSize: 20_000, recommendedPartSize: 30_000, cutoff: 100_000 }
const kinds: Readonly<Record<string, MemoryProvider.Options>> = {
  "a storage with versions": { keepsVersions: true },
  "a storage without versions": { hasVersionIds: false, keepsVersions: false },
  "a storage that copies parts": { keepsVersions: true, limits }
}
const reads = new Set(["stat", "statDirectory", "read", "readAll", "list"])
const isRefusal = (said: string) => said.includes("[object Object]")

test.skipIf(seeds > 0)("programs at a storage that loses answers are run when they are asked for", () => {})

for (const [kind, storage] of Object.entries(kinds)) {
  for (let seed = first; seed < first + seeds; seed++) {
    test.concurrent(`a random program comes to the same though answers are lost at ${kind}: seed ${seed}`, async () => {
      const bed = Bed.make(storage)
      const dice = random(seed * 7919)
      const fail = (operation: string) => {
        const reason = new UnexpectedResponse({ message: "half an answer" })
        return Effect.fail(new StorageError({ provider: "memory", operation, reason }))
      }
      let away = 0
      bed.before = (method) => (reads.has(method) || away-- <= 0 ? Effect.void : fail(method))
      bed.after = (method) => {
        if (reads.has(method) || dice.whole(10) >= 3) return Effect.void
        away = dice.whole(4)
        return fail(method)
      }
      const mounting = (name: string) => bed.mount({ directory: path.join(bed.scratch, name) })
      const model = MemoryFileSystem.make()
      let mount = mounting("cache")
      for (const [step, operation] of program(seed, 60, seed % 3 === 0 ? 400_000 : 4_000).entries()) {
        const [wanted, got] = [await perform(model, operation), await perform(mount.fileSystem, operation)]
        // What can not be read until the storage has answered again.
        if (isRefusal(wanted) !== isRefusal(got)) return
        expect(`${step} ${JSON.stringify(operation)}: ${got}`).toBe(`${step} ${JSON.stringify(operation)}: ${wanted}`)
        await new Promise((resolve) => setTimeout(resolve, step % 10 === 0 ? 1_200 : step % 3 === 0 ? 30 : 0))
        if (step % 30 !== 29) continue
        await mount.close()
        mount = mounting("cache")
      }
      bed.before = () => Effect.void
      bed.after = () => Effect.void
      const wanted = await show(model, digest)
      expect((await mount.drain(60_000)).unsent).toEqual([])
      expect(await show(mount.fileSystem, digest)).toEqual(wanted)
      expect(await show(mounting("other").fileSystem, digest)).toEqual(wanted)
    })
  }
}
