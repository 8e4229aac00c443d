/** What a plan would cost, by the rates of the services on its sides: more rather than less, as nothing free is counted. */
import * as Schema from "effect/Schema"
import type { Provider } from "../contract/Provider.ts"
import * as Amount from "../events/Amount.ts"
import type { Totals } from "./Plan.ts"

export const Cost = Schema.Struct({
  currency: Schema.String,
  /** Of the older of the rates. */
  asOf: Schema.String,
  /** To fetch, and for the calls. */
  once: Schema.Finite,
  /** To keep what is stored anew, each month. */
  monthly: Schema.Finite,
  sentBytes: Schema.Int,
  fetchedBytes: Schema.Int
})
export type Cost = typeof Cost.Type

const perGB = 1e9
const namesAPage = 1000

const listings = (files: number): number => Math.ceil(Math.max(1, files) / namesAPage)

/** `undefined` where neither side charges anything that is known. A copy inside a service fetches nothing. */
export const of = (source: Provider, destination: Provider, totals: Totals): Cost | undefined => {
  const all = [source.rates, destination.rates].filter((rates) => rates !== undefined)
  const [first] = all
  if (first === undefined) return undefined
  const isInside = source.place.account === destination.place.account && destination.copy !== undefined
  const movedBytes = isInside ? 0 : totals.putBytes - totals.copiedBytes
  const fetchedBytes = source.rates === undefined ? 0 : movedBytes
  const ofSource =
    source.rates === undefined
      ? 0
      : (fetchedBytes / perGB) * source.rates.fetchedGB +
        ((isInside ? 0 : totals.putFiles) / 1000) * source.rates.thousandReads +
        (listings(totals.sourceFiles) / 1000) * source.rates.thousandListings
  const ofDestination =
    destination.rates === undefined
      ? 0
      : (listings(totals.destinationFiles) / 1000) * destination.rates.thousandListings
  return {
    currency: first.currency,
    asOf: all.map(({ asOf }) => asOf).sort()[0] ?? first.asOf,
    once: ofSource + ofDestination,
    monthly: (totals.putBytes / perGB) * (destination.rates?.storedGBMonth ?? 0),
    sentBytes: destination.rates === undefined ? 0 : movedBytes,
    fetchedBytes
  }
}

/** With two digits; of what is not nothing it never says so. */
export const money = (value: number): string => (value > 0 && value < 0.01 ? "less than 0.01" : value.toFixed(2))

/** For people: what it sends, fetches and costs, and by which rates. */
export const words = ({ asOf, currency, fetchedBytes, monthly, once, sentBytes }: Cost): string =>
  [
    sentBytes > 0 ? `sends ${Amount.bytes(sentBytes)}` : undefined,
    fetchedBytes > 0 ? `fetches ${Amount.bytes(fetchedBytes)}` : undefined,
    `costs ${money(once)} ${currency} at once and ${money(monthly)} a month, by the rates of ${asOf} without what is free`
  ]
    .filter((part) => part !== undefined)
    .join(", ")
