/** Repositories for tests: in memory, or in a folder that goes with the scope. */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Repository from "../../src/repository/Repository.ts"

export const passwordText = "correct horse battery staple"
export const password = Redacted.make(passwordText)
/** Opens in no time; restic takes it too. */
export const scrypt = { N: 2, r: 8, p: 1 }
export const polynomial = 0x3da3358b4dc173n

const options: Repository.InitOptions = { polynomial, scrypt }

/** An empty folder, removed when the scope closes. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "ourclone-backup-")))),
  (path) => Effect.sync(() => fs.rmSync(path, { recursive: true, force: true }))
)

/** A new repository in memory. `provider.memory` shows what is stored. */
export const inMemory = (more: Repository.InitOptions = {}) =>
  Effect.gen(function* () {
    const provider = MemoryProvider.make()
    const repository = yield* Repository.init(provider, password, { ...options, ...more })
    return { provider, repository }
  })

/** A new repository at `root`, a temporary folder when absent. */
export const inFolder = (more: Repository.InitOptions = {}) =>
  Effect.gen(function* () {
    const root = join(yield* folder, "repository")
    const provider = yield* LocalProvider.make({ root })
    const repository = yield* Repository.init(provider, password, { ...options, ...more })
    return { root, provider, repository }
  })

/** The repository at `root`, whoever has made it. */
export const openFolder = (root: string, openOptions: Repository.OpenOptions = { password }) =>
  Effect.flatMap(LocalProvider.make({ root }), (provider) => Repository.open(provider, openOptions))

/** Lets an hour pass on the test clock while `effect` runs, so that its pauses are over at once. */
export const skippingTime = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.raceFirst(
    effect,
    Effect.forever(Effect.andThen(TestClock.adjust("1 minute"), TestClock.withLive(Effect.sleep(1))))
  )
