import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import { checks } from "../../src/testing/TaskStoreContract.ts"

const folders: Array<string> = []
const fileOf = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tasks-"))
  folders.push(folder)
  return path.join(folder, "state", "tasks.sqlite")
}
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

describe("the SQLite store", () => {
  for (const { name, run } of checks) {
    it.effect(name, () =>
      Effect.gen(function* () {
        let now = 0
        const store = yield* SqliteStore.make(fileOf(), { clock: () => now })
        yield* run({
          store,
          advance: (millis) => {
            now += millis
          }
        })
      })
    )
  }

  it.effect("finds everything again when it is opened again, in a file that only its owner may read", () =>
    Effect.gen(function* () {
      const file = fileOf()
      const made = yield* Effect.scoped(
        Effect.flatMap(SqliteStore.make(file), (store) =>
          store.create({ kind: "sync", request: { a: [1, null] }, origin: "command" })
        )
      )
      const found = yield* Effect.scoped(Effect.flatMap(SqliteStore.make(file), (store) => store.load(made.id)))
      expect(found).toEqual(made)
      expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    })
  )

  it.effect("refuses a journal that a newer version wrote, and leaves it alone", () =>
    Effect.gen(function* () {
      const file = fileOf()
      yield* Effect.scoped(SqliteStore.make(file))
      const database = new DatabaseSync(file)
      database.exec("pragma user_version = 99")
      database.close()
      const error = yield* Effect.flip(Effect.scoped(SqliteStore.make(file)))
      expect(error.reason._tag).toBe("JournalTooNew")
    })
  )

  it.effect("names the file that can not be written", () =>
    Effect.gen(function* () {
      const file = fileOf()
      fs.mkdirSync(path.dirname(path.dirname(file)), { recursive: true })
      fs.writeFileSync(path.dirname(file), "a file where the folder should be")
      const error = yield* Effect.flip(Effect.scoped(SqliteStore.make(file)))
      expect(error.reason._tag).toBe("JournalUnavailable")
      expect(error.message).toContain(file)
    })
  )
})
