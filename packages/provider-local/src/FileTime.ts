/** File times in whole milliseconds since 1970, both ways without losing one. */

/** What `futimes` and its like take. Half a microsecond is added, because a binary fraction may fall short of the millisecond. */
export const toFileTime = (milliseconds: number): number | Date =>
  milliseconds < 0 ? new Date(milliseconds) : milliseconds / 1000 + 5e-7

export const ofStats = (stats: { readonly mtimeMs: number }): number => Math.floor(stats.mtimeMs)
