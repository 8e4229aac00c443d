/**
 * One stream of events for the whole tab: the service says what changes, the cache is changed, what is shown follows.
 * `facts` of one task are wanted while somebody looks at it.
 */
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { QueryClient } from "@tanstack/react-query"
import type { LiveEvent } from "../../../src/api/tasks/TaskAnswer.ts"
import { addressOf } from "./call.ts"
import { putTask } from "./tasks.ts"

export type Connection = "connecting" | "live" | "lost"
type Data<Name extends LiveEvent["event"]> = Extract<LiveEvent, { readonly event: Name }>["data"]
type FactListener = (envelope: Envelope) => void

const drawMillis = 250
const retryMillis = 3000

export class Live {
  readonly #client: QueryClient
  readonly #listeners = new Set<() => void>()
  readonly #changed = new Map<string, Data<"task">>()
  #source: EventSource | undefined
  #connection: Connection = "connecting"
  #after: string | undefined
  #wanted: { readonly task: string; readonly listener: FactListener } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #drawing: ReturnType<typeof setTimeout> | undefined
  /** When the last word came; milliseconds since 1970. */
  heardAt = Date.now()

  constructor(client: QueryClient) {
    this.#client = client
  }

  get connection(): Connection {
    return this.#connection
  }

  /** Called when the connection changes; answers how to end that. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins, or begins again. Twice is the same as once. */
  start = (): void => {
    if (this.#source === undefined) this.#open()
  }

  stop = (): void => {
    clearTimeout(this.#timer)
    clearTimeout(this.#drawing)
    this.#source?.close()
    this.#source = undefined
  }

  /** Wants the facts of a task, too; one at a time. Answers how to end that. */
  follow = (task: string, listener: FactListener): (() => void) => {
    const wanted = { task, listener }
    this.#wanted = wanted
    this.#reopen()
    return () => {
      if (this.#wanted !== wanted) return
      this.#wanted = undefined
      this.#reopen()
    }
  }

  #reopen(): void {
    if (this.#source === undefined) return
    this.stop()
    this.#open()
  }

  #say(connection: Connection): void {
    if (this.#connection === connection) return
    this.#connection = connection
    for (const listener of this.#listeners) listener()
  }

  #draw = (): void => {
    this.#drawing = undefined
    const now = Date.now()
    for (const task of this.#changed.values()) putTask(this.#client, task, now)
    this.#changed.clear()
  }

  #open(): void {
    const source = new EventSource(addressOf("/events", { tasks: this.#wanted?.task, after: this.#after }))
    this.#source = source
    const hear = <Name extends LiveEvent["event"]>(name: Name, act: (data: Data<Name>) => void) =>
      source.addEventListener(name, (event) => {
        this.heardAt = Date.now()
        if (event.lastEventId !== "") this.#after = event.lastEventId
        act(JSON.parse(event.data))
      })
    hear("task", (task) => {
      this.#changed.set(task.id, task)
      this.#drawing ??= setTimeout(this.#draw, drawMillis)
    })
    hear("fact", ({ envelope, task }) => {
      if (this.#wanted?.task === task) this.#wanted.listener(envelope)
    })
    hear("reset", () => {
      this.#after = undefined
      void this.#client.invalidateQueries()
    })
    source.addEventListener("open", () => {
      const wasLost = this.#connection === "lost"
      this.#say("live")
      if (wasLost) void this.#client.invalidateQueries()
    })
    source.addEventListener("error", () => {
      this.#say("lost")
      // Closed for good, as after a session that has ended: asking anything says which.
      if (source.readyState !== EventSource.CLOSED) return
      this.stop()
      this.#timer = setTimeout(() => {
        void this.#client.invalidateQueries({ queryKey: ["about"], refetchType: "all" })
        this.#open()
      }, retryMillis)
    })
  }
}
