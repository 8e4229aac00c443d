/** `WatchMain` as a program. */
import * as Effect from "effect/Effect"
import * as FolderWatch from "../../src/schedule/FolderWatch.ts"
import * as WatchMain from "../../src/schedule/WatchMain.ts"

const watch = FolderWatch.make({ stillMillis: 50, mostMillis: 400, againMillis: 50 })
Effect.runFork(
  WatchMain.main({ input: process.stdin, say: (line) => void process.stdout.write(line), watch })
).addObserver(() => process.exit())
