/** A request of the API as a span: by its route, never by its path, which may hold names. */
import * as Context from "effect/Context"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

export interface AnsweredRequest {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly seconds: number
}

const nanosInMilli = 1_000_000

/** Nothing where `tracer` is the one that tells nobody. */
export const tell = (tracer: Tracer.Tracer, { method, route, seconds, status }: AnsweredRequest): void => {
  if (tracer === Tracer.nativeTracer) return
  const end = BigInt(Math.round(Date.now() * nanosInMilli))
  const span = tracer.span({
    name: route,
    parent: Option.none(),
    annotations: Context.empty(),
    links: [],
    startTime: end - BigInt(Math.round(seconds * 1_000 * nanosInMilli)),
    kind: "server",
    root: true,
    sampled: true
  })
  span.attribute("http.request.method", method)
  span.attribute("http.route", route)
  span.attribute("http.response.status_code", status)
  span.end(end, status < 500 ? Exit.void : Exit.fail(`answered ${status}`))
}
