/** What Backblaze B2 takes, as of a date; the user's own figures go before these. */
import type * as Service from "@ourclone/core/contract/Rates"
import dated from "@ourclone/provider-b2/rates.json" with { type: "json" }

/** In dollars; what a person changes of it. */
export type Rates = Pick<Service.Rates, "asOf" | "storedGBMonth" | "fetchedGB">

const key = "ourclone-rates"
const gigabyte = 1e9

const isRates = (value: unknown): value is Rates =>
  typeof value === "object" &&
  value !== null &&
  "storedGBMonth" in value &&
  Number.isFinite(value.storedGBMonth) &&
  "fetchedGB" in value &&
  Number.isFinite(value.fetchedGB)

export const usual: Rates = dated

/** What a person has set in this browser. */
export const own = (): Rates | undefined => {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null")
    return isRates(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

export const current = (): Rates => own() ?? usual

export const keep = (rates: Rates | undefined): void => {
  if (rates === undefined) localStorage.removeItem(key)
  else localStorage.setItem(key, JSON.stringify(rates))
}

export const dollars = (amount: number): string =>
  amount === 0 ? "$0" : amount < 0.005 ? "less than $0.01" : `$${amount.toFixed(2)}`

/** For 30 days. */
export const storageCost = (bytes: number, rates: Rates = current()): number => (bytes / gigabyte) * rates.storedGBMonth

/** Were none of it free. */
export const egressCost = (bytes: number, rates: Rates = current()): number => (bytes / gigabyte) * rates.fetchedGB

/** What goes with every figure. */
export const caveat = (asOf: string): string => `rates of ${asOf}, yours may differ`
export const ownCaveat = "by your own rates"

/** What goes with a figure of now. */
export const caveatNow = (): string => (own() === undefined ? caveat(usual.asOf) : ownCaveat)

/** Of what is stored. */
export const freeBytes = 10 * gigabyte

export const freeNote = "The first 10 GB are free; loading down is free up to 3 times what is stored."
