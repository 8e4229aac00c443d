/**
 * Where a run can be watched by a tracer: `job`, `file`, `part`, `request`, `retry`.
 *
 * A bounded number of spans for each file and request, none for each piece of
 * bytes. Without a tracer nothing is made: 10,000 spans that nobody sees would
 * cost more than what they are about.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"

export type SpanName = "job" | "file" | "part" | "request" | "retry" | "directories"

const isTraced = (fiber: Fiber.Fiber<unknown, unknown>): boolean => fiber.getRef(Tracer.Tracer) !== Tracer.nativeTracer

/** Whether somebody traces the run of this fiber, which stays so while it runs. */
export const isTracing: Effect.Effect<boolean> = Effect.withFiber((fiber) => Effect.succeed(isTraced(fiber)))

/** `effect` as a span, where somebody traces. `attributes` is asked only then; no secret is in it. */
export const traced = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  name: SpanName,
  attributes: () => Readonly<Record<string, unknown>>
): Effect.Effect<A, E, R> =>
  Effect.withFiber(
    (fiber): Effect.Effect<A, E, R> =>
      isTraced(fiber) ? Effect.withSpan(effect, name, { attributes: attributes(), captureStackTrace: false }) : effect
  )
