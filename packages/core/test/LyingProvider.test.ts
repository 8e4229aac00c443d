/** The kit finds what services are known to lie about, and whatever fails on the way fails as the contract says. */
import { assert, describe, it } from "@effect/vitest"
import { isStorageError } from "@ourclone/core/contract/StorageError"
import { NotApplicable } from "@ourclone/core/testing/Check"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as LyingProvider from "@ourclone/core/testing/LyingProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Cause, Effect, Exit } from "effect"

const lies: ReadonlyArray<LyingProvider.Lie> = [
  { kind: "shortRead", by: 1 },
  { kind: "shortRead", by: 1_000_000 },
  { kind: "shiftRange", by: 1 },
  { kind: "flipByte", offset: 0 },
  { kind: "flipByte", offset: 2_000_000 },
  { kind: "staleListing" },
  { kind: "dropEntry", index: 0 },
  { kind: "dropEntry", index: 1000 },
  { kind: "repeatEntry", index: 0 },
  { kind: "repeatEntry", index: 999 },
  { kind: "swapEntries", index: 0 },
  { kind: "lostPart", number: 1 },
  { kind: "lostPart", number: 3 },
  { kind: "dropMetadata" },
  { kind: "truncatePut", by: 1 }
]

describe("the kit finds a provider", () => {
  for (const lie of lies) {
    it.live(`that lies: ${JSON.stringify(lie)}`, () =>
      Effect.gen(function* () {
        let found: string | undefined
        for (const check of ProviderContract.checks) {
          const exit = yield* Effect.exit(check.run(LyingProvider.make(MemoryProvider.make(), lie)))
          if (Exit.isSuccess(exit) || Cause.squash(exit.cause) instanceof NotApplicable) continue
          found = check.name
          break
        }
        assert.isDefined(found)
      })
    )
  }
})

const methods: ReadonlyArray<FaultyProvider.Method> = ["list", "stat", "read", "put", "finish"]

describe("every failure is one of the contract", () => {
  for (const method of methods) {
    it.live(`where ${method} fails`, () =>
      Effect.gen(function* () {
        for (const check of ProviderContract.checks) {
          const faulty = FaultyProvider.make(MemoryProvider.make(), [{ method, nth: 1, kind: "fail" }])
          const exit = yield* Effect.exit(check.run(faulty))
          if (Exit.isSuccess(exit)) continue
          const error = Cause.squash(exit.cause)
          const isAssertion = error instanceof Error && error.name === "AssertionError"
          assert.isTrue(
            isStorageError(error) || error instanceof NotApplicable || isAssertion,
            `${check.name}: ${error}`
          )
        }
      })
    )
  }
})
