/** Lets time pass: the clock moves, and the lifecycle rules run at the end of every day of it, as they do in B2. */
import type { Account } from "./Account.ts"
import { millisecondsPerDay } from "./Clock.ts"
import { runLifecycle } from "./Lifecycle.ts"

export const advance = (account: Account, span: { readonly days?: number; readonly milliseconds?: number }): void => {
  for (let day = 0; day < (span.days ?? 0); day++) {
    account.advanceClock(millisecondsPerDay)
    runLifecycle(account)
  }
  if (span.milliseconds) {
    account.advanceClock(span.milliseconds)
    runLifecycle(account)
  }
}
