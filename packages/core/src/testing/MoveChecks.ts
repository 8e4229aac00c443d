/** Checks of a storage as the source of a move. */
import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import type { Provider } from "../contract/Provider.ts"
import { isStorageError } from "../contract/StorageError.ts"
import * as Plan from "../engine/Plan.ts"
import * as Transfer from "../engine/Transfer.ts"
import { type Check, check, list, put, textAt } from "./Check.ts"
import * as MemoryProvider from "./MemoryProvider.ts"
import * as Told from "./Told.ts"

const options = { transfers: 2, partConcurrency: 1, allowsEmptySource: true, removesSource: true }

const move = (source: Provider, destination: Provider) => {
  const tell = Told.make()
  const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: false, reportsSame: true })
  return Transfer.execute(source, destination, plan, { ...options, tell }).pipe(
    Effect.catch((error) => (isStorageError(error) ? Effect.fail(error) : Effect.die(error))),
    Effect.map((summary) => ({ summary, failures: tell.of("Failed").map(({ failure }) => failure.message) }))
  )
}

export const moveChecks: ReadonlyArray<Check> = [
  check("leaves nothing at the source of a move", function* (provider) {
    yield* put(provider, "a.txt", "replaced")
    for (const path of ["a.txt", "d/b.txt", "d/e/c.txt"]) yield* put(provider, path, path)
    const destination = MemoryProvider.make()
    const { failures, summary } = yield* move(provider, destination)
    assert.deepEqual(failures, [])
    assert.equal(summary.moved, 3)
    const left = (yield* list(provider, "")).filter((line) => line.startsWith("File "))
    assert.deepEqual(left, [])
    for (const path of ["a.txt", "d/b.txt", "d/e/c.txt"]) assert.equal(yield* textAt(destination, path), path)
  })
]
