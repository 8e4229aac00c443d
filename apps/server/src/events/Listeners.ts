/** How many streams of events are open at once: each asks the journal ten times a second. */

const mostInAll = 256
const mostOfOne = 32

export interface Listeners {
  /** Counts one more of `name` until the answer is called; nothing where there are too many already. */
  readonly join: (name: string) => (() => void) | undefined
}

export const make = (): Listeners => {
  const counts = new Map<string, number>()
  let all = 0
  return {
    join: (name) => {
      const own = counts.get(name) ?? 0
      if (all >= mostInAll || own >= mostOfOne) return undefined
      counts.set(name, own + 1)
      all++
      let isIn = true
      return () => {
        if (!isIn) return
        isIn = false
        all--
        const left = (counts.get(name) ?? 1) - 1
        if (left === 0) counts.delete(name)
        else counts.set(name, left)
      }
    }
  }
}
