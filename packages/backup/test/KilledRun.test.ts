import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { withLock } from "../src/repository/RepositoryLock.ts"
import { idsOf } from "./support/locks.ts"
import * as TestRepository from "./support/TestRepository.ts"

const program = fileURLToPath(new URL("./support/HoldLock.ts", import.meta.url))

describe("a run that is killed while it holds an exclusive lock", () => {
  it.live("keeps others out until then, and hinders nobody afterwards", () =>
    Effect.gen(function* () {
      const { root, repository } = yield* TestRepository.inFolder()
      const child = spawn(process.execPath, [program, root], { stdio: ["ignore", "pipe", "inherit"] })
      yield* Effect.promise(() => once(child.stdout, "data"))
      const error = yield* Effect.flip(withLock(repository, { exclusive: false }, Effect.void))
      expect(error).toMatchObject({ reason: { _tag: "Locked" } })
      expect(error.message).toContain(`pid ${child.pid}, exclusive`)

      const exit = once(child, "exit")
      child.kill("SIGKILL")
      yield* Effect.promise(() => exit)
      expect(yield* idsOf(repository)).toHaveLength(1)
      expect(yield* withLock(repository, { exclusive: true }, Effect.succeed("held"))).toBe("held")
      expect(yield* idsOf(repository)).toEqual([])
    }).pipe(Effect.scoped)
  )
})
