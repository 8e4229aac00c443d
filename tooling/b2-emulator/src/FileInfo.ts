/** The user's own facts about a file, as `X-Bz-Info-*` headers or as `fileInfo`, and their limits. */
import { badRequest } from "./Errors.ts"
import type { Exchange } from "./Exchange.ts"
import { decodePercent, encodePercent, ownText } from "./PercentCoding.ts"
import { checkStandardHeader } from "./StandardHeaders.ts"

export type FileInfo = Readonly<Record<string, string>>

const mostEntries = 10
const mostKeyBytes = 50
const keyGrammar = /^[A-Za-z0-9\-_.`~!#$%^&*'|+]+$/
const headerBudget = 7000
const headerBudgetProtected = 2048
/** A UTF-16 unit is at most three bytes of UTF-8, and each of them at most three characters. */
const mostEncodedBytesPerUnit = 9

/** The standard header that each reserved entry becomes on download. */
export const standardHeaders: Readonly<Record<string, string>> = {
  "b2-content-disposition": "Content-Disposition",
  "b2-content-language": "Content-Language",
  "b2-expires": "Expires",
  "b2-cache-control": "Cache-Control",
  "b2-content-encoding": "Content-Encoding"
}

const none: FileInfo = {}
const prefix = "x-bz-info-"

const checkReserved = (key: string, value: string): void => {
  const header = Object.hasOwn(standardHeaders, key) ? standardHeaders[key] : undefined
  if (header === undefined) throw badRequest(`Reserved file info key: ${key}`)
  checkStandardHeader(header, value)
}

/** `protectedFile` is one that is encrypted or in a bucket with object lock: its budget is smaller. */
export const checkFileInfo = (info: FileInfo, fileName: string, protectedFile: boolean): FileInfo => {
  const keys = Object.keys(info)
  const budget = protectedFile ? headerBudgetProtected : headerBudget
  let units = fileName.length
  if (keys.length > mostEntries) throw badRequest(`At most ${mostEntries} file info entries are allowed`)
  for (const key of keys) {
    if (key.length > mostKeyBytes || !keyGrammar.test(key)) throw badRequest(`Bad file info key: ${key}`)
    if (key.startsWith("b2-")) checkReserved(key, info[key]!)
    units += key.length + info[key]!.length
  }
  if (units * mostEncodedBytesPerUnit <= budget) return info
  const used = keys.reduce(
    (sum, key) => sum + key.length + encodePercent(info[key]!).length,
    encodePercent(fileName).length
  )
  if (used > budget) throw badRequest(`File name and file info take ${used} bytes; the limit is ${budget}`)
  return info
}

/** Keys come lower-cased. */
export const infoFromHeaders = (exchange: Exchange): FileInfo => {
  let info: Record<string, string> | undefined
  for (const [name, value] of exchange.request.head.headers) {
    if (!name.startsWith(prefix)) continue
    info ??= {}
    info[name.slice(prefix.length)] = ownText(decodePercent(value))
  }
  return info ?? none
}

export const lowerCaseKeys = (info: FileInfo): FileInfo =>
  Object.fromEntries(Object.entries(info).map(([key, value]) => [key.toLowerCase(), value]))
