/** Says where nothing is drawn that a run waits, so that it is not taken for one that hangs. */
import type { RunView } from "@ourclone/core/events/RunView"
import { ofWaiting } from "@ourclone/core/events/WaitingText"
import type { Output } from "./Output.ts"

/** A pause that passes is not worth a word. */
const shortestMillis = 10_000
const repeatMillis = 60_000

/** To be shown each state of a run. */
export const teller = (output: Output): ((view: RunView) => void) => {
  let told = Number.NEGATIVE_INFINITY
  return ({ lastAt = 0, waiting }) => {
    if (waiting === undefined || lastAt - waiting.since < shortestMillis || lastAt - told < repeatMillis) return
    told = lastAt
    output.note(ofWaiting(waiting, lastAt))
  }
}
