/** Fields of requests. Their descriptions become the texts of flags, forms and the API's document. */
import * as Schema from "effect/Schema"

export const place = (description: string) => Schema.String.annotate({ description })
export const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))
export const texts = (description: string) => Schema.optionalKey(Schema.Array(Schema.String).annotate({ description }))
export const flag = (description: string) => Schema.optionalKey(Schema.Boolean.annotate({ description }))

const from = (minimum: number, maximum: number | undefined) =>
  maximum === undefined ? Schema.isGreaterThanOrEqualTo(minimum) : Schema.isBetween({ minimum, maximum })

export const whole = (description: string, minimum = 0, maximum?: number) =>
  Schema.optionalKey(Schema.Int.pipe(Schema.check(from(minimum, maximum))).annotate({ description }))

export const bwlimit = text(
  "Bytes a second at most, such as 10M, up and down apart as 10M:100k, or by the hour as 08:00,512k 19:00,off"
)

export const tpslimit = Schema.optionalKey(
  Schema.Finite.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0))).annotate({
    description: "Requests a second at most to each storage, such as 10 or 0.5; 0 is no limit"
  })
)

/** What the place that is written to is to be like. */
export const creating = {
  createsBucket: flag("Whether the bucket of the destination is made, private, where there is none; it is when absent")
}

export type WhenBusy = "fail" | "wait"

/** What becomes of a run that has to wait for another; `description` says for which. */
export const whenBusy = (description: string) =>
  Schema.optionalKey(Schema.Literals(["fail", "wait"]).annotate({ description }))

export const whenPlaceBusy = whenBusy("What to do while another run writes to the same place; fail when absent")
