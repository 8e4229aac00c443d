/**
 * Watches folders by a process beside this one, which lives while there is something to watch. When it dies it is started
 * anew, and as nobody saw what happened meanwhile, each folder counts as changed.
 */
import { type ChildProcess, spawn } from "node:child_process"
import * as os from "node:os"
import * as readline from "node:readline"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Watch } from "./FolderWatch.ts"
import { lineOf, type Order, readWord } from "./WatchWire.ts"

export interface WatchProgram {
  /** Runs `WatchMain`. */
  readonly command: readonly [program: string, ...words: ReadonlyArray<string>]
  readonly environment: { readonly [variable: string]: string | undefined }
}

const firstPauseMillis = 1_000
/** Between two starts, of one that dies again and again. */
const longestPauseMillis = 600_000
/** One that has lived so long begins anew with the first pause. */
const goodLifeMillis = 60_000
/** Less than whoever answers people. */
const niceness = 10

interface Watched {
  order: Extract<Order, { readonly _tag: "Watch" }>
  readonly changed: () => void
  readonly failed: (because: string) => void
}

export interface WatchProcess {
  readonly watch: Watch
  /** For tests: the process that watches now, if there is one. */
  readonly pid: () => number | undefined
}

/** The process ends when the scope closes. */
export const make = Effect.fnUntraced(function* ({
  command: [program, ...words],
  environment
}: WatchProgram): Effect.fn.Return<WatchProcess, never, Scope.Scope> {
  const watched = new Map<number, Watched>()
  let child: ChildProcess | undefined
  let next = 0
  let pauseMillis = firstPauseMillis
  let timer: NodeJS.Timeout | undefined
  let isOver = false

  const send = (order: Order): void => void child?.stdin?.write(lineOf(order))

  const heed = (line: string): void => {
    const word = readWord(line)
    // The rest of a line that was cut off with the process.
    if (word === undefined) return
    const known = watched.get(word.id)
    if (word._tag === "Changed") known?.changed()
    else known?.failed(word.because)
  }

  const start = (): void => {
    const begun = Date.now()
    const started = spawn(program, words, { env: { ...environment }, stdio: ["pipe", "pipe", "ignore"] })
    child = started
    // Neither is there where the system had no room for another process.
    started.stdin?.on("error", () => {})
    if (started.stdout) readline.createInterface({ input: started.stdout }).on("line", heed)
    try {
      if (started.pid !== undefined) os.setPriority(started.pid, niceness)
    } catch {
      // It has ended already, or the system does not let it.
    }
    const ended = (because: string): void => {
      if (child !== started) return
      child = undefined
      if (isOver || watched.size === 0) return
      if (Date.now() - begun > goodLifeMillis) pauseMillis = firstPauseMillis
      for (const { failed } of watched.values()) failed(because)
      timer = setTimeout(() => {
        timer = undefined
        if (watched.size === 0) return
        // All until now counts as changed, and is not to be looked for.
        for (const one of watched.values()) one.order = { ...one.order, since: Date.now() }
        start()
        for (const { changed } of watched.values()) changed()
      }, pauseMillis)
      timer.unref()
      pauseMillis = Math.min(longestPauseMillis, pauseMillis * 2)
    }
    started.once("error", ({ message }) => ended(`the process that watches could not be started: ${message}`))
    started.once("exit", (code, signal) => ended(`the process that watches ended with ${signal ?? code}`))
    for (const { order } of watched.values()) send(order)
  }

  const rest = (): void => {
    clearTimeout(timer)
    timer = undefined
    child?.stdin?.end()
    child = undefined
  }

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      isOver = true
      rest()
    })
  )
  return {
    watch: (tree, changed, failed) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => {
            const id = next++
            const order = { ...tree, _tag: "Watch" as const, id }
            watched.set(id, { order, changed, failed })
            if (child !== undefined) send(order)
            else if (timer === undefined) start()
            return id
          }),
          (id) =>
            Effect.sync(() => {
              watched.delete(id)
              if (watched.size === 0) rest()
              else send({ _tag: "Forget", id })
            })
        )
      ),
    pid: () => child?.pid
  }
})
