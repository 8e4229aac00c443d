/** restic's repository, opened with all that reading it needs: once for each file of tests, as its password takes a second. */
import { Effect } from "effect"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as fixture from "./fixture.ts"
import * as TestRepository from "./TestRepository.ts"

const open = Effect.gen(function* () {
  const repository = yield* TestRepository.openFolder(fixture.path, { password: fixture.password })
  const { snapshots } = yield* Snapshots.loadAll(repository)
  const { index } = yield* IndexLoader.load(repository)
  return { repository, snapshots, reader: BlobReader.make(repository, index) }
})

export const openFixture = Effect.runSync(Effect.cached(open))
