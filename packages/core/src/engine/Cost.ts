/** What a run would cost, by the rates of the storages it uses: more rather than less, as nothing free is counted. */
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
  fetchedBytes: Schema.Int,
  /** Storages that it uses too, of whose charges nothing is known. */
  unknown: Schema.optionalKey(Schema.Array(Schema.String))
})
export type Cost = typeof Cost.Type

/** What a run asks of one storage. */
export interface Use {
  readonly storage: Pick<Provider, "name" | "rates" | "capabilities">
  readonly sentBytes?: number
  /** That stay there: what is sent, and what is copied inside. */
  readonly storedBytes?: number
  readonly fetchedBytes?: number
  readonly reads?: number
  /** Files that are listed, a thousand by a call. */
  readonly listedFiles?: number | undefined
  /** Calls besides, each charged as one of a listing. */
  readonly calls?: number
}

const perGB = 1e9
const namesAPage = 1000

const once = ({ calls = 0, fetchedBytes = 0, listedFiles, reads = 0, storage: { rates } }: Use): number => {
  if (rates === undefined) return 0
  const listings = listedFiles === undefined ? 0 : Math.ceil(Math.max(1, listedFiles) / namesAPage)
  return (
    (fetchedBytes / perGB) * rates.fetchedGB +
    (reads / 1000) * rates.thousandReads +
    ((listings + calls) / 1000) * rates.thousandListings
  )
}

/** Disks of this machine charge nothing. */
const isUnknown = ({ storage: { capabilities, rates } }: Use): boolean => rates === undefined && !capabilities.isLocal

/** The storages of whose charges nothing is known. */
export const unknownOf = (uses: ReadonlyArray<Use>): ReadonlyArray<string> => [
  ...new Set(uses.filter(isUnknown).map(({ storage }) => storage.name))
]

/** `undefined` where no storage charges anything that is known. */
export const of = (uses: ReadonlyArray<Use>): Cost | undefined => {
  const charged = uses.filter(({ storage }) => storage.rates !== undefined)
  const all = charged.flatMap(({ storage }) => storage.rates ?? [])
  const [first] = all
  if (first === undefined) return undefined
  const sum = (count: (use: Use) => number): number => charged.reduce((total, use) => total + count(use), 0)
  const unknown = unknownOf(uses)
  return {
    currency: first.currency,
    asOf: all.map(({ asOf }) => asOf).sort()[0] ?? first.asOf,
    once: sum(once),
    monthly: sum(({ storage, storedBytes = 0 }) => (storedBytes / perGB) * (storage.rates?.storedGBMonth ?? 0)),
    sentBytes: sum(({ sentBytes = 0 }) => sentBytes),
    fetchedBytes: sum(({ fetchedBytes = 0 }) => fetchedBytes),
    ...(unknown.length === 0 ? {} : { unknown })
  }
}

/**
 * What a plan asks of its sides. A copy inside a service fetches nothing. Where versions are kept, a file that gets another
 * time or owner is one more version.
 */
export const ofPlan = (source: Provider, destination: Provider, totals: Totals): readonly [from: Use, to: Use] => {
  const isInside = source.place.account === destination.place.account && destination.copy !== undefined
  const { touchedBytes = 0, touchedFiles = 0 } = totals
  const movedBytes = isInside ? 0 : totals.putBytes - totals.copiedBytes
  return [
    {
      storage: source,
      fetchedBytes: movedBytes,
      reads: isInside ? 0 : totals.putFiles,
      listedFiles: totals.sourceFiles
    },
    {
      storage: destination,
      sentBytes: movedBytes,
      storedBytes: totals.putBytes + (destination.capabilities.keepsVersions ? touchedBytes : 0),
      listedFiles: totals.destinationFiles,
      calls: (isInside ? totals.putFiles : 0) + touchedFiles
    }
  ]
}

/** With two digits; of what is not nothing it never says so. */
export const money = (value: number): string => (value > 0 && value < 0.01 ? "less than 0.01" : value.toFixed(2))

const andWithout = (unknown: ReadonlyArray<string> | undefined): string =>
  unknown === undefined ? "" : `, and without what ${unknown.join(" and ")} charges, which is not known`

/** `costs 0.01 USD at once and 0.02 a month, by the rates of …` */
const price = ({ asOf, currency, monthly, once: atOnce, unknown }: Cost): string =>
  `${money(atOnce)} ${currency} at once and ${money(monthly)} a month, by the rates of ${asOf} without what is free${andWithout(unknown)}`

/** For people: what it sends, fetches and costs, and by which rates. */
export const words = (cost: Cost): string =>
  [
    cost.sentBytes > 0 ? `sends ${Amount.bytes(cost.sentBytes)}` : undefined,
    cost.fetchedBytes > 0 ? `fetches ${Amount.bytes(cost.fetchedBytes)}` : undefined,
    `costs ${price(cost)}`
  ]
    .filter((part) => part !== undefined)
    .join(", ")

/** A limit in all its digits, two at least. Making what formats costs 8 ms, which is for the few who need it. */
const given = (most: number): string =>
  new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 20, useGrouping: false }).format(most)

/** Why a run that costs this is not begun; `undefined` where it is within `most`. */
export const refusal = (cost: Cost, most: number): string | undefined =>
  cost.once + cost.monthly <= most
    ? undefined
    : `it would cost ${price(cost)}; at most ${given(most)} is allowed, so nothing was done`

/** For people, of a run that is within its limit without what `storages` charge. */
export const partNotKnown = (storages: ReadonlyArray<string>): string =>
  `what ${storages.join(" and ")} charges is not known, so the most that the run may cost was held against the rest alone`

/** For people, where nothing is known of what all `storages` charge. */
export const notKnown = (storages: ReadonlyArray<string>): string =>
  `what it costs is not known, as nothing is known of what ${storages.join(" and ")} charges`
