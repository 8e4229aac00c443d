/** When those who draw are told that something has changed: after a key at once, of what tasks tell four times a second at most. */

export interface TellingOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether something that was asked for is still to come. */
  readonly isBusy: () => boolean
}

export interface Telling {
  /** In this turn of the loop, with all else that changes in it. */
  readonly soon: () => void
  /** With what comes within the next quarter of a second, if something was told in the last one. */
  readonly later: () => void
  readonly onChange: (listener: () => void) => () => void
  /** How often it was told so far. */
  readonly told: () => number
  /** Nothing that was asked for is still to come, and everything was told. */
  readonly whenIdle: () => Promise<void>
  readonly stop: () => void
}

const laterMillis = 250

export const make = ({ isBusy, now }: TellingOptions): Telling => {
  const listeners = new Set<() => void>()
  const waiting = new Set<() => void>()
  let isDue = false
  let timer: NodeJS.Timeout | undefined
  let toldAt = Number.NEGATIVE_INFINITY
  let count = 0

  const tell = (): void => {
    isDue = false
    clearTimeout(timer)
    timer = undefined
    toldAt = now()
    count++
    for (const listener of listeners) listener()
    if (isBusy() || isDue) return
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  const soon = (): void => {
    if (isDue) return
    isDue = true
    setImmediate(tell)
  }
  return {
    soon,
    later: () => {
      if (isDue || timer !== undefined) return
      const left = toldAt + laterMillis - now()
      if (left <= 0 || left > laterMillis) soon()
      else timer = setTimeout(soon, left)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    told: () => count,
    whenIdle: () =>
      new Promise((resolve) => {
        waiting.add(resolve)
        soon()
      }),
    stop: () => clearTimeout(timer)
  }
}
