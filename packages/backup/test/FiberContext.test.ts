import { hash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import * as IndexLoader from "../src/repository/IndexLoader.ts"
import type { Repository } from "../src/repository/Repository.ts"
import { backup } from "./support/backup.ts"
import * as HandMade from "./support/HandMadeSnapshot.ts"
import * as TestRepository from "./support/TestRepository.ts"

const Note = Context.Reference("@ourclone/test/Note", { defaultValue: () => "lost" })

/** What those that read packs knew of `Note`. */
const watch = (repository: Repository) => {
  const seen: Array<string> = []
  const watched: Repository = {
    ...repository,
    readRaw: (...asked) =>
      Effect.gen(function* () {
        seen.push(yield* Note)
        return yield* repository.readRaw(...asked)
      })
  }
  return { seen, watched }
}

describe("what a host gives to a run reaches", () => {
  it.live("a backup that reads its parent for its threads", () =>
    Effect.gen(function* () {
      const folder = yield* TestRepository.folder
      for (const name of ["a", "b", "c"]) {
        fs.mkdirSync(join(folder, name))
        fs.writeFileSync(join(folder, name, name), name)
      }
      const { repository } = yield* TestRepository.inMemory()
      yield* backup(repository, folder)
      const { seen, watched } = watch(repository)
      yield* Effect.provideService(backup(watched, folder), Note, "kept")
      expect(new Set(seen)).toEqual(new Set(["kept"]))
    }).pipe(Effect.scoped)
  )

  it.live("a restore that fetches for a thread what was damaged", () =>
    Effect.gen(function* () {
      const piece = "a".repeat(5000)
      const { repository, root, target, tree } = yield* HandMade.make([HandMade.file("f", piece)])
      const { index } = yield* IndexLoader.load(repository)
      const entry = index.findHex(0, hash("sha256", piece))
      const pack = index.packId(index.packOf(entry))
      const path = join(root, "data", pack.slice(0, 2), pack)
      const bytes = fs.readFileSync(path)
      bytes[index.offsetOf(entry) + 20]! ^= 1
      fs.chmodSync(path, 0o600)
      fs.writeFileSync(path, bytes)
      const { seen, watched } = watch(repository)
      const { failed } = yield* Effect.provideService(HandMade.restore(watched, tree, target), Note, "kept")
      expect(failed).toHaveLength(1)
      expect(new Set(seen)).toEqual(new Set(["kept"]))
    }).pipe(Effect.scoped)
  )
})
