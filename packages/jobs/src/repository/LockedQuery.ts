/** What queries and bytes have in common: rows of an open repository, under a shared lock. */
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as RepositoryLock from "@ourclone/backup/repository/RepositoryLock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { JobError } from "../kind/JobError.ts"
import type { Beside } from "../kind/JobKind.ts"
import type { Surroundings } from "../kind/Surroundings.ts"
import type { Reading } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

type Rows<Row> = Stream.Stream<Row, JobError, Surroundings>

/** The lock is held while the rows are found and read, unless the request wants none. */
export const stream = <Row>(
  request: Reading,
  beside: Beside,
  find: (repository: Repository) => Effect.Effect<Rows<Row>, JobError, Surroundings>
): Rows<Row> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const repository = yield* OpenedRepository.open(request, beside)
      const rows = Stream.unwrap(find(repository))
      if (request.lock === false) return rows
      const options = OpenedRepository.lockOptions(request, "shared", beside.tell)
      const { loss } = yield* RepositoryLock.acquire(repository, options)
      return Stream.interruptWhen(rows, loss)
    })
  )
