/** What becomes of a task that failed: whether, and when, it is tried again by itself. */
import type { Failure } from "@ourclone/core/events/Failure"

/** Then somebody has to look at it. */
export const most = 8
const firstMillis = 60_000
const longestMillis = 6 * 3_600_000

/** Reasons that end when somebody gives another key or password. */
const credentials = new Set(["Unauthenticated", "WrongPassword", "SecretUnavailable", "SecretRefused"])

export type Verdict =
  | { readonly _tag: "Broke" }
  /** Tried again after so many milliseconds. */
  | { readonly _tag: "Later"; readonly millis: number }
  | { readonly _tag: "AwaitCredentials" }

/** `deferrals` is how often in a row the task was put off already. */
export const of = (failure: Failure, deferrals: number): Verdict => {
  if (credentials.has(failure.code)) return { _tag: "AwaitCredentials" }
  if (!failure.isRetryable || deferrals >= most) return { _tag: "Broke" }
  return { _tag: "Later", millis: Math.min(firstMillis * 2 ** deferrals, longestMillis) }
}
