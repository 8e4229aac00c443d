/** Which packs a check reads: all, one of `t` parts, or a random choice. */
import { randomInt } from "node:crypto"
import * as Size from "@ourclone/core/filter/Size"
import * as Result from "effect/Result"

export type CheckSubset =
  | { readonly _tag: "All" }
  /** Packs whose first byte, modulo `of`, is `part - 1`: doing all parts in turn reads everything once. */
  | { readonly _tag: "Part"; readonly part: number; readonly of: number }
  | { readonly _tag: "Percent"; readonly percent: number }
  | { readonly _tag: "Bytes"; readonly bytes: number }

export const all: CheckSubset = { _tag: "All" }

const mostParts = 256

const parsePart = (text: string): CheckSubset | string | undefined => {
  const match = /^(\d+)\/(\d+)$/.exec(text)
  if (match === null) return undefined
  const [part, of] = [Number(match[1]), Number(match[2])]
  if (of < 1 || of > mostParts || part < 1 || part > of) {
    return `"${text}" is no part: write n/t with t up to ${mostParts} and n from 1 to t`
  }
  return { _tag: "Part", part, of }
}

const parsePercent = (text: string): CheckSubset | string | undefined => {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (match === null) return undefined
  const percent = Number(match[1])
  return percent > 0 && percent <= 100
    ? { _tag: "Percent", percent }
    : `"${text}" is no share: write more than 0% and up to 100%`
}

/** `3/10`, `2.5%` or a size, `10G`. Gives what is wrong as a sentence. */
export const parse = (text: string): CheckSubset | string => {
  const found = parsePart(text) ?? parsePercent(text)
  if (found !== undefined) return found
  const size = Size.parse(text)
  if (Result.isSuccess(size) && size.success !== undefined && size.success > 0) {
    return { _tag: "Bytes", bytes: size.success }
  }
  return `"${text}" says no subset: write n/t, a share such as 5%, or a size such as 10G`
}

export interface Selectable {
  readonly id: string
  readonly size: number
}

/** `random` gives a whole number below its argument. */
const shuffled = <A>(list: ReadonlyArray<A>, random: (below: number) => number): Array<A> => {
  const copy = [...list]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = random(last + 1)
    ;[copy[last], copy[other]] = [copy[other]!, copy[last]!]
  }
  return copy
}

/** The packs of the subset; at least one unless there is none, or the part is empty. */
export const select = <A extends Selectable>(
  packs: ReadonlyArray<A>,
  subset: CheckSubset,
  random: (below: number) => number = randomInt
): ReadonlyArray<A> => {
  switch (subset._tag) {
    case "All":
      return packs
    case "Part":
      return packs.filter(({ id }) => Number.parseInt(id.slice(0, 2), 16) % subset.of === subset.part - 1)
    case "Percent":
      return shuffled(packs, random).slice(0, Math.max(1, Math.floor((packs.length * subset.percent) / 100)))
    case "Bytes": {
      let left = subset.bytes
      return shuffled(packs, random).filter(({ size }, place) => {
        const fits = place === 0 || size <= left
        if (fits) left -= size
        return fits
      })
    }
  }
}
