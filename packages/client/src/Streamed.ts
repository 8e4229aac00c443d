/** Answers that stream: bytes, lines of JSON, and server-sent events. Whoever stops listening ends the request. */
import type { IncomingMessage } from "node:http"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { cutOff, failed, type Service, type ServiceFailed } from "./Service.ts"

export const bytes = (answer: IncomingMessage): Stream.Stream<Uint8Array, ServiceFailed> =>
  Stream.fromAsyncIterable(answer as AsyncIterable<Uint8Array>, cutOff)

const lines = (answer: IncomingMessage) => bytes(answer).pipe(Stream.decodeText, Stream.splitLines)

const parsed = <A>(work: () => A): Effect.Effect<A, ServiceFailed> =>
  Effect.try({ try: work, catch: () => failed("CutOff", "the service answered no JSON") })

/** Each line as the JSON it holds. */
export const values = (answer: IncomingMessage): Stream.Stream<unknown, ServiceFailed> =>
  lines(answer).pipe(
    Stream.mapArrayEffect((texts) =>
      parsed(() => texts.map((text): unknown => JSON.parse(text)) as unknown as readonly [unknown, ...Array<unknown>])
    )
  )

export interface Event {
  readonly event: string
  /** What `after` is for whoever has seen it. */
  readonly id: string
  readonly data: unknown
}

/** A service says at least every quarter of a minute that it is there. */
const idleMillis = 40_000

/**
 * What happens there from `after` on, until the service ends it, as when its token ends. Fails with `ServiceGone` where
 * nothing was heard for so long that nobody can be there.
 */
export const events = (service: Service, after: string): Stream.Stream<Event, ServiceFailed> =>
  Stream.suspend(() => {
    let [event, id, data] = ["", "", ""]
    const next = (line: string): ReadonlyArray<Event> => {
      if (line !== "") {
        const [, field = "", value = ""] = /^(\w*): ?(.*)$/s.exec(line) ?? []
        if (field === "event") event = value
        else if (field === "id") id = value
        else if (field === "data") data += value
        return []
      }
      const [told, text] = [event, data]
      event = ""
      data = ""
      return text === "" ? [] : [{ event: told, id, data: JSON.parse(text) }]
    }
    const asked = service.ask("GET", `/api/v1/events?after=${encodeURIComponent(after)}`, { idleMillis })
    return Stream.unwrap(Effect.map(asked, lines)).pipe(
      Stream.mapEffect((line) => parsed(() => next(line))),
      Stream.flatMap((some) => Stream.fromIterable(some))
    )
  })
