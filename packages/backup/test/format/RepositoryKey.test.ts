import { spawn } from "node:child_process"
import { availableParallelism } from "node:os"
import { describe, expect, it } from "@effect/vitest"
import * as RepositoryKey from "@ourclone/backup/format/RepositoryKey"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** Keeps every core busy several times over while `use` runs. */
const besideBusyLoops = <A>(use: Effect.Effect<A>) =>
  Effect.acquireUseRelease(
    Effect.promise(() => {
      const count = Math.min(32, 6 * availableParallelism())
      const loops = Array.from({ length: count }, () =>
        spawn(process.execPath, [
          "-e",
          "process.stdout.write('on'); for (const end = Date.now() + 60_000; Date.now() < end; );"
        ])
      )
      const begun = loops.map((loop) => new Promise((resolve) => loop.stdout.once("data", resolve)))
      return Promise.all(begun).then(() => loops)
    }),
    () => use,
    (loops) =>
      Effect.sync(() => {
        for (const loop of loops) loop.kill("SIGKILL")
      })
  )

describe("the key of a password", () => {
  it.live("costs as much work to guess when it was made on a busy machine", () =>
    Effect.gen(function* () {
      const parameters = yield* besideBusyLoops(RepositoryKey.calibrate)
      const start = process.cpuUsage()
      yield* RepositoryKey.derive(Redacted.make("a password"), Buffer.alloc(RepositoryKey.saltSize), parameters)
      const { system, user } = process.cpuUsage(start)
      expect((system + user) / 1000).toBeGreaterThan(130)
    })
  )
})
