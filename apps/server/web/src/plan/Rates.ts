/** What Backblaze B2 takes, as of a date; the user's own figures go before these. */
import type * as Service from "@ourclone/core/contract/Rates"
import dated from "@ourclone/provider-b2/rates.json" with { type: "json" }

/** In dollars; what a person changes of it. */
export type Rates = Pick<Service.Rates, "asOf" | "storedGBMonth" | "fetchedGB">

const gigabyte = 1e9

export const usual: Rates = dated

export const dollars = (amount: number): string =>
  amount === 0 ? "$0" : amount < 0.005 ? "less than $0.01" : `$${amount.toFixed(2)}`

/** For 30 days. */
export const storageCost = (bytes: number, rates: Rates = usual): number => (bytes / gigabyte) * rates.storedGBMonth

/** Were none of it free. */
export const egressCost = (bytes: number, rates: Rates = usual): number => (bytes / gigabyte) * rates.fetchedGB

/** What goes with every figure. */
export const caveat = (asOf: string): string => `rates of ${asOf}, yours may differ`
export const ownCaveat = ({ asOf }: Rates): string => `by your own rates of ${asOf}`

/** What goes with a figure that own rates, or else the usual ones, made. */
export const caveatOf = (own: Rates | undefined): string => (own === undefined ? caveat(usual.asOf) : ownCaveat(own))

/** Of what is stored. */
export const freeBytes = 10 * gigabyte

export const freeNote = "The first 10 GB are free; loading down is free up to 3 times what is stored."
