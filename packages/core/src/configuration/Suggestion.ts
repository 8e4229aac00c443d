/** "Did you mean": the known word nearest to what was typed. */

/** How many letters to add, drop, replace or swap to make `left` of `right`. */
const distance = (left: string, right: string): number => {
  let beforePrevious: Array<number> = []
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1]
      let least = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (isSame ? 0 : 1))
      const isSwap = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (isSwap) least = Math.min(least, beforePrevious[column - 2]! + 1)
      current.push(least)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length]!
}

/**
 * The candidate that `word` was probably meant to be; `undefined` when none is near: of more than one step away only what begins
 * the same. Letter case does not matter.
 */
export const nearest = (word: string, candidates: ReadonlyArray<string>): string | undefined => {
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const [typed, meant] = [word.toLowerCase(), candidate.toLowerCase()]
    const steps = distance(typed, meant)
    if (steps < least && (steps <= 1 || typed[0] === meant[0])) {
      best = candidate
      least = steps
    }
  }
  return best
}

/** `; did you mean "x"?`, or nothing. */
export const didYouMean = (word: string, candidates: ReadonlyArray<string>): string => {
  const candidate = nearest(word, candidates)
  return candidate === undefined ? "" : `; did you mean "${candidate}"?`
}
