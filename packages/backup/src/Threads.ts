/**
 * Worker threads that answer typed requests, and may ask back.
 *
 * The main side makes `Threads` from the URL of a worker module; that module
 * calls `serve` of `ServingThread.ts`.
 */
import { type Transferable, Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Line, open, ThreadFailure } from "./ThreadLine.ts"

export { type Line, type Reply, reply, ThreadFailure } from "./ThreadLine.ts"

/**
 * New objects of a thread hold on to buffers that are far larger than they are. In
 * a small space for new objects they are let go of sooner.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

export interface Threads<Asks, Answers> {
  readonly size: number
  /** Asks the thread with the fewest open requests. Fails with what the thread threw. */
  readonly call: (request: Asks, transfer?: ReadonlyArray<Transferable>) => Effect.Effect<Answers, ThreadFailure>
  /** The threads one by one, for whoever needs a certain one. */
  readonly lines: ReadonlyArray<Line<Asks, Answers>>
}

export interface ThreadsOptions<Asked> {
  readonly size: number
  /** What each thread finds as `workerData` of `serve`. */
  readonly data: unknown
  /** Answers what the threads ask; `thread` says which one. A promise may be given, and `reply` moves buffers. */
  readonly onRequest?: (request: Asked, thread: number) => unknown
}

/** Starts the threads; closing the scope stops them at once, whatever they do. */
export const make = <Asks, Answers, Asked = never>(
  url: URL,
  options: ThreadsOptions<Asked>
): Effect.Effect<Threads<Asks, Answers>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const started = Array.from({ length: options.size }, (_, thread) => {
      const worker = new Worker(url, { workerData: options.data, resourceLimits })
      const line = open(worker, (request: Asked) => options.onRequest?.(request, thread))
      worker.on("message", line.receive)
      worker.on("error", (error) =>
        line.fail(new ThreadFailure(error instanceof Error ? error.message : String(error), ""))
      )
      worker.on("exit", () => line.fail(new ThreadFailure("the thread ended", "")))
      return { worker, line }
    })
    yield* Effect.addFinalizer(() => Effect.promise(() => Promise.all(started.map(({ worker }) => worker.terminate()))))
    const lines = started.map(({ line }): Line<Asks, Answers> => line)
    const idlest = (): Line<Asks, Answers> =>
      lines.reduce((best, line) => (line.pending() < best.pending() ? line : best))
    return {
      size: options.size,
      lines,
      call: (request, transfer) =>
        Effect.tryPromise({
          try: () => idlest().call(request, transfer),
          catch: (error) => (error instanceof ThreadFailure ? error : new ThreadFailure(String(error), ""))
        })
    }
  })
