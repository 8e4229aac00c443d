/** Threads that hash files. One that has finished is kept for the next file: starting one takes as long as hashing 20 MiB. */
import { Worker } from "node:worker_threads"
import { ThreadPlaces } from "@ourclone/core/machine/ThreadPlaces"
import * as Effect from "effect/Effect"
import type { HashJob, HashResult, OnHashed } from "./HashFile.ts"
import { errorOf, type WorkerAnswer } from "./WorkerAnswer.ts"

const url = new URL("./DigestWorker.ts", import.meta.url)

type Settle = (result: Effect.Effect<HashResult, unknown>) => void

interface Thread {
  readonly worker: Worker
  /** Whoever waits for the file that is being hashed. */
  settle: Settle | undefined
  onHashed: OnHashed | undefined
}

/** What the thread says while it hashes. */
interface Hashed {
  readonly hashed: number
}

const idle = new Set<Thread>()
const maximumIdle = 2

/** An idle thread does not keep the process running. */
const keep = (thread: Thread): void => {
  thread.worker.unref()
  if (idle.size < maximumIdle) idle.add(thread)
  else void thread.worker.terminate()
}

const start = (): Thread => {
  const thread: Thread = { worker: new Worker(url), settle: undefined, onHashed: undefined }
  const fail = (error: unknown) => thread.settle?.(Effect.fail(error))
  thread.worker.on("message", (answer: WorkerAnswer<HashResult> | Hashed) => {
    if ("hashed" in answer) return thread.onHashed?.(answer.hashed)
    const { settle } = thread
    thread.settle = undefined
    keep(thread)
    settle?.(answer.isFailure ? Effect.fail(errorOf(answer)) : Effect.succeed(answer.value))
  })
  thread.worker.on("error", fail)
  thread.worker.on("exit", (code) => {
    idle.delete(thread)
    fail(new Error(`the hashing thread ended with code ${code}`))
  })
  return thread
}

const take = (): Thread => {
  for (const thread of idle) {
    idle.delete(thread)
    thread.worker.ref()
    return thread
  }
  return start()
}

const hash = (job: HashJob, onHashed?: OnHashed): Effect.Effect<HashResult, unknown> =>
  Effect.callback((resume) => {
    const thread = take()
    thread.settle = resume
    thread.onHashed = onHashed
    thread.worker.postMessage(job)
    return Effect.promise(() => thread.worker.terminate())
  })

/** Waits for its turn. Fails with what `hashFile` throws. Interruption ends the thread. */
export const run = (job: HashJob, onHashed?: OnHashed): Effect.Effect<HashResult, unknown> =>
  Effect.scoped(
    Effect.gen(function* () {
      const places = yield* ThreadPlaces
      yield* places.turn
      return yield* hash(job, onHashed)
    })
  )
