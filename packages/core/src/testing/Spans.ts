/** A tracer in memory: which spans were made, and in which other each was. */
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

export interface MadeSpan {
  readonly name: string
  /** The name of the span it is in; "" for none. */
  readonly within: string
  readonly attributes: ReadonlyMap<string, unknown>
}

export const make = () => {
  const spans: Array<MadeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      const parent = Option.getOrUndefined(options.parent)
      const within = parent?._tag === "Span" ? parent.name : ""
      spans.push({ name: options.name, within, attributes: span.attributes })
      return span
    }
  })
  const named = (name: string): ReadonlyArray<MadeSpan> => spans.filter((span) => span.name === name)
  return { tracer, spans, named }
}
