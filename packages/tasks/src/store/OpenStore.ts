/** The journal, wherever it is: this machine's own file, or a database that several machines share. */
import type { Machine } from "@ourclone/jobs/kind/Surroundings"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as SqliteStore from "./SqliteStore.ts"
import type { TaskError } from "./TaskError.ts"
import type { TaskStore } from "./TaskStore.ts"
import { tasksFile } from "./TasksFile.ts"

/** Open until the scope closes. What Postgres takes is loaded only where it is the journal. */
export const open = (
  { database: url, stateDirectory }: Pick<Machine, "database" | "stateDirectory">,
  options: SqliteStore.SqliteStoreOptions = {}
): Effect.Effect<TaskStore, TaskError, Scope.Scope> => {
  if (url === undefined) return SqliteStore.make(tasksFile(stateDirectory), options)
  return Effect.flatMap(
    Effect.promise(() => import("./PostgresStore.ts")),
    ({ make }) => make({ url, isDurable: options.isDurable ?? true })
  )
}
