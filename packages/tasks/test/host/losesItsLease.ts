/**
 * A runner that is so slow at first that its lease runs out, and does its job in the second run: `node losesItsLease.ts
 * JOURNAL ID LOG NAME`; says in LOG what it was given.
 */
import * as fs from "node:fs"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import { decodeSecrets } from "../../src/host/RunnerProcess.ts"
import { leaseMillis } from "../../src/runner/Journaling.ts"
import * as Runner from "../../src/runner/Runner.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"

const [journal = "", id = "", log = "", name = ""] = process.argv.slice(2)
const given = [...decodeSecrets(fs.readFileSync(0, "utf8")).keys()]
const running = Effect.gen(function* () {
  const store = yield* SqliteStore.make(journal)
  const { take } = yield* store.load(id)
  const claim = yield* store.claim(ProcessIdentity.current(), take === 0 ? 1 : leaseMillis, id)
  if (claim === undefined) return
  fs.appendFileSync(log, `${name} run ${claim.take} ${given.join()}\n`)
  if (take === 0) return yield* Effect.sleep("1 second")
  yield* Runner.run({ store, claim, execute: () => Effect.succeed(null), interrupted: { _tag: "Requeue" } })
})
await Effect.runPromise(Effect.scoped(running))
