/** The store of one machine: a SQLite file, for as many processes as like to. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as SqliteDatabase from "./SqliteDatabase.ts"
import * as SqliteDeliveries from "./SqliteDeliveries.ts"
import { prune } from "./SqlitePrune.ts"
import * as SqliteSchedules from "./SqliteSchedules.ts"
import * as SqliteTasks from "./SqliteTasks.ts"
import type { TaskError } from "./TaskError.ts"
import type { TaskStore } from "./TaskStore.ts"

export interface SqliteStoreOptions {
  readonly clock?: () => number
  /**
   * False for a record that ends with its process anyway: after a power cut, though not after a kill, its last facts may
   * be missing. It saves waiting for the disk.
   */
  readonly isDurable?: boolean
  /** For a thread that has others to answer: it waits for writers so long at a time, and goes on with other work in between. */
  readonly busyMillis?: number
}

/** Lets whatever else waits in this thread go first. */
const breath = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

const againMillis = 25
/** In all, before a call fails because others never stop writing. */
const mostTries = 400

/** A store whose calls block this thread for as long as a commit takes: for a process that does little else. */
export const make = (
  file: string,
  { busyMillis, clock = Date.now, isDurable = true }: SqliteStoreOptions = {}
): Effect.Effect<TaskStore, TaskError, Scope.Scope> => {
  const once = <A>(work: () => A): Effect.Effect<A, TaskError> =>
    Effect.try({ try: work, catch: (error) => SqliteDatabase.errorOf(file, error) })
  const patiently = <A>(work: () => A, tries: number): Effect.Effect<A, TaskError> =>
    Effect.suspend(() => {
      try {
        return Effect.succeed(work())
      } catch (error) {
        return SqliteDatabase.isBusy(error) && tries > 0
          ? Effect.andThen(Effect.sleep(againMillis), patiently(work, tries - 1))
          : Effect.fail(SqliteDatabase.errorOf(file, error))
      }
    })
  const attempt = busyMillis === undefined ? once : <A>(work: () => A) => patiently(work, mostTries)
  return Effect.map(
    Effect.acquireRelease(
      once(() => SqliteDatabase.open(file, { isDurable, busyMillis })),
      // Closing waits for the disk; what comes next, or the end of the process, closes as well.
      (database) => (isDurable ? Effect.sync(database.close) : Effect.void)
    ),
    (database): TaskStore => {
      const tasks = SqliteTasks.make(database, clock)
      const schedules = SqliteSchedules.make(database, clock)
      const deliveries = SqliteDeliveries.make(database, clock)
      return {
        deliveries: {
          add: (target, key, body) => attempt(() => deliveries.add(target, key, body)),
          due: (limit) => attempt(() => deliveries.due(limit)),
          sent: (id) => attempt(() => deliveries.sent(id)),
          failed: (id, error, again) => attempt(() => deliveries.failed(id, error, again)),
          problems: (limit) => attempt(() => deliveries.problems(limit)),
          mark: (name) => attempt(() => deliveries.mark(name)),
          setMark: (name, value) => attempt(() => deliveries.setMark(name, value))
        },
        schedules: {
          create: (plan, by) => attempt(() => schedules.create(plan, by)),
          load: (id) => attempt(() => schedules.load(id)),
          list: Effect.suspend(() => attempt(schedules.list)),
          change: (id, change) => attempt(() => schedules.change(id, change)),
          remove: (id) => attempt(() => schedules.remove(id)),
          looked: (id, lookedAt, missed) => attempt(() => schedules.looked(id, lookedAt, missed))
        },
        create: (task) => attempt(() => tasks.create(task)),
        load: (id) => attempt(() => tasks.load(id)),
        list: (query) => attempt(() => tasks.list(query)),
        claim: (owner, leaseMillis, id) => attempt(() => tasks.claim(owner, leaseMillis, id)),
        due: (limit) => attempt(() => tasks.due(limit)),
        hold: (role, owner, leaseMillis) => attempt(() => tasks.hold(role, owner, leaseMillis)),
        holder: (role) => attempt(() => tasks.holder(role)),
        share: (account, owner, leaseMillis) => attempt(() => tasks.share(account, owner, leaseMillis)),
        unshare: (account, owner) => attempt(() => tasks.unshare(account, owner)),
        limit: (id, limits) => attempt(() => tasks.limit(id, limits)),
        commit: (claim, batch, leaseMillis, input) => attempt(() => tasks.commit(claim, batch, leaseMillis, input)),
        settle: (id, input, batch, summary) => attempt(() => tasks.settle(id, input, batch, summary)),
        wish: (id, wish) => attempt(() => tasks.wish(id, wish)),
        facts: (id, after, limit) => attempt(() => tasks.facts(id, after, limit)),
        outcomes: (id, kind, after, limit, code) => attempt(() => tasks.outcomes(id, kind, after, limit, code)),
        causes: (id) => attempt(() => tasks.causes(id)),
        why: (path, limit) => attempt(() => tasks.why(path, limit)),
        changes: (after, limit) => attempt(() => tasks.changes(after, limit)),
        position: Effect.suspend(() => attempt(() => tasks.position())),
        prune: (retention) =>
          Effect.gen(function* () {
            const gone = { tasks: 0, facts: 0 }
            const steps = prune(database, clock(), retention, gone)
            while ((yield* attempt(() => steps.next())).done !== true) yield* breath
            return gone
          })
      }
    }
  )
}
