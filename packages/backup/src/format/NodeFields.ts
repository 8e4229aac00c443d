/**
 * A node from the parsed JSON of a tree. Nothing in it is trusted: every field is looked at, all but the name
 * and the type may be missing, and unknown ones are passed over. What is wrong throws a plain `Error`.
 */
import * as GoJson from "../go/GoJson.ts"
import * as GoQuote from "../go/GoQuote.ts"
import * as GoTime from "../go/GoTime.ts"
import { isId } from "../go/Hex.ts"
import type { ExtendedAttribute, Node, NodeType } from "./Node.ts"

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null

const fail = (what: string): never => {
  throw new Error(what)
}

const text = (fields: Fields, key: string): string => {
  const value = fields[key]
  if (typeof value === "string") return value
  return isAbsent(value) ? "" : fail(`its ${key} is no text`)
}

const time = (fields: Fields, key: string): string => {
  const value = fields[key]
  if (isAbsent(value)) return GoTime.zero
  if (typeof value === "string" && GoTime.read(value) !== undefined) return value
  return fail(`its ${key}, ${JSON.stringify(value)}, is no time`)
}

const notCount = (key: string, value: unknown, most: number | bigint): never =>
  fail(`its ${key}, ${String(value)}, is no whole number from 0 to ${most}`)

/** A number that was larger than 2^53 is rounded. */
const count = (fields: Fields, key: string, most: number): number => {
  const value = fields[key]
  if (isAbsent(value)) return 0
  if (typeof value !== "number" && typeof value !== "bigint") return notCount(key, value, most)
  const number = Number(value)
  return Number.isInteger(number) && number >= 0 && number <= most ? number : notCount(key, value, most)
}

const maximum32 = 2 ** 32 - 1
const maximum53 = 2 ** 53
const maximum64 = 2n ** 64n - 1n

const exactCount = (fields: Fields, key: string): bigint => {
  const value = fields[key]
  if (isAbsent(value)) return 0n
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value)
  return typeof value === "bigint" && value >= 0n && value <= maximum64 ? value : notCount(key, value, maximum64)
}

const id = (value: unknown, what: string): string => {
  if (typeof value === "string") {
    if (isId(value)) return value
    const lowerCase = value.toLowerCase()
    if (isId(lowerCase)) return lowerCase
  }
  return fail(`${what}, ${JSON.stringify(value)}, is no id`)
}

const content = (value: unknown): ReadonlyArray<string> | null => {
  if (isAbsent(value)) return null
  return Array.isArray(value) ? value.map((one) => id(one, "a part of its content")) : fail("its content is no list")
}

const bytes = (value: unknown, what: string): Buffer =>
  typeof value === "string" ? Buffer.from(value, "base64") : fail(`${what} is no text`)

export const noAttributes: ReadonlyArray<ExtendedAttribute> = []

export const attributesOf = (value: unknown): ReadonlyArray<ExtendedAttribute> => {
  if (isAbsent(value)) return noAttributes
  if (!Array.isArray(value)) return fail("its extended_attributes are no list")
  return value.map((one) => {
    if (!isFields(one)) return fail("one of its extended_attributes is no object")
    const name = text(one, "name")
    return { name, value: isAbsent(one.value) ? null : bytes(one.value, `the value of its attribute "${name}"`) }
  })
}

/** Go writes the keys of this object in order, and the values as they were. */
const genericAttributes = (value: unknown): string | undefined => {
  if (isAbsent(value)) return undefined
  if (!isFields(value)) return fail("its generic_attributes are no object")
  const keys = Object.keys(value).sort()
  return keys.length === 0
    ? undefined
    : `{${keys.map((key) => `${GoJson.quote(key)}:${GoJson.encode(value[key])}`).join(",")}}`
}

const unquoted = (name: string): Buffer => {
  try {
    return GoQuote.unquote(name)
  } catch (error) {
    return fail(`its name is unreadable: ${(error as Error).message}`)
  }
}

/** Numbers above 2^53 have to be bigints. */
export const nodeOf = (fields: Fields): Node => {
  const { linktarget_raw: raw, subtree } = fields
  const quotedName = text(fields, "name")
  const name = unquoted(quotedName)
  return {
    name,
    quotedName: GoQuote.unusual(quotedName, name),
    type: text(fields, "type") as NodeType,
    mode: count(fields, "mode", maximum32),
    mtime: time(fields, "mtime"),
    atime: time(fields, "atime"),
    ctime: time(fields, "ctime"),
    uid: count(fields, "uid", maximum32),
    gid: count(fields, "gid", maximum32),
    user: text(fields, "user"),
    group: text(fields, "group"),
    inode: exactCount(fields, "inode"),
    deviceId: exactCount(fields, "device_id"),
    size: count(fields, "size", maximum53),
    links: count(fields, "links", maximum53),
    linkTarget: text(fields, "linktarget"),
    linkTargetRaw: isAbsent(raw) || raw === "" ? undefined : bytes(raw, "its linktarget_raw"),
    extendedAttributes: attributesOf(fields.extended_attributes),
    genericAttributes: genericAttributes(fields.generic_attributes),
    device: exactCount(fields, "device"),
    content: content(fields.content),
    subtree: isAbsent(subtree) ? undefined : id(subtree, "its subtree"),
    error: text(fields, "error")
  }
}
