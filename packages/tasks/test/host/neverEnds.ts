/** A runner of a job that does not end, whatever is wished and signalled: `node neverEnds.ts JOURNAL ID`. */
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import { leaseMillis } from "../../src/runner/Journaling.ts"
import * as Runner from "../../src/runner/Runner.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"

const [journal = "", id = ""] = process.argv.slice(2)
process.on("SIGTERM", () => {})
const running = Effect.gen(function* () {
  const store = yield* SqliteStore.make(journal)
  const claim = yield* store.claim(ProcessIdentity.current(), leaseMillis, id)
  if (claim === undefined) return
  const execute = () => Effect.uninterruptible(Effect.never)
  yield* Runner.run({ store, claim, execute, interrupted: { _tag: "Requeue" } })
})
await Effect.runPromise(Effect.scoped(running))
