/** Starts runners for the tasks of a journal until it is killed: `node taskHost.ts JOURNAL PROGRAM WORDS…`, the id put last. */
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as TaskHost from "@ourclone/tasks/host/TaskHost"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import * as Effect from "effect/Effect"

const [journal = "", program = "", ...words] = process.argv.slice(2)
const hosting = Effect.gen(function* () {
  const store = yield* SqliteStore.make(journal)
  yield* TaskHost.make({
    store,
    owner: ProcessIdentity.current(),
    program: { command: ({ id }) => [program, ...words, id], environment: process.env },
    onProblem: (message) => console.error(message)
  })
  yield* Effect.never
})
await Effect.runPromise(Effect.scoped(hosting))
