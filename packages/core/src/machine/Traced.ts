/**
 * Where a run can be watched by a tracer: `task`, `job`, `file`, `part`, `request`, `retry`.
 *
 * A bounded number of spans for each file and request, none for each piece of
 * bytes. Without a tracer nothing is made: 10,000 spans that nobody sees would
 * cost more than what they are about.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"

export type SpanName = "task" | "job" | "file" | "part" | "request" | "retry" | "directories"

/** Those whose number does not grow with that of files. */
const few: ReadonlySet<SpanName> = new Set<SpanName>(["task", "job"])

/** Whether a tracer hears of each file and request, and not of tasks and jobs alone. */
export const TracesFiles = Context.Reference<boolean>("@ourclone/core/TracesFiles", { defaultValue: () => true })

const hasTracer = (fiber: Fiber.Fiber<unknown, unknown>): boolean => fiber.getRef(Tracer.Tracer) !== Tracer.nativeTracer

const isTraced = (fiber: Fiber.Fiber<unknown, unknown>, name: SpanName): boolean =>
  hasTracer(fiber) && (few.has(name) || fiber.getRef(TracesFiles))

/** Whether somebody traces each file of the run of this fiber, which stays so while it runs. */
export const isTracing: Effect.Effect<boolean> = Effect.withFiber((fiber) => Effect.succeed(isTraced(fiber, "file")))

/** `effect` as a span, where somebody traces. `attributes` is asked only then; no secret is in it. */
export const traced = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  name: SpanName,
  attributes: () => Readonly<Record<string, unknown>>,
  /** What there is to say of it in the end, where it went well. */
  result?: (value: A) => Readonly<Record<string, unknown>>
): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber): Effect.Effect<A, E, R> => {
    if (!isTraced(fiber, name)) return effect
    const told =
      result === undefined ? effect : Effect.tap(effect, (value) => Effect.annotateCurrentSpan({ ...result(value) }))
    return Effect.withSpan(told, name, { attributes: attributes(), captureStackTrace: false })
  })
