/** How fast it goes lately, from how far it was at some times. */

/** Times in milliseconds and the bytes done by then, oldest first. */
export type Samples = ReadonlyArray<readonly [at: number, bytes: number]>

/** The rate is that of the last so many milliseconds. */
const window = 10_000

export const withSample = (samples: Samples, at: number, bytes: number): Samples => {
  let begin = 0
  while (begin < samples.length - 1 && at - samples[begin + 1]![0] >= window) begin++
  return [...samples.slice(begin), [at, bytes]]
}

/** Bytes a second; `undefined` until two samples lie apart. */
export const perSecond = (samples: Samples): number | undefined => {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last[0] <= first[0]) return undefined
  return Math.max(0, ((last[1] - first[1]) * 1000) / (last[0] - first[0]))
}

/** Seconds until `bytes` are done; `undefined` where nobody can tell. */
export const secondsLeft = (samples: Samples, bytes: number): number | undefined => {
  const speed = perSecond(samples)
  const left = bytes - (samples.at(-1)?.[1] ?? 0)
  return speed === undefined || speed < 1 || left <= 0 ? undefined : left / speed
}
