/**
 * Times of files, as the provider tells them: whole milliseconds since 1970, and what is beyond them in nanoseconds.
 *
 * Worker threads load this module, so it knows nothing of Effect.
 */

/** Some file systems keep years that no calendar of JavaScript has; such a time counts as the last, or the first, that it has. */
const furthest = 8.64e15

export const ofStats = ({ mtimeMs }: { readonly mtimeMs: number }): number =>
  Math.max(-furthest, Math.min(furthest, Math.floor(mtimeMs)))

/** The same of exact times: rounded as Node rounds them, so that both are one. */
export const ofExactStats = ({
  mtimeNs
}: {
  readonly mtimeNs: bigint
}): { readonly modifiedAt: number; readonly nanoseconds?: number } => {
  const seconds = mtimeNs / 1_000_000_000n - (mtimeNs < 0n && mtimeNs % 1_000_000_000n !== 0n ? 1n : 0n)
  const within = Number(mtimeNs - seconds * 1_000_000_000n)
  const modifiedAt = ofStats({ mtimeMs: Number(seconds) * 1000 + within / 1_000_000 })
  const nanoseconds = mtimeNs - BigInt(modifiedAt) * 1_000_000n
  return Math.abs(modifiedAt) === furthest ? { modifiedAt } : { modifiedAt, nanoseconds: Number(nanoseconds) }
}
