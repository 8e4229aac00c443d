/**
 * Worker threads that answer typed requests, and may ask back.
 *
 * The main side makes `Threads` from the URL of a worker module; that module
 * calls `serve`. Both sides may `call` the other. Buffers named in `transfer`
 * move without a copy and are gone on the sending side.
 */
import { type MessagePort, parentPort, type Transferable, Worker, workerData } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What the other side threw. `code` is the system's where there was one: `ENOSPC`. */
export class ThreadFailure extends Error {
  readonly code: string
  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

/** The answer to a request; put it together with `reply` where buffers are to be moved. */
export interface Reply<A> {
  readonly value: A
  readonly transfer: ReadonlyArray<Transferable>
}

const replies = new WeakSet<object>()

/** An answer whose buffers in `transfer` are moved to the asker. */
export const reply = <A>(value: A, transfer: ReadonlyArray<Transferable>): Reply<A> => {
  const made = { value, transfer }
  replies.add(made)
  return made
}

type Message =
  | { readonly id: number; readonly request: unknown }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: string; readonly code: string }

type Handler = (request: never) => unknown

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (failure: ThreadFailure) => void
}

/** One end of the line between two threads. */
export interface Line<Asks, Answers> {
  readonly call: (request: Asks, transfer?: ReadonlyArray<Transferable>) => Promise<Answers>
  /** Requests sent and not yet answered. */
  readonly pending: () => number
}

const open = (port: Pick<MessagePort, "postMessage">, handler: Handler) => {
  const waiting = new Map<number, Waiting>()
  let next = 0

  const answer = (id: number, result: unknown): void => {
    if (typeof result === "object" && result !== null && replies.has(result)) {
      const { transfer, value } = result as Reply<unknown>
      port.postMessage({ id, value }, transfer as Array<Transferable>)
    } else port.postMessage({ id, value: result })
  }

  const refuse = (id: number, error: unknown): void => {
    const code = error instanceof Error && "code" in error ? String(error.code) : ""
    port.postMessage({ id, failure: error instanceof Error ? error.message : String(error), code })
  }

  const receive = (message: Message): void => {
    if ("request" in message) {
      try {
        const result = handler(message.request as never)
        if (result instanceof Promise) {
          result.then(
            (value) => answer(message.id, value),
            (error) => refuse(message.id, error)
          )
        } else answer(message.id, result)
      } catch (error) {
        refuse(message.id, error)
      }
      return
    }
    const one = waiting.get(message.id)
    waiting.delete(message.id)
    if ("failure" in message) one?.reject(new ThreadFailure(message.failure, message.code))
    else one?.resolve(message.value as never)
  }

  const call = (request: unknown, transfer: ReadonlyArray<Transferable> = []): Promise<never> =>
    new Promise((resolve, reject) => {
      const id = next++
      waiting.set(id, { resolve, reject })
      port.postMessage({ id, request }, transfer as Array<Transferable>)
    })

  const fail = (failure: ThreadFailure): void => {
    for (const one of waiting.values()) one.reject(failure)
    waiting.clear()
  }

  return { receive, call, fail, pending: () => waiting.size }
}

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
      const worker = new Worker(url, { workerData: options.data })
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

/**
 * In the worker module: answers what the main side asks. `makeHandler` is called
 * once with `workerData` and a line to ask back on.
 */
export const serve = <Asks, Answers, Asked>(
  makeHandler: (data: never, main: Line<Asks, Answers>) => (request: Asked) => unknown
): void => {
  if (parentPort === null) throw new Error("this module runs in a worker thread only")
  let handler: Handler = () => undefined
  const line = open(parentPort, (request) => handler(request))
  handler = makeHandler(workerData as never, line)
  parentPort.on("message", line.receive)
}
