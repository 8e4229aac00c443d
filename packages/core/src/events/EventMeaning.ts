/** What each event means. Total on purpose: a new event does not compile until somebody says so. */
import type { RunEvent } from "./RunEvent.ts"

export const meanings: Readonly<Record<RunEvent["_tag"], string>> = {
  Planned: "How much there is to do as far as is known. What is said last holds.",
  Would: "Of a preview: what a run would do with an item.",
  Done: "An item has ended well.",
  Skipped: "An item was passed over, and nothing is wrong with that.",
  Failed: "An item failed alone, and the rest go on.",
  Step: "A step that belongs to one kind of job.",
  Waiting: "Nothing goes on. Ends with the next event that tells of work.",
  Note: "Something a person should know that is no failure.",
  Finished: "The last fact of every run.",
  Progress: "How far the run is: a gauge, at most ten a second, of which the last one wins."
}
