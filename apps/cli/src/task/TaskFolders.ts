/** `task watch-folders`: watches folders for schedules, as whoever started it says by lines. */
import * as FolderWatch from "@ourclone/tasks/schedule/FolderWatch"
import * as WatchMain from "@ourclone/tasks/schedule/WatchMain"
import * as Effect from "effect/Effect"
import * as SmallHeap from "../process/SmallHeap.ts"
import * as StopSignals from "../process/StopSignals.ts"
import { Streams } from "../Streams.ts"

export const run = Effect.gen(function* () {
  StopSignals.heed()
  SmallHeap.keep()
  const { writeOut } = yield* Streams
  yield* WatchMain.main({ input: process.stdin, say: writeOut, watch: FolderWatch.make() })
})
