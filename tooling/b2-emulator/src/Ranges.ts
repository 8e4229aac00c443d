/** The Range header of downloads and the `range` field of copies. */
import { badRequest, rangeNotSatisfiable } from "./Errors.ts"

export interface ByteRange {
  readonly start: number
  /** One past the last byte. */
  readonly end: number
}

const single = /^bytes=(\d*)-(\d*)$/

/**
 * The bytes a Range header means; undefined when the header is malformed or names several ranges, which HTTP answers
 * with the whole file. Fails with 416 when the range lies outside the file.
 */
export const parseRange = (header: string, size: number): ByteRange | undefined => {
  const match = single.exec(header.trim())
  if (match === null) return undefined
  const [, first = "", last = ""] = match
  if (first === "") {
    if (last === "") return undefined
    if (Number(last) === 0 || size === 0) throw rangeNotSatisfiable(size)
    return { start: Math.max(size - Number(last), 0), end: size }
  }
  const start = Number(first)
  if (last !== "" && Number(last) < start) return undefined
  if (start >= size) throw rangeNotSatisfiable(size)
  return { start, end: last === "" ? size : Math.min(Number(last) + 1, size) }
}

/** The same for a copy, where a malformed range is 400 `bad_request`. */
export const parseCopyRange = (text: string, size: number): ByteRange => {
  const range = parseRange(text, size)
  if (range === undefined) throw badRequest(`Bad range: ${text}`)
  return range
}
