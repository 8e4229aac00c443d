/** How far something is, as a bar. */
import type { Marks } from "./Marks.ts"

/** `percent` from 0 to 100. */
export const of = (percent: number, columns: number, { empty, full }: Marks): string => {
  const done = Math.max(0, Math.min(columns, Math.round((percent / 100) * columns)))
  return full.repeat(done) + empty.repeat(columns - done)
}
