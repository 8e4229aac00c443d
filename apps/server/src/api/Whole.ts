/** Whole numbers in a query, where everything is text. */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const whole = (pattern: RegExp, description: string) =>
  Schema.optionalKey(
    Schema.String.pipe(
      Schema.check(Schema.isPattern(pattern, { expected: "a whole number" })),
      Schema.decodeTo(
        Schema.Int,
        SchemaTransformation.transform({
          decode: (text: string) => Number(text),
          encode: (value: number) => String(value)
        })
      )
    ).annotateKey({ description })
  )

/** How many of them; more than `most` are not given at once, whatever is asked for. */
export const limit = whole(/^[1-9][0-9]{0,3}$/u, "How many at most")

export const number = (description: string) => whole(/^[0-9]{1,15}$/u, description)
