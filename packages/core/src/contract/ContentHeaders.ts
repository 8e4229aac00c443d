/** Headers that a service keeps with a file, and gives to whoever fetches it by the web. */
import * as Result from "effect/Result"

const names = ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"] as const
type Name = (typeof names)[number]

/** By their names in small letters. */
export type ContentHeaders = { readonly [name in Name]?: string }

/** With the type of the content, which every file has: one that is given counts instead of it. */
export interface UploadHeaders extends ContentHeaders {
  readonly "content-type"?: string
}

const isName = (name: string): name is keyof UploadHeaders =>
  name === "content-type" || (names as ReadonlyArray<string>).includes(name)

/** What a header may hold without being written in another way. */
const plain = /^[\x20-\x7e]+$/

const parseOne = (line: string): Result.Result<readonly [keyof UploadHeaders, string], string> => {
  const colon = line.indexOf(":")
  const [name, value] = [line.slice(0, Math.max(0, colon)).trim().toLowerCase(), line.slice(colon + 1).trim()]
  if (!isName(name)) {
    return Result.fail(`"${line}" is none that is kept with a file; write one such as "Cache-Control: max-age=600"`)
  }
  if (!plain.test(value)) return Result.fail(`"${line}" holds more than plain ASCII, or nothing`)
  if (name === "expires" && Number.isNaN(Date.parse(value))) {
    return Result.fail(`"${line}" has no time; write one such as "Expires: Wed, 21 Oct 2026 07:28:00 GMT"`)
  }
  if (name === "content-type" && !/^[^\s/;]+\/[^\s/;]+ *(?:;.*)?$/.test(value)) {
    return Result.fail(`"${line}" is no type; write one such as "Content-Type: text/html; charset=utf-8"`)
  }
  return Result.succeed([name, name === "expires" ? new Date(value).toUTCString() : value])
}

/** Of lines such as `Cache-Control: max-age=600`; fails with a sentence about one that is none. Of two of a name the last counts. */
export const parse = (lines: ReadonlyArray<string>): Result.Result<UploadHeaders, string> =>
  Result.map(Result.all(lines.map(parseOne)), (found) => Object.fromEntries(found) as UploadHeaders)
