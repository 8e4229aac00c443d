/** What there is of tasks that are parts of others. */
import { run, type Value, type Work } from "./Work.ts"

/** Those of which `condition` is true, with all that was told of them. */
export const remove = function* (condition: string, ...values: ReadonlyArray<Value>): Work<void> {
  const ids = `(select id from task where parent is not null and ${condition})`
  yield* run(`delete from facts where task in ${ids}`, ...values)
  yield* run(`delete from outcome where task in ${ids}`, ...values)
  yield* run(`delete from task where parent is not null and ${condition}`, ...values)
}
