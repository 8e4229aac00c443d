/** Checks of signing in to a server, for providers that reach one: what is said where it fails, and that nothing of it is left. */
import assert from "node:assert/strict"
import { inspect } from "node:util"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { File } from "../contract/Entry.ts"
import type { OptionValues } from "../contract/OptionField.ts"
import * as ProviderFactory from "../contract/ProviderFactory.ts"
import { root } from "../contract/RemotePath.ts"
import { isStorageError, type StorageError } from "../contract/StorageError.ts"
import { at, modifiedAt, pattern, pieces } from "./Check.ts"

export interface Reachable {
  readonly factory: ProviderFactory.ProviderFactory
  /** They sign in where `location` is, which may be written to. */
  readonly values: OptionValues
  readonly location: string
  /** In the place of some of them: with a secret that is not the right one. */
  readonly wrong: OptionValues
  /** That secret, as a text. */
  readonly secret: string
  /** In the place of some of them: an address where nothing listens. */
  readonly unreachable: OptionValues
}

export interface AccountCheck {
  readonly name: string
  /** Dies with an `AssertionError` when the provider breaks the contract. */
  readonly run: (reachable: Reachable) => Effect.Effect<void, StorageError>
}

const name = "a-remote:"
const missing: File = { _tag: "File", path: at("none"), size: 5, modifiedAt, checksums: {} }
/** In milliseconds: a user waits for the first answer. */
const patience = 30_000

const opened = ({ factory, location, values }: Reachable, others: OptionValues = {}) =>
  ProviderFactory.open(factory, { ...values, ...others }, { name, location })

/** What the first use of it fails with. */
const firstFailure = Effect.fnUntraced(function* (
  reachable: Reachable,
  others: OptionValues
): Effect.fn.Return<StorageError> {
  const used = Effect.scoped(
    // Listings ask for a page again where that may pass; and an answer without a body says less.
    Effect.flatMap(opened(reachable, others), (provider) => provider.readAll(missing))
  )
  const exit = yield* Effect.exit(Effect.timeoutOption(used, patience))
  if (Exit.isSuccess(exit)) return assert.fail(Option.isNone(exit.value) ? "it does not end" : "it does not fail")
  const error = Cause.squash(exit.cause)
  assert.ok(isStorageError(error), `it fails with ${error}`)
  assert.ok(error.provider.startsWith(name), `"${error.message}" does not name the remote`)
  return error
})

const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => /^(?:TCP|TLS)S/.test(kind)).length

export const accountChecks: ReadonlyArray<AccountCheck> = [
  {
    name: "signs nobody in with a wrong secret, says so, and shows none",
    run: Effect.fnUntraced(function* (reachable) {
      const error = yield* firstFailure(reachable, reachable.wrong)
      assert.equal(error.reason._tag, "Unauthenticated", error.message)
      const told = [error.message, JSON.stringify(error), String(error.stack), inspect(error, { depth: 9 })].join("\n")
      assert.ok(!told.includes(reachable.secret), "the secret is shown")
    })
  },
  {
    name: "says that nothing answers, and that it may pass",
    run: Effect.fnUntraced(function* (reachable) {
      const error = yield* firstFailure(reachable, reachable.unreachable)
      assert.equal(error.reason._tag, "Unavailable", error.message)
      assert.ok(error.isRetryable)
    })
  },
  {
    name: "leaves no connection behind, whatever was broken off",
    run: Effect.fnUntraced(function* (reachable) {
      const before = sockets()
      const used = Effect.gen(function* () {
        const provider = yield* opened(reachable)
        const file = yield* provider.put(at("some.bin"), pieces(pattern(2_000_000)), { modifiedAt })
        for (let count = 0; count < 4; count++) yield* Stream.runDrain(Stream.take(provider.read(file), 1))
        yield* Stream.runDrain(Stream.take(provider.list(root), 1))
        yield* Effect.timeoutOption(provider.readAll(file), 1)
        yield* provider.remove(file.path)
      })
      yield* Effect.scoped(used)
      // The other side sees it a moment later.
      for (let count = 0; sockets() > before && count < 100; count++) yield* Effect.sleep(20)
      assert.ok(sockets() <= before, `${sockets() - before} connections are open still`)
    })
  }
]
