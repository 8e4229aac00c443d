/** Tells when another key or password may be there. */
import * as fs from "node:fs"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const lookMillis = 2_000
/** What the configuration only points to, a file or another program, changes unseen. */
const againMillis = 10 * 60_000

const signatureOf = (file: string): string => {
  const { ino, mtimeMs, size } = fs.statSync(file, { throwIfNoEntry: false }) ?? { ino: 0, mtimeMs: 0, size: 0 }
  return `${ino} ${mtimeMs} ${size}`
}

/**
 * Looks at the configuration now; gives what ends once it is another than it was then, or so much later that a try is
 * worth it. What is written between the two counts: whoever replaces a key does not know when the old one is missed.
 */
export const watch: Effect.Effect<Effect.Effect<void>, never, Remotes> = Effect.map(
  Remotes,
  ({ configurationFile }) => {
    const before = signatureOf(configurationFile)
    return Effect.gen(function* () {
      const since = yield* Clock.currentTimeMillis
      while (signatureOf(configurationFile) === before && (yield* Clock.currentTimeMillis) - since < againMillis) {
        yield* Effect.sleep(lookMillis)
      }
    })
  }
)

/** Runs `work` after each change, for ever; also for one that comes while it runs. */
export const each = <R>(work: Effect.Effect<void, never, R>): Effect.Effect<never, never, R | Remotes> => {
  const after = (changed: Effect.Effect<void>): Effect.Effect<never, never, R | Remotes> =>
    Effect.flatMap(Effect.andThen(changed, watch), (next) => Effect.andThen(work, after(next)))
  return Effect.flatMap(watch, after)
}
