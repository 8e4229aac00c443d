/** Lets time pass: the clock moves, replication completes, and lifecycle rules run at the end of every day, as in B2. */
import type { Account } from "./Account.ts"
import { millisecondsPerDay } from "./Clock.ts"
import { runLifecycle } from "./Lifecycle.ts"
import { runReplication } from "./Replication.ts"

export const advance = (account: Account, span: { readonly days?: number; readonly milliseconds?: number }): void => {
  for (let day = 0; day < (span.days ?? 0); day++) {
    account.advanceClock(millisecondsPerDay)
    runReplication(account)
    runLifecycle(account)
  }
  if (span.milliseconds) {
    account.advanceClock(span.milliseconds)
    runReplication(account)
    runLifecycle(account)
  }
}
