/** What a run may spend. Light: faces make flags and forms of it before anything runs. */
import * as Schema from "effect/Schema"

export const spending = {
  maxCost: Schema.optionalKey(
    Schema.Finite.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0))).annotate({
      description:
        "Do nothing if it would cost more at once and in the first month, by the service's rates, in its currency"
    })
  )
}
