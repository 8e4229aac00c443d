/** What Backblaze B2 takes, as of a date; the user's own figures go before these. */
import dated from "./rates.json" with { type: "json" }

export interface Rates {
  readonly asOf: string
  readonly storageDollarsPerTBMonth: number
  readonly egressDollarsPerGB: number
}

const key = "ourclone-rates"
const terabyte = 1e12
const gigabyte = 1e9

const isRates = (value: unknown): value is Rates =>
  typeof value === "object" &&
  value !== null &&
  "storageDollarsPerTBMonth" in value &&
  Number.isFinite(value.storageDollarsPerTBMonth) &&
  "egressDollarsPerGB" in value &&
  Number.isFinite(value.egressDollarsPerGB)

export const usual: Rates = dated

export const current = (): Rates => {
  try {
    const own: unknown = JSON.parse(localStorage.getItem(key) ?? "null")
    return isRates(own) ? own : usual
  } catch {
    return usual
  }
}

export const keep = (rates: Rates | undefined): void => {
  if (rates === undefined) localStorage.removeItem(key)
  else localStorage.setItem(key, JSON.stringify(rates))
}

export const dollars = (amount: number): string =>
  amount === 0 ? "$0" : amount < 0.005 ? "less than $0.01" : `$${amount.toFixed(2)}`

/** For 30 days. */
export const storageCost = (bytes: number, rates: Rates = current()): number =>
  (bytes / terabyte) * rates.storageDollarsPerTBMonth

/** Were none of it free. */
export const egressCost = (bytes: number, rates: Rates = current()): number =>
  (bytes / gigabyte) * rates.egressDollarsPerGB

/** The sentence that goes with every figure. */
export const caveat = (rates: Rates = current()): string =>
  rates === usual || rates.asOf === usual.asOf ? `rates of ${usual.asOf}, yours may differ` : "your own rates"

export const freeNote = `The first ${dated.freeStorageGB} GB are free; loading down is free up to ${dated.freeEgressTimesStored} times what is stored.`
