/** What a service charges, as far as a run can be charged for; allowances that are free are left out. */
import * as Schema from "effect/Schema"

const amount = Schema.Finite.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))

export const Rates = Schema.Struct({
  /** When it was looked up: `2026-08`. */
  asOf: Schema.String,
  /** `USD` */
  currency: Schema.String,
  /** Of a GB of 1,000,000,000 bytes. */
  storedGBMonth: amount,
  fetchedGB: amount,
  thousandReads: amount,
  thousandListings: amount
})
export type Rates = typeof Rates.Type
