/**
 * The number of the contract of providers.
 *
 * Whatever could make a provider of one number go wrong in a program of another raises it; what is optional to
 * both does not. Factories and providers carry theirs, and those of another number are refused by name.
 */
export const specification = 1
export type Specification = typeof specification

/** Why something that carries `number` can not be used; `undefined` when it can. `what` is its name for people. */
export const refusal = (what: string, number: unknown): string | undefined =>
  number === specification
    ? undefined
    : `${what} keeps number ${typeof number === "number" ? number : "none"} of the provider contract and this program number ${specification}: install versions that fit together`
