/**
 * Extended attributes of a file, of `user.` alone, as texts beside it. One whose name and value are plain has its own name, as
 * rclone's `--metadata` has it; the others come together as `xattrs`: percent-coded names with their values in base64.
 */
import type { Metadata } from "./Entry.ts"
import * as Spelling from "./Spelling.ts"

/** By name without `user.`, as `Spelling.ofBytes` has it. */
export type Attributes = ReadonlyMap<string, Uint8Array>

export interface Kept {
  readonly attributes: Attributes
  /** The file has more, which had no room. */
  readonly isPart: boolean
}

const together = "xattrs"
/** Among them: for those that had no room. */
const more = "*"

/** What says something else, here or at a service or another program. `__proto__` is no key of a JavaScript object. */
const reserved =
  /^(?:__proto__|mode|uid|gid|rdev|[abm]time|tier|xattrs|expires|cache-control|content-.*|b2-.*|ourclone-.*|s3cmd-.*|md5chksum|large_file_sha1|src_last_modified_millis)$/
const plainName = /^[a-z0-9_-]{1,50}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: what no header holds
const control = /[\u0000-\u001f\u007f]/

const isOwnName = (name: string): boolean => plainName.test(name) && !reserved.test(name)

/** The value as a text that says the same; undefined where none does. */
const textOf = (value: Uint8Array): string | undefined => {
  const text = Spelling.ofBytes(value)
  return text === "" || control.test(text) || !text.isWellFormed() ? undefined : text
}

const coded = (byte: number): string => {
  const letter = String.fromCharCode(byte)
  return /[A-Za-z0-9._-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
}

const packed = (attributes: Attributes, isPart: boolean): Metadata => {
  const all = [...attributes].map(
    ([name, value]) => `${[...Spelling.toBytes(name)].map(coded).join("")}=${Buffer.from(value).toString("base64")}`
  )
  if (isPart) all.push(more)
  return all.length === 0 ? {} : { [together]: all.join(",") }
}

const nameOf = (text: string): string =>
  Spelling.ofBytes(
    Buffer.from(
      text.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      "latin1"
    )
  )

export const toMetadata = ({ attributes, isPart }: Kept): Metadata => {
  const metadata: Record<string, string> = {}
  const others = new Map<string, Uint8Array>()
  for (const [name, value] of attributes) {
    const text = isOwnName(name) ? textOf(value) : undefined
    if (text === undefined) others.set(name, value)
    else metadata[name] = text
  }
  return { ...metadata, ...packed(others, isPart) }
}

export const ofMetadata = (metadata: Metadata | undefined): Kept => {
  const attributes = new Map<string, Uint8Array>()
  let isPart = false
  for (const [name, text] of Object.entries(metadata ?? {}))
    if (isOwnName(name)) attributes.set(name, Buffer.from(text))
  for (const one of metadata?.[together]?.split(",") ?? []) {
    const [name = "", value] = one.split(/=(.*)/s)
    if (one === more) isPart = true
    else if (name !== "" && value !== undefined) attributes.set(nameOf(name), Buffer.from(value, "base64"))
  }
  return { attributes, isPart }
}

export interface Fitted {
  readonly metadata: Metadata | undefined
  /** The names of the attributes that had no room, and why. */
  readonly leftOut: ReadonlyArray<string>
  readonly because: string
}

/**
 * As much of `metadata` as `refusal` takes: attributes that have no room are left out, the largest first, and all else is
 * as it was. Where that does not help it is as it came, for the storage to refuse.
 */
export const fitted = (metadata: Metadata | undefined, refusal: (metadata: Metadata) => string | undefined): Fitted => {
  const because = metadata && refusal(metadata)
  const whole: Fitted = { metadata, leftOut: [], because: because ?? "" }
  if (metadata === undefined || because === undefined) return whole
  const { attributes, isPart } = ofMetadata(metadata)
  const rest = Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== together && !isOwnName(name)))
  const largestLast = [...attributes].sort(([, left], [, right]) => left.length - right.length)
  const leftOut: Array<string> = []
  for (;;) {
    const smaller = { ...rest, ...packed(new Map(largestLast), isPart || leftOut.length > 0) }
    if (refusal(smaller) === undefined) return { metadata: smaller, leftOut, because }
    const largest = largestLast.pop()
    if (largest === undefined) return whole
    leftOut.push(largest[0])
  }
}

/** Whether `there` has all of `wanted`, and no others where `isAll`. */
export const holds = (there: Attributes, wanted: Attributes, isAll: boolean): boolean => {
  for (const [name, value] of wanted) {
    const found = there.get(name)
    if (found === undefined || Buffer.compare(found, value) !== 0) return false
  }
  return !isAll || there.size === wanted.size
}
