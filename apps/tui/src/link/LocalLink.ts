/** This machine: its journal of tasks, a runner process for each, and a desk that looks into storage. */
import type { Envelope } from "@ourclone/core/events/Envelope"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as TaskHost from "@ourclone/tasks/host/TaskHost"
import type { Secrets } from "@ourclone/tasks/runner/StoredSecrets"
import * as Scheduler from "@ourclone/tasks/schedule/Scheduler"
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { OptionTexts, StorageType, Wanted } from "../command/Ask.ts"
import type { Remote, Repository } from "../command/World.ts"
import * as ConfigurationWatch from "./ConfigurationWatch.ts"
import { type DeskProcess, one, secretsOf } from "./DeskProcess.ts"
import { failed, type Link, LinkFailed, type Needs } from "./Link.ts"

export interface LocalOptions {
  readonly store: TaskStore
  readonly desk: DeskProcess
  /** What runs a task with an id. */
  readonly runner: TaskHost.HostOptions["program"]
  /** Whether other machines have the same journal: what was asked for there is left to them. */
  readonly isShared?: boolean
  readonly configurationFile: string
  /** Who asks, as tasks say it: `ann`. */
  readonly by: string
  /** Hears what the host could not do. */
  readonly onProblem: (message: string) => void
}

/** How often the journal is looked at: a look costs some 20 µs. */
const lookMillis = 250
const mostTasks = 1_000
const mostFacts = 300

const journal = <A>(effect: Effect.Effect<A, TaskError>): Effect.Effect<A, LinkFailed> =>
  Effect.mapError(effect, ({ message, reason }) => failed(reason._tag, message))

/** All of them, then what changes, without end. */
const watch = (store: TaskStore): Stream.Stream<ReadonlyArray<Task>, LinkFailed> =>
  Stream.unwrap(
    Effect.gen(function* () {
      let position = yield* journal(store.position)
      const all = yield* journal(store.list({ limit: mostTasks }))
      const changed = Effect.gen(function* () {
        yield* Effect.sleep(lookMillis)
        const { last, tasks } = yield* journal(store.changes(position, mostTasks))
        position = last
        return tasks
      })
      return Stream.concat(
        Stream.succeed(all),
        Stream.filter(Stream.fromEffectRepeat(changed), (tasks) => tasks.length > 0)
      )
    })
  )

/** Until the scope closes this process starts runners for tasks whose turn it is, unless another one does already. */
export const make = Effect.fnUntraced(function* ({
  by,
  configurationFile,
  desk,
  isShared,
  onProblem,
  runner,
  store
}: LocalOptions) {
  const owner = ProcessIdentity.current()
  const host = yield* TaskHost.make({
    store,
    owner,
    program: runner,
    ...(isShared === true ? { mayRun: ({ machine }: Task) => Effect.succeed(machine === owner.host) } : {}),
    onProblem
  })

  const details = Effect.fnUntraced(function* (id: string, after: number) {
    const task = yield* journal(store.load(id))
    const from = Math.max(after, task.seq - mostFacts)
    const facts: ReadonlyArray<Envelope> = task.seq > from ? yield* journal(store.facts(id, from, mostFacts)) : []
    return { task, facts, causes: yield* journal(store.causes(id)) }
  })

  const wish = Effect.fnUntraced(function* (id: string, wanted: Wanted, secrets: Secrets) {
    yield* journal(host.give(id, secrets))
    const task = yield* journal(store.wish(id, { _tag: wanted, by }))
    yield* host.look
    return task
  })

  const start = (kind: string, request: Schema.Json, secrets: Secrets) =>
    Effect.mapError(host.submit({ kind, request, origin: "terminal", by }, secrets), (error) =>
      error._tag === "TaskError"
        ? failed(error.reason._tag, error.message)
        : new LinkFailed({
            failure: { code: "InvalidJob", message: error.message, isRetryable: false, ...itemOf(error) }
          })
    )

  const link: Link = {
    tasks: watch(store),
    details,
    outcomes: (id, code) =>
      journal(store.outcomes(id, code === "" ? "skipped" : "failed", "", 10_000, code === "" ? undefined : code)),
    wish,
    needs: (type, request, given) =>
      Effect.map(one(desk.ask({ _tag: "Needs", type, request, secrets: secretsOf(given) })), (needs) => needs as Needs),
    start,
    rows: (type, request, secrets) =>
      Stream.map(desk.ask({ _tag: "Rows", type, request, secrets: secretsOf(secrets) }), (answer) =>
        answer._tag === "Rows" ? answer.rows : []
      ),
    preview: (type, request, secrets) =>
      Stream.map(desk.ask({ _tag: "Preview", type, request, secrets: secretsOf(secrets) }), (answer) =>
        answer._tag === "Events" ? answer.events : []
      ),
    storage: Effect.map(
      one(desk.ask({ _tag: "Storage" })),
      (found) => found as { readonly remotes: ReadonlyArray<Remote>; readonly repositories: ReadonlyArray<Repository> }
    ),
    storageChanges: ConfigurationWatch.changes(configurationFile),
    types: Effect.map(one(desk.ask({ _tag: "Types" })), (found) => found as ReadonlyArray<StorageType>),
    addStorage: (name: string, type: string, options: OptionTexts) =>
      Effect.map(one(desk.ask({ _tag: "AddStorage", name, type, options })), String),
    removeStorage: (name) => Effect.asVoid(one(desk.ask({ _tag: "RemoveStorage", name }))),
    testStorage: (name) => Effect.map(one(desk.ask({ _tag: "TestStorage", name })), String),
    schedules: Effect.suspend(() => journal(store.schedules.list)),
    addSchedule: (plan) => Effect.asVoid(one(desk.ask({ _tag: "AddSchedule", plan, by }))),
    changeSchedule: (id, change) => Effect.asVoid(journal(store.schedules.change(id, change))),
    runSchedule: (id) =>
      store.schedules.load(id).pipe(
        Effect.flatMap((schedule) => Scheduler.startNow(store, schedule)),
        Effect.tap(() => host.look),
        journal
      ),
    removeSchedule: (id) => journal(store.schedules.remove(id)),
    addRepository: (name, location) => Effect.asVoid(one(desk.ask({ _tag: "AddRepository", name, location }))),
    removeRepository: (name) => Effect.asVoid(one(desk.ask({ _tag: "RemoveRepository", name })))
  }
  return link
})

const itemOf = ({ field }: { readonly field?: string }): { readonly item?: string } =>
  field === undefined ? {} : { item: field }
