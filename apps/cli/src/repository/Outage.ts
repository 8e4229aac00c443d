/** Says that a storage does not answer, so that a run that waits is not taken for one that hangs. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Output } from "../Output.ts"
import { printable } from "../PrintableText.ts"

/** A single failure that passes is not worth a word. */
const shortestMillis = 10_000
const repeatMillis = 60_000
/** Without a failure for so long, the next one is of another outage. */
const longestPauseMillis = 120_000

/** To be told of each failed call that is made again; `now` gives milliseconds. */
export const teller = (output: Output, now: () => number = Date.now): ((error: StorageError) => void) => {
  let began = 0
  let last = Number.NEGATIVE_INFINITY
  let told = Number.NEGATIVE_INFINITY
  return (error) => {
    const time = now()
    if (time - last > longestPauseMillis) began = time
    last = time
    if (time - began < shortestMillis || time - told < repeatMillis) return
    told = time
    const minutes = Math.floor((time - began) / 60_000)
    const since = minutes === 0 ? "" : `, for ${minutes} ${minutes === 1 ? "minute" : "minutes"} now`
    output.note(printable(`waiting and trying again${since}: ${error.message}`))
  }
}
