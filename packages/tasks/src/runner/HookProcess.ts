/** A hook as a process, with a limit of time and of what is kept of its output. */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import type { Hook } from "../task/Hooks.ts"

/** Its variables; those of this program's own go on top. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Sends a signal to a process, or to its group where the id is negative. Throws where there is none. */
export type SendSignal = (pid: number, signal: NodeJS.Signals) => void

/** Where and how a hook runs. */
export interface Surroundings {
  readonly directory: string
  readonly environment: Environment
  readonly sendSignal: SendSignal
}

export interface HookEnded {
  /** In words where it did not end well: `ended with 3`. */
  readonly problem: string | undefined
  /** The end of what it printed, on either stream. */
  readonly output: string
}

const longestOutput = 16_000
/** For a hook that was asked to end, and for output of processes that it left behind. */
const killMillis = 5_000

/** What may hold a secret of this program, which a hook has no need of. */
const ours = /^(OURCLONE|B2|AWS|RESTIC)_/

const inWords = (code: number | null, signal: NodeJS.Signals | null): string | undefined => {
  if (code === 0) return undefined
  return code === null ? `was ended by ${signal}` : `ended with ${code}`
}

/** Runs it, with the variables of `told` on top. When interrupted, and after its time, all processes of its group are ended. Never fails. */
export const run = (
  { command, limitMillis }: Hook,
  { directory, environment, sendSignal }: Surroundings,
  told: Environment
): Effect.Effect<HookEnded> =>
  Effect.callback<HookEnded>((resume) => {
    const [program, ...words] = command
    const kept = Object.entries(environment).filter(([name]) => !ours.test(name))
    const child = spawn(program, words, {
      cwd: directory,
      env: { ...Object.fromEntries(kept), ...told },
      // A group of its own, so that what it starts ends with it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"]
    })
    const endAll = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) sendSignal(-child.pid, signal)
      } catch {
        // It has ended.
      }
    }
    let output = ""
    let problem: string | undefined
    const finish = (how: string | undefined): void => {
      if (problem !== undefined) endAll("SIGKILL")
      for (const timer of timers) clearTimeout(timer)
      child.stdout.destroy()
      child.stderr.destroy()
      resume(Effect.succeed({ problem: problem ?? how, output }))
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-longestOutput)
      })
    }
    const timers = [
      setTimeout(() => {
        problem = `did not end within ${Math.round(limitMillis / 1000)} s`
        endAll("SIGTERM")
        timers.push(setTimeout(() => endAll("SIGKILL"), killMillis))
      }, limitMillis)
    ]
    child.on("error", ({ message }) => finish(`could not be started: ${message}`))
    child.on("exit", (code, signal) => {
      // What it left running in the background may hold its output open.
      timers.push(setTimeout(() => finish(inWords(code, signal)), killMillis))
    })
    child.on("close", (code, signal) => finish(inWords(code, signal)))
    return Effect.callback<void>((ended) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return ended(Effect.void)
      for (const timer of timers) clearTimeout(timer)
      const timer = setTimeout(() => endAll("SIGKILL"), killMillis)
      child.once("exit", () => {
        clearTimeout(timer)
        ended(Effect.void)
      })
      endAll("SIGTERM")
    })
  })
