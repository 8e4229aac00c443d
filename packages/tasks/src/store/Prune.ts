/** What is kept of tasks that ended, and for how long. */
import * as FactTable from "./FactTable.ts"
import type { Retention } from "./TaskStore.ts"
import { bump } from "./TaskTables.ts"
import { now, pause, rows, run, shrink, size, type Work } from "./Work.ts"

/** A deletion of millions would hold the write lock for as long as it takes. */
const slice = 10_000
const ended = "tag in ('Done', 'Failed', 'Cancelled')"

export const retention: Retention = {
  factsMillis: 30 * 24 * 3_600_000,
  tasksMillis: 365 * 24 * 3_600_000,
  maxBytes: 1024 * 1024 * 1024
}

const forgetFacts = function* (id: string): Work<number> {
  for (;;) {
    const removed = yield* run(
      `delete from outcome where task = ?1 and path in (select path from outcome where task = ?1 limit ${slice})`,
      id
    )
    if (removed > 0) yield* pause()
    if (removed < slice) break
  }
  return yield* FactTable.forget(id)
}

const endedBefore = (moment: number) =>
  rows<{ id: string }>(`select id from task where ${ended} and ended < ? and parent is null order by ended`, moment)

/** Not one transaction: each statement for itself. */
export const prune = function* ({ factsMillis, maxBytes, tasksMillis }: Retention) {
  let [tasks, facts] = [0, 0]
  const at = yield* now()
  for (const { id } of yield* endedBefore(at - tasksMillis)) {
    facts += yield* forgetFacts(id)
    tasks += yield* run("delete from task where id = ?", id)
  }
  for (const { id } of yield* endedBefore(at - factsMillis)) facts += yield* forgetFacts(id)
  for (const { id } of yield* endedBefore(at + 1)) {
    if ((yield* size()) <= maxBytes) break
    facts += yield* forgetFacts(id)
  }
  // Who keeps what the list was sees that it is another one.
  if (tasks > 0) yield* bump()
  yield* run("delete from role where lease < ?", at)
  while (yield* shrink()) yield* pause()
  return { tasks, facts }
}
