/** Whether a request may go on by the headers of RFC 9110 §13.2.2, and whether a range is one of the version that is there. */

/** Of what is there. */
export interface Known {
  readonly etag: string
  /** Since 1970 UTC; `undefined` where nobody knows. */
  readonly modifiedSeconds: number | undefined
}

const secondsOf = (date: string): number | undefined => {
  const millis = Date.parse(date)
  return Number.isFinite(millis) ? Math.floor(millis / 1000) : undefined
}

const matches = (header: string, known: Known | undefined): boolean =>
  known !== undefined &&
  (header.trim() === "*" || header.split(",").some((each) => each.trim().replace(/^W\//, "") === known.etag))

const isNewer = (known: Known | undefined, header: string | null): boolean | undefined => {
  const since = header === null ? undefined : secondsOf(header)
  return since === undefined || known?.modifiedSeconds === undefined ? undefined : known.modifiedSeconds > since
}

/** `known` is `undefined` where nothing is there. "failed" is a 412, "notModified" a 304, and only of reading. */
export const check = (
  headers: Headers,
  known: Known | undefined,
  isReading: boolean
): "goOn" | "notModified" | "failed" => {
  const [match, noneMatch] = [headers.get("if-match"), headers.get("if-none-match")]
  if (match !== null ? !matches(match, known) : isNewer(known, headers.get("if-unmodified-since")) === true)
    return "failed"
  if (noneMatch !== null) {
    if (!matches(noneMatch, known)) return "goOn"
    return isReading ? "notModified" : "failed"
  }
  return isReading && isNewer(known, headers.get("if-modified-since")) === false ? "notModified" : "goOn"
}

/** The range that is asked for, where it is one of this version. */
export const rangeOf = (headers: Headers, { etag, modifiedSeconds }: Known): string | null => {
  const ifRange = headers.get("if-range")
  const isCurrent =
    ifRange === null ||
    (ifRange.includes('"')
      ? ifRange.trim() === etag
      : modifiedSeconds !== undefined && secondsOf(ifRange) === modifiedSeconds)
  return isCurrent ? headers.get("range") : null
}
