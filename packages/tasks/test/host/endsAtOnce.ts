/**
 * A runner of a job that is done at once: `node endsAtOnce.ts JOURNAL ID LOG NAME [FILE]`; says in LOG that it was started, and
 * claims once FILE is there.
 */
import * as fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Effect from "effect/Effect"
import { leaseMillis } from "../../src/runner/Journaling.ts"
import * as Runner from "../../src/runner/Runner.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"

const [journal = "", id = "", log = "", name = "", file] = process.argv.slice(2)
fs.appendFileSync(log, `${name} ${id}\n`)
while (file !== undefined && !fs.existsSync(file)) {
  // The test is over.
  if (!fs.existsSync(log)) process.exit()
  await sleep(20)
}
const running = Effect.gen(function* () {
  const store = yield* SqliteStore.make(journal)
  const claim = yield* store.claim(ProcessIdentity.current(), leaseMillis, id)
  if (claim === undefined) return
  yield* Runner.run({ store, claim, execute: () => Effect.succeed(null), interrupted: { _tag: "Requeue" } })
})
await Effect.runPromise(Effect.scoped(running))
