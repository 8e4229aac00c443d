/** Faults on demand: by rate, from a seeded generator, or scheduled for the next calls of one operation. */

export const faultKinds = [
  "503",
  "429",
  "408",
  "500",
  "reset",
  "slow",
  "flip",
  "truncate",
  "expired",
  "cap",
  "lost",
  "502-html",
  "403-html",
  "400-html"
] as const

/** `lost` acts on the request and then drops the connection instead of replying; `…-html` is a proxy's answer. */
export type FaultKind = (typeof faultKinds)[number]

/** Faults that a client cannot recover from, or not without asking what happened: `all` leaves them out. */
const notInAll: ReadonlySet<FaultKind> = new Set(["cap", "lost", "403-html", "400-html"])

/** What a call looks like to a fault. */
export type CallShape = "authorize" | "json" | "upload" | "download"

const anywhere: readonly FaultKind[] = ["503", "429", "408", "500", "reset", "slow", "502-html", "403-html", "400-html"]

const applicable: Record<CallShape, ReadonlySet<FaultKind>> = {
  authorize: new Set([...anywhere, "cap"]),
  json: new Set([...anywhere, "expired", "cap", "lost"]),
  upload: new Set([...anywhere, "flip", "expired", "cap", "lost"]),
  download: new Set([...anywhere, "flip", "truncate", "expired", "cap"])
}

/** The probability, 0 to 1, of each kind on a call it applies to. */
export type FaultRates = Partial<Record<FaultKind, number>>

const parseRate = (text: string): number => {
  const rate = text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (text === "" || !(rate >= 0 && rate <= 1)) throw new Error(`"${text}" is not a rate such as 5% or 0.05`)
  return rate
}

/** Reads `503=5%,reset=0.01` or `all=5%`. Throws an Error that says what is wrong. */
export const parseFaultRates = (text: string): FaultRates => {
  const rates: FaultRates = {}
  for (const item of text.split(",")) {
    const [kind = "", rate = ""] = item.trim().split("=")
    if (kind === "all") {
      for (const each of faultKinds) if (!notInAll.has(each)) rates[each] = parseRate(rate)
    } else if ((faultKinds as readonly string[]).includes(kind)) {
      rates[kind as FaultKind] = parseRate(rate)
    } else {
      throw new Error(`"${kind}" is not a kind of fault; there are ${faultKinds.join(", ")} and all`)
    }
  }
  return rates
}

/** Mulberry32: small, fast, and the same everywhere for one seed. */
const generator = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export class Faults {
  #rates: [FaultKind, number][] = []
  readonly #scheduled = new Map<string, FaultKind[]>()
  readonly #random: () => number

  constructor(rates: FaultRates, seed: number) {
    this.#random = generator(seed)
    this.setRates(rates)
  }

  setRates(rates: FaultRates): void {
    this.#rates = faultKinds.flatMap((kind) => (rates[kind] ? [[kind, rates[kind]]] : []))
  }

  /** Makes the next `count` calls of `operation`, such as `b2_upload_file`, fail that way. */
  failNext(operation: string, kind: FaultKind, count = 1): void {
    const waiting = this.#scheduled.get(operation) ?? []
    for (let index = 0; index < count; index++) waiting.push(kind)
    this.#scheduled.set(operation, waiting)
  }

  draw(operation: string, shape: CallShape): FaultKind | undefined {
    if (this.#scheduled.size > 0) {
      const kind = this.#scheduled.get(operation)?.shift()
      if (kind !== undefined) return kind
    }
    if (this.#rates.length === 0) return undefined
    for (const [kind, rate] of this.#rates) {
      if (applicable[shape].has(kind) && this.#random() < rate) return kind
    }
    return undefined
  }

  /** A whole number from 0 up to, not including, `limit`. */
  pick(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}
