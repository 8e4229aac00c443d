/** Ends when another key or password may be there. */
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

/** Waits until the configuration was written, or so long that a try is worth it. */
export const wait: Effect.Effect<void, never, Remotes> = Effect.gen(function* () {
  const { configurationFile } = yield* Remotes
  const before = signatureOf(configurationFile)
  const since = yield* Clock.currentTimeMillis
  while (signatureOf(configurationFile) === before && (yield* Clock.currentTimeMillis) - since < againMillis) {
    yield* Effect.sleep(lookMillis)
  }
})
