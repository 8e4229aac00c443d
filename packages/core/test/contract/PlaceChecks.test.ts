/** The contract notices breakages of what is optional about names, as `ProviderContract.test.ts` shows of the rest. */
import { assert, describe, it } from "@effect/vitest"
import type { LargeFile } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { checks } from "@ourclone/core/testing/ProviderContract"
import { Effect, Exit } from "effect"

type Breakage = (good: Provider) => Partial<Provider>

const large =
  (change: (good: LargeFile) => Partial<LargeFile>): Breakage =>
  (good) => ({
    largeFile: { ...good.largeFile!, ...change(good.largeFile!) }
  })

const breakages: Record<string, readonly [Breakage, check: string]> = {
  "keeps another number of the contract": [
    () => ({ specification: 2 as 1 }),
    "keeps the number of the contract, and says which place it is"
  ],
  "takes a file for a directory": [
    (good) => ({
      statDirectory: (path) =>
        Effect.catch(good.statDirectory!(path), (error) =>
          Effect.mapBoth(good.stat(path), {
            onFailure: () => error,
            onSuccess: () => ({ _tag: "Directory" as const, path })
          })
        )
    }),
    "knows which names are directories"
  ],
  "says that directories stay, and they do not": [
    (good) => ({ capabilities: { ...good.capabilities, hasDirectories: true } }),
    "keeps the directory whose last file is removed, or not, as it says"
  ],
  "forgets metadata": [
    (good) => ({ put: (path, source, { modifiedAt }) => good.put(path, source, { modifiedAt }) }),
    "keeps metadata with the file, where it says so"
  ],
  "forgets the metadata of large files": [
    large((good) => ({ start: (path, { metadata: _, ...options }) => good.start(path, options) })),
    "keeps the metadata of a large file, where it says so"
  ],
  "replaces what is there when it should not": [
    (good) => ({ putIfAbsent: good.put }),
    "puts a file only where nothing is"
  ],
  "looks first and puts then": [
    (good) => ({
      putIfAbsent: (path, source, options) =>
        Effect.matchEffect(good.stat(path), {
          onSuccess: () => good.putIfAbsent!(path, source, options),
          onFailure: () => Effect.andThen(Effect.yieldNow, good.put(path, source, options))
        })
    }),
    "lets one of many that put at once be first"
  ],
  "replaces whatever it finds": [
    (good) => ({ putIfSame: ({ path }, source, options) => good.put(path, source, options) }),
    "replaces only the file that was seen"
  ],
  "copies where it should move": [
    (good) => ({ move: (from, to) => good.copy!(from, good.location, to) }),
    "gives a file another name, over what was there"
  ],
  "moves a directory over another": [
    (good) => ({
      moveDirectory: (from, to) =>
        Effect.catchReason(good.moveDirectory!(from, to), "StorageError", "AlreadyExists", () => Effect.void)
    }),
    "gives a directory another name, with all that is in it"
  ],
  "reads whatever has the name now": [
    (good) => ({
      read: ({ identity: _, versionId: __, ...file }, range) => good.read(file, range)
    }),
    "does not mix two files of one name: an old one is read as it was, or not at all"
  ]
}

describe("PlaceChecks", () => {
  for (const [name, [breakage, expected]] of Object.entries(breakages)) {
    it.effect(`notice a provider that ${name}`, () =>
      Effect.gen(function* () {
        const good = MemoryProvider.make()
        const check = checks.find((candidate) => candidate.name === expected)
        assert.isDefined(check, `there is no check "${expected}"`)
        const exit = yield* Effect.exit(check!.run({ ...good, ...breakage(good) }))
        assert.isTrue(Exit.isFailure(exit), `"${expected}" did not notice`)
        assert.notInclude(String(exit), "NotApplicable")
      })
    )
  }
})
