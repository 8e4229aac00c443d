/**
 * Tar archives: ustar headers, with a PAX header before them where those can
 * not say it: long or non-ASCII names, fractions of seconds, large numbers,
 * extended attributes.
 */
import * as Effect from "effect/Effect"
import { permissionsOf } from "../format/FileMode.ts"
import type { Node } from "../format/Node.ts"
import * as GoTime from "../go/GoTime.ts"
import * as PosixAcl from "../system/PosixAcl.ts"
import type { DumpEntry, DumpWriter } from "./DumpWriter.ts"

const blockSize = 512
const nameSize = 100
const ownerSize = 32
const largestSize = 0o77777777777
const largestId = 0o7777777

const typeFlags: Partial<Record<Node["type"], string>> = { file: "0", symlink: "2", dir: "5" }

const padding = (size: number): Uint8Array => new Uint8Array((blockSize - (size % blockSize)) % blockSize)

const isAscii = (bytes: Uint8Array): boolean => {
  for (let at = 0; at < bytes.length; at++) if (bytes[at]! >= 0x80 || bytes[at] === 0) return false
  return true
}

interface Header {
  readonly name: Uint8Array
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly seconds: number
  readonly flag: string
  readonly link: Uint8Array
  readonly user: string
  readonly group: string
}

const encodeHeader = (header: Header): Buffer => {
  const block = Buffer.alloc(blockSize)
  const octal = (value: number, at: number, size: number, largest: number): void => {
    const number = value < 0 || value > largest ? 0 : value
    block.write(number.toString(8).padStart(size - 1, "0"), at, "latin1")
  }
  block.set(header.name.subarray(0, nameSize), 0)
  octal(header.mode, 100, 8, largestId)
  octal(header.uid, 108, 8, largestId)
  octal(header.gid, 116, 8, largestId)
  octal(header.size, 124, 12, largestSize)
  octal(header.seconds, 136, 12, largestSize)
  block.fill(" ", 148, 156)
  block.write(header.flag, 156, "latin1")
  block.set(header.link.subarray(0, nameSize), 157)
  block.write("ustar\u000000", 257, "latin1")
  block.write(header.user, 265, ownerSize - 1)
  block.write(header.group, 297, ownerSize - 1)
  let sum = 0
  for (let at = 0; at < blockSize; at++) sum += block[at]!
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1")
  return block
}

/** `<length> key=value\n`, where the length counts its own digits too. */
const paxRecord = (key: string, value: Uint8Array | string): Buffer => {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")])
  const guess = rest.length + String(rest.length).length
  return Buffer.concat([Buffer.from(String(rest.length + String(guess).length)), rest])
}

/** Seconds as a decimal number: -1.5 for what is half a second before -1. */
const decimal = ({ nanoseconds, seconds }: GoTime.Instant): string => {
  if (nanoseconds === 0) return String(seconds)
  const [whole, rest] = seconds < 0 ? [-seconds - 1, 1_000_000_000 - nanoseconds] : [seconds, nanoseconds]
  return `${seconds < 0 ? "-" : ""}${whole}.${String(rest).padStart(9, "0").replace(/0+$/, "")}`
}

const aclKeys = new Map([
  ["system.posix_acl_access", "SCHILY.acl.access"],
  ["system.posix_acl_default", "SCHILY.acl.default"]
])

const attributeRecords = (node: Node): ReadonlyArray<Buffer> =>
  node.extendedAttributes.flatMap(({ name, value }) => {
    const bytes = value ?? new Uint8Array()
    const aclKey = aclKeys.get(name)
    const acl = aclKey === undefined ? undefined : PosixAcl.textOf(bytes)
    if (aclKey !== undefined && acl !== undefined) return [paxRecord(aclKey, acl)]
    return name.includes("=") ? [] : [paxRecord(`SCHILY.xattr.${name}`, bytes)]
  })

const ownerRecord = (key: string, name: string): ReadonlyArray<Buffer> => {
  const bytes = Buffer.from(name)
  return bytes.length >= ownerSize || !isAscii(bytes) ? [paxRecord(key, name)] : []
}

const paxRecords = (header: Header, node: Node, modified: GoTime.Instant): ReadonlyArray<Buffer> => {
  const records: Array<Buffer> = []
  if (header.name.length > nameSize || !isAscii(header.name)) records.push(paxRecord("path", header.name))
  if (header.link.length > nameSize || !isAscii(header.link)) records.push(paxRecord("linkpath", header.link))
  if (header.size > largestSize) records.push(paxRecord("size", String(header.size)))
  if (header.uid > largestId) records.push(paxRecord("uid", String(header.uid)))
  if (header.gid > largestId) records.push(paxRecord("gid", String(header.gid)))
  records.push(...ownerRecord("uname", header.user), ...ownerRecord("gname", header.group))
  if (modified.nanoseconds !== 0 || modified.seconds < 0 || modified.seconds > largestSize) {
    records.push(paxRecord("mtime", decimal(modified)))
  }
  return [...records, ...attributeRecords(node)]
}

const slash = 0x2f
const epoch: GoTime.Instant = { seconds: 0, nanoseconds: 0, offsetSeconds: 0 }
const none: ReadonlyArray<Uint8Array> = []

const headerOf = ({ node, path, size }: DumpEntry, seconds: number): Header => ({
  name: node.type === "dir" ? Buffer.concat([path, Buffer.from([slash])]) : path,
  mode: permissionsOf(node.mode),
  uid: node.uid,
  gid: node.gid,
  size,
  seconds,
  flag: typeFlags[node.type] ?? "0",
  link: node.type === "symlink" ? (node.linkTargetRaw ?? Buffer.from(node.linkTarget)) : Buffer.alloc(0),
  user: node.user,
  group: node.group
})

/** The header of the extended header; readers that do not know it make a file of it, by this name. */
const paxHeader = (header: Header, size: number): Buffer => {
  const trimmed = header.name.at(-1) === slash ? header.name.subarray(0, -1) : header.name
  const name = Buffer.concat([Buffer.from("PaxHeaders.0/"), trimmed.subarray(trimmed.lastIndexOf(slash) + 1)])
  return encodeHeader({ ...header, name, mode: 0o644, size, seconds: 0, flag: "x", link: Buffer.alloc(0) })
}

export const make = (): DumpWriter<Buffer> => {
  let size = 0
  return {
    prepare: Effect.succeed,
    begin: (entry) => {
      size = entry.size
      const modified = GoTime.read(entry.node.mtime) ?? epoch
      const header = headerOf(entry, modified.seconds)
      const records = paxRecords(header, entry.node, modified)
      if (records.length === 0) return [encodeHeader(header)]
      const body = Buffer.concat(records)
      return [paxHeader(header, body.length), body, padding(body.length), encodeHeader(header)]
    },
    content: (piece) => [piece],
    end: () => (size % blockSize === 0 ? none : [padding(size)]),
    finish: () => [new Uint8Array(2 * blockSize)]
  }
}
