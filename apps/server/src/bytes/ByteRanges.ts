/** Which bytes of a file a request asks for. */

export type Wanted =
  | { readonly _tag: "All" }
  | { readonly _tag: "Part"; readonly offset: number; readonly length: number }
  /** None of the bytes asked for is there: a 416. */
  | { readonly _tag: "Outside" }

const form = /^bytes=(\d{0,16})-(\d{0,16})$/

/** Several ranges, and what can not be read, are answered by the whole file, as RFC 9110 allows. */
export const wanted = (header: string | null, size: number): Wanted => {
  const [, first = "", last = ""] = (header === null ? null : form.exec(header.replaceAll(" ", ""))) ?? []
  if (first === "" && last === "") return { _tag: "All" }
  if (first === "") {
    const length = Math.min(Number(last), size)
    return length === 0 ? { _tag: "Outside" } : { _tag: "Part", offset: size - length, length }
  }
  const offset = Number(first)
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== "" && Number(last) < offset) return { _tag: "All" }
  if (offset >= size) return { _tag: "Outside" }
  return { _tag: "Part", offset, length: end - offset + 1 }
}
