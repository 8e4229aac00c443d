/** The headers of downloads that a file or a request may set, and the grammar B2 holds their values to. */
import { badRequest } from "./Errors.ts"

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
const quoted = '"(?:[^"\\\\\\x00-\\x1f\\x7f]|\\\\[\\x20-\\x7e])*"'
/** RFC 6266, without continuations; extended values only as UTF-8 without a language. */
const name = "[A-Za-z0-9!#$%&'+.^_`|~-]+"
const extended = `${name}\\*\\s*=\\s*[Uu][Tt][Ff]-8''(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9!#$&+.^_\`|~-])*`
const parameter = `(?:${extended}|${name}\\s*=\\s*(?:${token}|${quoted}))`
const item = `${token}(?:=(?:${token}|${quoted}))?`

const grammars: Readonly<Record<string, RegExp>> = {
  "Content-Disposition": new RegExp(`^${name}(?:\\s*;\\s*${parameter})*$`),
  "Content-Language": /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*(?:\s*,\s*[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)*$/,
  Expires:
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/,
  "Cache-Control": new RegExp(`^${item}(?:\\s*,\\s*${item})*$`),
  "Content-Encoding": new RegExp(`^${token}(?:\\s*,\\s*${token})*$`),
  "Content-Type": new RegExp(`^${token}/${token}(?:\\s*;\\s*${name}\\s*=\\s*(?:${token}|${quoted}))*$`)
}

/** `header` is spelt as replies spell it. Fails with 400 `bad_request`. */
export const checkStandardHeader = (header: string, value: string): void => {
  if (grammars[header]?.test(value) === false) throw badRequest(`Bad value of ${header}: ${value}`)
  if (header === "Expires" && new Date(value).toUTCString() !== value) throw badRequest(`No such date: ${value}`)
}
