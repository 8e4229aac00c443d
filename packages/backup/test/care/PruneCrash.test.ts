import { assert, describe, it } from "@effect/vitest"
import type { MemoryAccount } from "@ourclone/core/testing/MemoryAccount"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Exit } from "effect"
import * as Prune from "../../src/care/Prune.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as IndexRewrite from "../../src/repository/IndexRewrite.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as MortalProvider from "../support/MortalProvider.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { password } = TestRepository
const options = { packSize: 1_500, threads: 1, maxUnused: { percent: 0 }, indexEvery: 0 }

const letters = [..."abcdefghij"]
const files = (names: ReadonlyArray<string>) => samples.files("srv", names)

/** Packs that are used, partly used, unused, doubled and in no index; several index files, one pack in two of them. */
const sample = Effect.gen(function* () {
  const { provider, repository } = yield* TestRepository.inMemory()
  const backup = { packSize: 1_500, indexEach: true }
  const forgotten = yield* SampleBackup.backup(repository, files(letters), backup)
  yield* SampleBackup.backup(repository, files(letters.slice(0, 5)), { ...backup, stores: "all" })
  yield* SampleBackup.backup(repository, files([...letters.slice(3, 8), "new", "newer"]), { packSize: 1_500 })
  yield* repository.remove("snapshots", forgotten)
  const loaded = yield* IndexLoader.load(repository)
  const again = IndexRewrite.indexedPacks(loaded.index, [...loaded.files[0]!.packs])
  yield* repository.save("index", IndexFile.encode(again))
  const whole = yield* SampleBackup.readWhole(repository)
  yield* repository.savePack("ab".repeat(32), Buffer.from("left behind by a backup that was cut off"))
  return { account: provider.memory, contents: whole.contents }
})

const copyOf = (account: MemoryAccount): MemoryAccount => ({ ...account, files: new Map(account.files) })

const reopen = (account: MemoryAccount) => Repository.open(MemoryProvider.make({ account }), { password })

describe("Prune, killed at any point", () => {
  for (const when of ["before", "after"] as const) {
    it.live(`leaves a whole repository when it dies ${when} any change, and goes on when run again`, () =>
      Effect.gen(function* () {
        const { account: original, contents } = yield* sample
        let deaths = 0
        for (let nth = 1; ; nth++) {
          const account = copyOf(original)
          const mortal = MortalProvider.make(MemoryProvider.make({ account }), nth, when)
          const repository = yield* Repository.open(mortal, { password })
          const exit = yield* Effect.exit(Prune.prune(repository, options))
          const survivor = yield* reopen(account)
          const whole = yield* SampleBackup.readWhole(survivor)
          assert.deepStrictEqual(whole.contents, contents, `after change ${nth}`)
          if (!mortal.isDead()) {
            assert.isTrue(Exit.isSuccess(exit))
            break
          }
          deaths++
          yield* Prune.prune(survivor, options)
          const healed = yield* SampleBackup.readWhole(yield* reopen(account))
          assert.deepStrictEqual(healed.contents, contents)
          assert.strictEqual(healed.unusedBytes, 0)
          assert.strictEqual(healed.strangers, 0)
        }
        assert.isAbove(deaths, 12)
      })
    )
  }
})
