/**
 * The line between two threads: either side calls, the other answers.
 *
 * Buffers named in `transfer` move without a copy and are gone on the sending side.
 * Nothing here, or in `ServingThread.ts`, loads more than a thread needs to start.
 */
import type { MessagePort, Transferable } from "node:worker_threads"

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

/** What a thread says when it has loaded its module, and when it has started with its data. */
export const ready = "ready"

type Message =
  | { readonly id: number; readonly request: unknown }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: string; readonly code: string }

export type Handler = (request: never) => unknown

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

export const open = (port: Pick<MessagePort, "postMessage">, handler: Handler) => {
  const waiting = new Map<number, Waiting>()
  let next = 0
  let end: ThreadFailure | undefined

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
      // What is sent to a thread that has ended is never answered.
      if (end !== undefined) return reject(end)
      const id = next++
      waiting.set(id, { resolve, reject })
      port.postMessage({ id, request }, transfer as Array<Transferable>)
    })

  /** The other side is no more. */
  const fail = (failure: ThreadFailure): void => {
    end ??= failure
    for (const one of waiting.values()) one.reject(failure)
    waiting.clear()
  }

  return { receive, call, fail, pending: () => waiting.size }
}
