/**
 * Worker threads that answer typed requests, and may ask back.
 *
 * The main side makes `Threads` from the URL of a worker module; that module
 * calls `serve` of `ServingThread.ts`.
 */
import { type Transferable, Worker } from "node:worker_threads"
import { ThreadPlaces } from "@ourclone/core/machine/ThreadPlaces"
import * as Context from "effect/Context"
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
  /** How many have begun. */
  readonly size: number
  /** Starts those that have not begun yet. May be called again. */
  readonly startAll: () => void
  /** Asks the thread with the fewest open requests. Fails with what the thread threw. */
  readonly call: (request: Asks, transfer?: ReadonlyArray<Transferable>) => Effect.Effect<Answers, ThreadFailure>
  /** The threads one by one, for whoever needs a certain one. */
  readonly lines: ReadonlyArray<Line<Asks, Answers>>
}

export interface ThreadsOptions<Asked> {
  /** Fewer are started where other jobs of the process have taken the places; see `ThreadPlaces`. */
  readonly size: number
  /** So many are started in any case: 1 when absent. */
  readonly least?: number | undefined
  /** So many begin, and the others with `startAll`; all when absent. */
  readonly first?: number | undefined
  /** What `serve` of each thread is called with, by how many there are when it begins. */
  readonly data: (size: number) => unknown
  /** Answers what the threads ask; `thread` says which one. A promise may be given, and `reply` moves buffers. */
  readonly onRequest?: (request: Asked, thread: number) => unknown
}

export class Thread {
  readonly worker: Worker
  readonly line: ReturnType<typeof open>
  /** Answers what the thread asks. */
  handler: (request: never) => unknown = () => undefined
  /** What is left of loading its module and of starting with its data. */
  #steps = 1
  #hasEnded = false
  #waiting: Array<() => void> = []

  /** `onEnd` is called once, when the thread is no more. */
  constructor(url: URL, onEnd: () => void) {
    this.worker = new Worker(url, { resourceLimits })
    this.line = open(this.worker, (request) => this.handler(request))
    this.worker.on("message", (message) => {
      if (message === ready) this.#step()
      else this.line.receive(message)
    })
    this.worker.on("error", (error) => this.#fail(error instanceof Error ? error.message : String(error)))
    this.worker.on("exit", () => {
      this.#fail("the thread ended")
      onEnd()
    })
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

/** Threads that nobody uses yet, by the URL of their module: those of this process, unless its app provides others. */
export const SpareThreads = Context.Reference<Map<string, Array<Thread>>>("@ourclone/backup/SpareThreads", {
  defaultValue: () => new Map()
})

/** Those that have ended meanwhile are dropped. */
const takeSpare = (spare: Array<Thread> | undefined, most: number): ReadonlyArray<Thread> => {
  const taken: Array<Thread> = []
  while (spare !== undefined && spare.length > 0 && taken.length < most) {
    const thread = spare.shift()
    if (thread?.hasEnded === false) taken.push(thread)
  }
  return taken
}

/**
 * Lets threads load their module, 0.2 s each, while the caller waits for something
 * else: `make` takes them first. Those that were not taken end with the scope.
 */
export const prepare = (url: URL, size: number): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const places = yield* ThreadPlaces
    const spare = yield* SpareThreads
    const threads = Array.from({ length: places.take(size, 0) }, () => new Thread(url, places.give))
    const waiting = spare.get(url.href) ?? []
    waiting.push(...threads)
    spare.set(url.href, waiting)
    yield* Effect.addFinalizer(() => {
      const left = threads.filter((thread) => waiting.includes(thread))
      for (const thread of left) waiting.splice(waiting.indexOf(thread), 1)
      return endAll(left)
    })
  })

/** Starts the threads, as many as there is room for; closing the scope stops them at once, whatever they do. */
export const make = <Asks, Answers, Asked = never>(
  url: URL,
  options: ThreadsOptions<Asked>
): Effect.Effect<Threads<Asks, Answers>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const places = yield* ThreadPlaces
    const spare = yield* SpareThreads
    const started: Array<Thread> = []
    const lines: Array<Line<Asks, Answers>> = []
    let isOver = false
    const start = (size: number, least: number): void => {
      const before = started.length
      const loaded = takeSpare(spare.get(url.href), size - before)
      const taken = before + loaded.length
      const more = places.take(size - taken, least - taken)
      started.push(...loaded, ...Array.from({ length: more }, () => new Thread(url, places.give)))
      for (const [index, thread] of started.slice(before).entries()) {
        thread.handler = (request: Asked) => options.onRequest?.(request, before + index)
        thread.start(options.data(started.length))
        lines.push(thread.line)
      }
    }
    const { first = options.size, least = 1, size } = options
    start(Math.min(first, size), Math.min(first, least))
    let isAll = first >= size
    yield* Effect.addFinalizer(() => {
      isOver = true
      return endAll(started)
    })
    const idlest = (): Line<Asks, Answers> =>
      lines.reduce((best, line) => (line.pending() < best.pending() ? line : best))
    return {
      get size() {
        return started.length
      },
      startAll: () => {
        if (isAll || isOver) return
        isAll = true
        start(size, 0)
      },
      lines,
      call: (request, transfer) =>
        Effect.tryPromise({
          try: () => idlest().call(request, transfer),
          catch: (error) => (error instanceof ThreadFailure ? error : new ThreadFailure(String(error), ""))
        })
    }
  })
