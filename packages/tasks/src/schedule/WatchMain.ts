/** The process that watches folders: a disk with many of them takes time, and is not to take that of who answers people. */
import * as readline from "node:readline"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type * as FolderWatch from "./FolderWatch.ts"
import { lineOf, readOrder } from "./WatchWire.ts"

export interface WatchMainOptions {
  /** Orders; its end is that of the process. */
  readonly input: NodeJS.ReadableStream
  readonly say: (line: string) => void
  readonly watch: FolderWatch.Watch
}

export const main = Effect.fnUntraced(function* ({ input, say, watch }: WatchMainOptions) {
  const scope = yield* Effect.scope
  const watched = new Map<number, Scope.Closeable>()
  const forget = (id: number) =>
    Effect.suspend(() => {
      const known = watched.get(id)
      watched.delete(id)
      return known === undefined ? Effect.void : Scope.close(known, Exit.void)
    })
  const heed = Effect.fnUntraced(function* (line: string) {
    const order = readOrder(line)
    const { id } = order
    yield* forget(id)
    if (order._tag === "Forget") return
    const within = yield* Scope.fork(scope)
    watched.set(id, within)
    const changed = () => say(lineOf({ _tag: "Changed", id }))
    const failed = (because: string) => say(lineOf({ _tag: "Failed", id, because }))
    yield* Effect.provideService(watch(order, changed, failed), Scope.Scope, within)
  })
  const run = Effect.runPromiseWith(yield* Effect.context<never>())
  yield* Effect.promise(async () => {
    for await (const line of readline.createInterface({ input })) await run(heed(line))
  })
}, Effect.scoped)
