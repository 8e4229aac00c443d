/** What is at a path of this machine, where it answers at once. */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"

/** A disk that is away may never answer, and then nothing is known. */
const patience = "3 seconds"

const missing = new Set(["ENOENT", "ENOTDIR"])

export const look = (path: string): Effect.Effect<"folder" | "other" | "missing" | "unknown"> =>
  Effect.promise(() =>
    fs.promises.stat(path).then(
      (stats) => (stats.isDirectory() ? ("folder" as const) : ("other" as const)),
      ({ code = "" }: NodeJS.ErrnoException) => (missing.has(code) ? ("missing" as const) : ("unknown" as const))
    )
  ).pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed("unknown" as const) }))
