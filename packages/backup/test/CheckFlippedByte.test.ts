import { describe, expect, it } from "@effect/vitest"
import * as Told from "@ourclone/core/testing/Told"
import { Effect, Redacted } from "effect"
import * as Checker from "../src/care/Checker.ts"
import * as CheckSubset from "../src/care/CheckSubset.ts"
import * as KeyFiles from "../src/repository/KeyFiles.ts"
import * as Repository from "../src/repository/Repository.ts"
import * as Random from "./support/random.ts"
import * as SampleBackup from "./support/SampleBackup.ts"
import * as TestRepository from "./support/TestRepository.ts"
import * as tamper from "./support/tamper.ts"

const { number } = Random.make(20_240_229)

describe("check with all packs read", () => {
  it.live("finds one flipped bit in any file of a repository", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      yield* SampleBackup.backup(repository, { "a/one.txt": ["one ".repeat(600)], "b/two.txt": ["two"] })
      yield* KeyFiles.add(repository, Redacted.make("another"), { scrypt: TestRepository.scrypt })
      yield* repository.save("locks", Buffer.from('{"time":"2024-01-01T00:00:00Z","exclusive":false}'))
      const { memory } = provider

      /** What opening and checking find, as lines. */
      const findings = Effect.gen(function* () {
        const told = Told.make()
        const opened = yield* Repository.open(provider, { password: TestRepository.password })
        yield* Checker.check(opened, { readData: CheckSubset.all }, told)
        return told.of("Failed").map(({ failure }) => `${failure.item}: ${failure.message}`)
      }).pipe(Effect.catchTag("RepositoryError", (error) => Effect.succeed([error.message])))

      expect(yield* findings).toEqual([])
      const kinds = new Set<string>()
      for (const [path, { bytes }] of [...memory.files]) {
        kinds.add(path.split("/")[0]!)
        // A key that does not open is passed over, so most of what is wrong with one only a check finds.
        const positions = [0, bytes.length - 1, ...Array.from({ length: 2 }, () => number(bytes.length))]
        for (const position of positions) {
          tamper.flip(memory, path, position)
          const found = yield* findings
          expect(found, `${path} at ${position} of ${bytes.length}`).not.toEqual([])
          if (path !== "config") expect(found.join("\n"), `${path} at ${position}`).toContain(path)
          tamper.flip(memory, path, position)
        }
      }
      expect([...kinds].sort()).toEqual(["config", "data", "index", "keys", "locks", "snapshots"])
    })
  )
})
