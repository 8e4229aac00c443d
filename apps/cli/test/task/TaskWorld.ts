/** A journal in a folder of its own, a host on it, and runners that are the real program. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Follow from "@ourclone/tasks/host/Follow"
import * as TaskHost from "@ourclone/tasks/host/TaskHost"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import type { Task } from "@ourclone/tasks/task/Task"
import { Effect, Result, Stream } from "effect"
import { onTestFinished } from "vitest"
import { sendSignal } from "../../src/process/SendSignal.ts"

const main = path.join(import.meta.dirname, "../../src/main.ts")

export const makeWorld = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-tasks-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => path.join(folder, name)
  const environment = { HOME: folder, XDG_STATE_HOME: at("state"), OURCLONE_CONFIG: at("config.toml") }
  const file = tasksFile(path.join(at("state"), "ourclone"))
  const owner = ProcessIdentity.current()
  const command = ({ id }: { readonly id: string }) => [process.execPath, main, "task", "run", "--id", id] as const
  return {
    at,
    environment,
    write: (name: string, content: string) => {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true })
      fs.writeFileSync(at(name), content)
    },
    /** Runs `use` with the store and a host, which is gone afterwards. */
    hosted: <A, E>(
      use: (host: TaskHost.TaskHost, store: TaskStore) => Effect.Effect<A, E>,
      program: TaskHost.HostOptions["program"] = { command, environment, sendSignal }
    ): Promise<A> =>
      Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const store = yield* SqliteStore.make(file)
            return yield* use(yield* TaskHost.make({ store, owner, program }), store)
          })
        )
      ),
    withStore: <A, E>(use: (store: TaskStore) => Effect.Effect<A, E>): Promise<A> =>
      Effect.runPromise(Effect.scoped(Effect.flatMap(SqliteStore.make(file), use)))
  }
}

/** The task once it is as wanted. Dies when it has ended otherwise. */
export const until = (store: TaskStore, id: string, isThere: (task: Task) => boolean): Effect.Effect<Task> =>
  Follow.follow(store, id).pipe(
    Stream.filterMap((said) =>
      said._tag === "Task" && isThere(said.task) ? Result.succeed(said.task) : Result.fail(said)
    ),
    Stream.runHead,
    Effect.flatMap(Effect.fromOption),
    Effect.orDie
  )

export const tagged =
  (tag: Task["state"]["_tag"]) =>
  ({ state }: Task): boolean =>
    state._tag === tag
