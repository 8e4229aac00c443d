/**
 * Worker threads that answer typed requests, and may ask back.
 *
 * The main side makes `Threads` from the URL of a worker module; that module
 * calls `serve` of `ServingThread.ts`.
 */
import { type Transferable, Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Line, open, ready, ThreadFailure } from "./ThreadLine.ts"

export { type Line, ThreadFailure } from "./ThreadLine.ts"

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
  /** What `serve` of each thread is called with. */
  readonly data: unknown
  /** Answers what the threads ask; `thread` says which one. A promise may be given, and `reply` moves buffers. */
  readonly onRequest?: (request: Asked, thread: number) => unknown
}

class Thread {
  readonly worker: Worker
  readonly line: ReturnType<typeof open>
  /** Answers what the thread asks. */
  handler: (request: never) => unknown = () => undefined
  /** What is left of loading its module and of starting with its data. */
  #steps = 1
  #hasEnded = false
  #waiting: Array<() => void> = []

  constructor(url: URL) {
    this.worker = new Worker(url, { resourceLimits })
    this.line = open(this.worker, (request) => this.handler(request))
    this.worker.on("message", (message) => {
      if (message === ready) this.#step()
      else this.line.receive(message)
    })
    this.worker.on("error", (error) => this.#fail(error instanceof Error ? error.message : String(error)))
    this.worker.on("exit", () => this.#fail("the thread ended"))
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  #step(): void {
    this.#steps--
    if (this.#steps === 0) this.#goOn()
  }

  #goOn(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }

  #fail(message: string): void {
    this.#hasEnded = true
    this.line.fail(new ThreadFailure(message, ""))
    this.#goOn()
  }

  start(data: unknown): void {
    this.#steps++
    this.worker.postMessage(data)
  }

  /** Stops it, whatever it does; but one that is stopped while it loads a native library aborts the whole process. */
  async end(): Promise<void> {
    if (this.#steps > 0 && !this.#hasEnded) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    await this.worker.terminate()
  }
}

const endAll = (threads: ReadonlyArray<Thread>): Effect.Effect<void> =>
  Effect.promise(() => Promise.all(threads.map((thread) => thread.end())))

/** Threads that nobody uses yet, by the URL of their module. */
const spare = new Map<string, Array<Thread>>()

const takeSpare = (url: URL): Thread | undefined => {
  const threads = spare.get(url.href) ?? []
  for (let thread = threads.shift(); thread !== undefined; thread = threads.shift()) {
    if (!thread.hasEnded) return thread
  }
  return undefined
}

/**
 * Lets threads load their module, 0.2 s each, while the caller waits for something
 * else: `make` takes them first. Those that were not taken end with the scope.
 */
export const prepare = (url: URL, size: number): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const threads = Array.from({ length: size }, () => new Thread(url))
    const waiting = spare.get(url.href) ?? []
    waiting.push(...threads)
    spare.set(url.href, waiting)
    yield* Effect.addFinalizer(() => {
      const left = threads.filter((thread) => waiting.includes(thread))
      for (const thread of left) waiting.splice(waiting.indexOf(thread), 1)
      return endAll(left)
    })
  })

/** Starts the threads; closing the scope stops them at once, whatever they do. */
export const make = <Asks, Answers, Asked = never>(
  url: URL,
  options: ThreadsOptions<Asked>
): Effect.Effect<Threads<Asks, Answers>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const started = Array.from({ length: options.size }, (_, number) => {
      const thread = takeSpare(url) ?? new Thread(url)
      thread.handler = (request: Asked) => options.onRequest?.(request, number)
      thread.start(options.data)
      return thread
    })
    yield* Effect.addFinalizer(() => endAll(started))
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
