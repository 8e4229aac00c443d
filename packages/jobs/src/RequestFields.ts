/** Fields of requests. Their descriptions become the texts of flags, forms and the API's document. */
import * as Schema from "effect/Schema"

export const place = (description: string) => Schema.String.annotate({ description })
export const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))
export const texts = (description: string) => Schema.optionalKey(Schema.Array(Schema.String).annotate({ description }))
export const flag = (description: string) => Schema.optionalKey(Schema.Boolean.annotate({ description }))
export const whole = (description: string, minimum = 0, maximum = Number.MAX_SAFE_INTEGER) =>
  Schema.optionalKey(Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum, maximum }))).annotate({ description }))
