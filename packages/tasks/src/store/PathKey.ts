/** A path as the tables find it. */
import { createHash } from "node:crypto"

/** In bytes of UTF-8. An index of Postgres holds some 2,700. */
const most = 2_000
/** No unit of UTF-16 takes more. */
const mostOfUnit = 3
const digestLength = 32

/** The path itself; of one that is too long for an index the beginning, and a digest that tells it from others. */
export const of = (path: string): string => {
  if (path.length * mostOfUnit <= most || Buffer.byteLength(path) <= most) return path
  const digest = createHash("sha256").update(path).digest("hex").slice(0, digestLength)
  const begin = Buffer.from(path)
    .subarray(0, most - digestLength - mostOfUnit)
    .toString()
    .replace(/\uFFFD+$/, "")
  return `${begin}…${digest}`
}

/** Whether it is the key of a path that is too long, which can not be told from it. */
export const isCut = (key: string): boolean =>
  key.length > most / 2 / mostOfUnit &&
  /\u2026[0-9a-f]{32}$/.test(key) &&
  Buffer.byteLength(key) > most - 2 * digestLength
