/** Says when the configuration is another one, whoever changed it. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"

/** It is replaced as a whole, so its folder is looked at; where that is not there yet, or can not be, nothing is said. */
export const changes = (file: string): Stream.Stream<void> =>
  Stream.callback<void>((queue) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        try {
          const name = path.basename(file)
          const watcher = fs.watch(path.dirname(file), { persistent: false }, (_, changed) => {
            if (changed === null || changed === name) Queue.offerUnsafe(queue, undefined)
          })
          watcher.on("error", () => {})
          return watcher
        } catch {
          return undefined
        }
      }),
      (watcher) => Effect.sync(() => watcher?.close())
    )
  ).pipe(Stream.debounce("100 millis"))
