/** A store of tasks over tables, wherever they are. */
import type * as Effect from "effect/Effect"
import * as Deliveries from "./DeliveryTable.ts"
import * as Facts from "./FactTable.ts"
import { prune } from "./Prune.ts"
import * as Schedules from "./ScheduleTable.ts"
import type { TaskError } from "./TaskError.ts"
import type { TaskStore } from "./TaskStore.ts"
import * as Tasks from "./TaskTables.ts"
import type { Work } from "./Work.ts"

export interface Tables {
  /** Runs each statement for itself. */
  readonly apart: <A>(work: () => Work<A>) => Effect.Effect<A, TaskError>
  /** Runs all of them or none, as if nobody else did anything meanwhile. */
  readonly together: <A>(work: () => Work<A>) => Effect.Effect<A, TaskError>
}

export const make = ({ apart, together }: Tables): TaskStore => ({
  deliveries: {
    add: (target, key, body) => together(() => Deliveries.add(target, key, body)),
    due: (limit) => apart(() => Deliveries.due(limit)),
    sent: (id) => together(() => Deliveries.sent(id)),
    failed: (id, error, again) => together(() => Deliveries.failed(id, error, again)),
    problems: (limit) => apart(() => Deliveries.problems(limit)),
    mark: (name) => apart(() => Deliveries.mark(name)),
    setMark: (name, value) => together(() => Deliveries.setMark(name, value))
  },
  schedules: {
    create: (plan, by) => together(() => Schedules.create(plan, by)),
    load: (id) => apart(() => Schedules.load(id)),
    list: apart(Schedules.list),
    change: (id, changes) => together(() => Schedules.change(id, changes)),
    remove: (id) => together(() => Schedules.remove(id)),
    looked: (id, lookedAt, missed) => together(() => Schedules.looked(id, lookedAt, missed))
  },
  create: (task) => together(() => Tasks.create(task)),
  load: (id) => apart(() => Tasks.load(id)),
  list: (query) => apart(() => Tasks.list(query)),
  claim: (owner, leaseMillis, id) => together(() => Tasks.claim(owner, leaseMillis, id)),
  count: (states) => apart(() => Tasks.count(states)),
  due: (limit, after, ids) => apart(() => Tasks.due(limit, after, ids)),
  hold: (role, owner, leaseMillis) => together(() => Tasks.hold(role, owner, leaseMillis)),
  holder: (role) => apart(() => Tasks.holder(role)),
  holders: (begin) => apart(() => Tasks.holders(begin)),
  wholeOf: (id) => apart(() => Tasks.wholeOf(id)),
  parts: (id) => apart(() => Tasks.parts(id)),
  share: (account, owner, leaseMillis) => together(() => Tasks.share(account, owner, leaseMillis)),
  unshare: (account, owner) => together(() => Tasks.unshare(account, owner)),
  limit: (id, limits) => together(() => Tasks.limit(id, limits)),
  prioritize: (id, priority) => together(() => Tasks.prioritize(id, priority)),
  commit: (claim, batch, leaseMillis, input) => together(() => Tasks.commit(claim, batch, leaseMillis, input)),
  settle: (id, input, batch, summary) => together(() => Tasks.settle(id, input, batch, summary)),
  wish: (id, wish) => together(() => Tasks.wish(id, wish)),
  facts: (id, after, limit) => apart(() => Facts.read(id, after, limit)),
  outcomes: (id, kind, after, limit, code) => apart(() => Tasks.outcomes(id, kind, after, limit, code)),
  failedAmong: (id, paths) => apart(() => Tasks.failedAmong(id, paths)),
  causes: (id) => apart(() => Tasks.causes(id)),
  why: (path, limit) => apart(() => Tasks.why(path, limit)),
  changes: (after, limit) => apart(() => Tasks.changes(after, limit)),
  position: apart(Tasks.position),
  prune: (retention) => apart(() => prune(retention))
})
