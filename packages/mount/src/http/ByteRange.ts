/** Which bytes of a file a request asks for. */

export interface Part {
  readonly start: number
  /** Not included. */
  readonly end: number
}

/** One range; `undefined` for the whole, which is also the answer to several. */
export const partOf = (header: string, size: number): Part | "unsatisfiable" | undefined => {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header.trim())
  if (found === null) return undefined
  const [first, last] = [found[1]!, found[2]!]
  if (first === "" && last === "") return undefined
  if (first === "") {
    const length = Math.min(Number(last), size)
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size }
  }
  const [start, end] = [Number(first), last === "" ? size : Math.min(Number(last) + 1, size)]
  if (last !== "" && Number(last) < start) return undefined
  return start >= size ? "unsatisfiable" : { start, end }
}
