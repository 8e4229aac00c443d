/**
 * What happens, as server-sent events, by position: whoever comes back goes on after the last id they saw.
 *
 * Nothing is kept for a reader. Each asks the journal for what comes after its own position, when it has taken what it
 * was given: one that is slow falls behind, and costs nothing.
 */
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Position from "./Position.ts"
import { event, type SharedReading } from "./SharedReading.ts"

export const mostTasks = 50
const lookMillis = 100
const beatMillis = 15_000
/** A stream ends by itself, a little before its session does and not all at once. */
const spreadMillis = 60_000
/** How long somebody whose session or token was ended still hears something. */
const trustMillis = 2_000

export const headers = { "cache-control": "no-store", "x-accel-buffering": "no" }

export interface Start {
  readonly position: Position.Position
  /** What was before can not be told any more. */
  readonly isReset: boolean
}

/** Where a reader begins: after `from`, else now. A position that the journal has not reached is none of this journal. */
export const start = Effect.fnUntraced(function* (
  store: TaskStore,
  from: string | undefined,
  tasks: ReadonlyArray<string>
): Effect.fn.Return<Start, TaskError> {
  const now = yield* store.position
  const asked = from === undefined ? undefined : Position.read(from)
  const isKnown = asked !== undefined && asked.change <= now
  const facts = new Map(tasks.map((task) => [task, isKnown ? (asked.facts.get(task) ?? 0) : 0]))
  return { position: { change: isKnown ? asked.change : now, facts }, isReset: from !== undefined && !isKnown }
})

export interface OpenOptions {
  /** Of the request that opens it. */
  readonly context: Context.Context<never>
  /** The same for all that read. */
  readonly reading: SharedReading
  readonly start: Start
  /** In milliseconds since 1970 UTC. */
  readonly endsAt: number | null
  /** Whether who asked may still hear of it. */
  readonly mayStay: () => boolean
  readonly signal: AbortSignal
  /** Called once, when it is over. */
  readonly onOver: () => void
}

const pause = (millis: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, millis)
    signal.addEventListener("abort", done)
  })

export const open = ({
  context,
  endsAt,
  mayStay,
  onOver,
  reading,
  signal,
  start
}: OpenOptions): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  const gone = new AbortController()
  const over = AbortSignal.any([signal, gone.signal])
  if (over.aborted) onOver()
  else over.addEventListener("abort", onOver, { once: true })
  let trustedUntil = Date.now() + trustMillis
  const isWelcome = (): boolean => {
    const now = Date.now()
    if (now >= until) return false
    if (now < trustedUntil) return true
    trustedUntil = now + trustMillis
    return mayStay()
  }
  let at = start.position
  const until = endsAt === null ? Number.POSITIVE_INFINITY : endsAt - Math.random() * spreadMillis
  let first: string | undefined = `retry: 1000\n\n${start.isReset ? event("reset", Position.write(at), "{}") : ""}`

  const run = Effect.runPromiseWith(context)
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    if (first !== undefined) {
      controller.enqueue(encoder.encode(first))
      first = undefined
      return
    }
    const beatAt = Date.now() + beatMillis
    while (!over.aborted && isWelcome()) {
      const piece = await run(Effect.catch(reading(at), () => Effect.succeed(undefined)))
      if (over.aborted) break
      at = piece?.position ?? at
      if (piece !== undefined && piece.bytes.length > 0) return controller.enqueue(piece.bytes)
      if (Date.now() >= beatAt) return controller.enqueue(encoder.encode(": still here\n\n"))
      await pause(lookMillis, over)
    }
    if (gone.signal.aborted) return
    controller.close()
    gone.abort()
  }
  return new ReadableStream<Uint8Array>({ pull, cancel: () => gone.abort() }, { highWaterMark: 0 })
}
