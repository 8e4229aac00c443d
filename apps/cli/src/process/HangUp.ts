/**
 * The signal by which restic asks whether the process of a lock lives.
 *
 * `restic unlock` sends SIGHUP to every process of its machine that holds a
 * lock, and a program that does not expect that is ended by it. While a lock is
 * held the signal counts only if the terminal really is gone.
 */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const signal = "SIGHUP"

type Listener = (received: NodeJS.Signals) => void

/** Whether this process can reach the terminal that it was started from. */
const reachesTerminal = (): boolean => {
  try {
    fs.closeSync(fs.openSync("/dev/tty", "r"))
    return true
  } catch {
    return false
  }
}

interface Watch {
  holders: number
  readonly listener: Listener
  /** Those of the program, which are asked when it really is a hang-up. */
  readonly others: ReadonlyArray<Listener>
}

let watch: Watch | undefined

const begin = (hasTerminal: () => boolean): Watch => {
  const others = process.listeners(signal) as ReadonlyArray<Listener>
  const hadTerminal = hasTerminal()
  const listener: Listener = (received) => {
    if (!hadTerminal || hasTerminal()) return
    for (const other of others) other(received)
    if (others.length > 0) return
    process.off(signal, listener)
    process.kill(process.pid, signal)
  }
  process.on(signal, listener)
  for (const other of others) process.off(signal, other)
  return { holders: 0, listener, others }
}

const end = ({ listener, others }: Watch): void => {
  for (const other of others) process.on(signal, other)
  process.off(signal, listener)
}

/** Takes SIGHUP for a question until the scope closes, unless the terminal is gone. May be held several times at once. */
export const tolerate = (hasTerminal: () => boolean = reachesTerminal): Effect.Effect<void, never, Scope.Scope> =>
  process.platform === "win32"
    ? Effect.void
    : Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => {
            watch ??= begin(hasTerminal)
            watch.holders++
          }),
          () =>
            Effect.sync(() => {
              if (watch === undefined || --watch.holders > 0) return
              end(watch)
              watch = undefined
            })
        )
      )
