/** What a sync from a storage that does not tell all it has does to the other side. */
import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import type { Provider } from "../contract/Provider.ts"
import type { StorageError } from "../contract/StorageError.ts"
import * as Plan from "../engine/Plan.ts"
import * as Transfer from "../engine/Transfer.ts"
import { MostRetries } from "../layers/Retry.ts"
import { list, put } from "./Check.ts"
import * as MemoryProvider from "./MemoryProvider.ts"
import * as Told from "./Told.ts"

/** Syncs all of `source`, and what is extra is to go: it must fail, and nothing may be gone. Gives why it failed. */
export const removesNothing = (source: Provider) =>
  Effect.gen(function* () {
    const destination = MemoryProvider.make()
    for (const name of ["0", "a", "z"]) yield* put(destination, `${name}.txt`, "kept")
    const tell = Told.make()
    const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true })
    const options = { transfers: 4, partConcurrency: 1, allowsEmptySource: false, tell }
    const failed = yield* Effect.flip(Transfer.execute(source, destination, plan, options))
    const left = yield* list(destination, "")
    for (const name of ["0", "a", "z"]) assert.ok(left.includes(`File ${name}.txt`), `${name}.txt was removed`)
    return failed as StorageError
  }).pipe(Effect.provideService(MostRetries, 0))
