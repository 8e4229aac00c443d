/**
 * The SHA-1 of a file whose parts arrive in any order, hashed in a thread of
 * its own behind the first gap, so that little is left to do at the end.
 */
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import { errorOf, type WorkerAnswer } from "./WorkerAnswer.ts"

export interface FrontierMessage {
  /** All bytes before this one have arrived. */
  readonly to: number
  readonly isLast: boolean
}

export interface FrontierHash {
  /** All bytes before `to` have arrived and will not change. */
  readonly advance: (to: number) => void
  /** The SHA-1 of the first `size` bytes. Fails with what the thread threw. Once only. */
  readonly finish: (size: number) => Effect.Effect<string, unknown>
  /** Ends the thread. Called twice is fine. */
  readonly stop: () => void
}

const url = new URL("./FrontierWorker.ts", import.meta.url)

/** The thread does not keep the process running. `onEnd` is called once, when it is no more. */
export const make = (path: string, onEnd: () => void): FrontierHash => {
  const worker = new Worker(url, { workerData: path })
  worker.unref()
  let outcome: WorkerAnswer<string> | undefined
  let notify: ((answer: WorkerAnswer<string>) => void) | undefined
  const settle = (answer: WorkerAnswer<string>) => {
    outcome ??= answer
    notify?.(outcome)
  }
  const settleFailure = (message: string) => settle({ isFailure: true, code: "", message })
  worker.once("message", settle)
  worker.once("error", (error) => settleFailure(error instanceof Error ? error.message : String(error)))
  worker.once("exit", () => {
    settleFailure("the hashing thread has ended")
    onEnd()
  })
  const post = (message: FrontierMessage) => worker.postMessage(message)
  return {
    advance: (to) => post({ to, isLast: false }),
    finish: (size) =>
      Effect.callback((resume) => {
        worker.ref()
        notify = (answer) => resume(answer.isFailure ? Effect.fail(errorOf(answer)) : Effect.succeed(answer.value))
        if (outcome !== undefined) notify(outcome)
        else post({ to: size, isLast: true })
      }),
    stop: () => void worker.terminate()
  }
}
