/**
 * Zip archives, deflated, written without going back: sizes and checksums
 * follow the content. Files of 4 GiB and more and archives of more than 65,535
 * entries use the fields of zip64.
 *
 * Each piece of a file is deflated by itself and ends at a byte, so pieces can
 * be compressed at the same time and put one after the other.
 */
import { isUtf8 } from "node:buffer"
import { constants, crc32, deflateRaw } from "node:zlib"
import * as Effect from "effect/Effect"
import { permissionsOf } from "../format/FileMode.ts"
import type { Node } from "../format/Node.ts"
import * as GoTime from "../go/GoTime.ts"
import type { DumpEntry, DumpWriter } from "./DumpWriter.ts"

export interface Deflated {
  readonly plain: Buffer
  readonly deflated: Uint8Array
}

/** An empty last block, which ends a deflated stream. */
const lastBlock = new Uint8Array([0x03, 0x00])
const largest = 0xffffffff
/** Deflated bytes may be a little more than plain ones. */
const largestSmall = largest - 0x1000000
const stored = 0
const deflate = 8
const descriptorFlag = 0x8
const utf8Flag = 0x800
const madeByUnix = 3 << 8
const version = 20
const versionOfZip64 = 45

const typeBits: Partial<Record<Node["type"], number>> = { file: 0o100000, dir: 0o040000, symlink: 0o120000 }
const msdosDirectory = 0x10

/** Fields of given widths in bytes, little-endian. */
const pack = (...fields: ReadonlyArray<readonly [value: number, width: 2 | 4 | 8]>): Buffer => {
  const buffer = Buffer.alloc(fields.reduce((total, [, width]) => total + width, 0))
  let at = 0
  for (const [value, width] of fields) {
    if (width === 2) buffer.writeUInt16LE(value, at)
    else if (width === 4) buffer.writeUInt32LE(value, at)
    else buffer.writeBigUInt64LE(BigInt(value), at)
    at += width
  }
  return buffer
}

/** In UTC; what is before 1980 or after 2107 becomes the nearest that can be said. */
const dosTime = (seconds: number): readonly [time: number, date: number] => {
  const clamped = Math.min(Math.max(seconds, 315_532_800), 4_354_819_198)
  const at = new Date(clamped * 1000)
  return [
    (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  ]
}

/** The "UT" field: seconds since 1970, where 32 bits take them. */
const timeField = (seconds: number): Buffer => {
  if (seconds < -0x80000000 || seconds > 0x7fffffff) return Buffer.alloc(0)
  return Buffer.concat([pack([0x5455, 2], [5, 2]), Buffer.from([1]), pack([seconds >>> 0, 4])])
}

interface Open {
  readonly entry: DumpEntry
  readonly name: Buffer
  readonly method: number
  readonly flags: number
  readonly seconds: number
  readonly offset: number
  readonly isLarge: boolean
  checksum: number
  compressed: number
  plain: number
}

const centralRecord = (file: Open): Buffer => {
  const { entry, name } = file
  const needed = [file.plain, file.compressed, file.offset]
  const fields = needed.map((value) => Math.min(value, largest))
  const big = needed.filter((value) => value >= largest)
  const zip64 =
    big.length === 0 ? Buffer.alloc(0) : pack([1, 2], [big.length * 8, 2], ...big.map((value) => [value, 8] as const))
  const extra = Buffer.concat([zip64, timeField(file.seconds)])
  const [time, date] = dosTime(file.seconds)
  const mode = ((typeBits[entry.node.type] ?? 0) | permissionsOf(entry.node.mode)) * 0x10000
  const head = pack(
    [0x02014b50, 4],
    [madeByUnix | versionOfZip64, 2],
    [big.length > 0 || file.isLarge ? versionOfZip64 : version, 2],
    [file.flags, 2],
    [file.method, 2],
    [time, 2],
    [date, 2],
    [file.checksum, 4],
    [fields[1]!, 4],
    [fields[0]!, 4],
    [name.length, 2],
    [extra.length, 2],
    [0, 2],
    [0, 2],
    [0, 2],
    [mode + (entry.node.type === "dir" ? msdosDirectory : 0), 4],
    [fields[2]!, 4]
  )
  return Buffer.concat([head, name, extra])
}

const localHeader = (file: Open): Buffer => {
  const isStreamed = (file.flags & descriptorFlag) !== 0
  const zip64 = file.isLarge ? pack([1, 2], [16, 2], [0, 8], [0, 8]) : Buffer.alloc(0)
  const extra = Buffer.concat([zip64, timeField(file.seconds)])
  const [time, date] = dosTime(file.seconds)
  const head = pack(
    [0x04034b50, 4],
    [file.isLarge ? versionOfZip64 : version, 2],
    [file.flags, 2],
    [file.method, 2],
    [time, 2],
    [date, 2],
    [isStreamed ? 0 : file.checksum, 4],
    [file.isLarge ? largest : isStreamed ? 0 : file.compressed, 4],
    [file.isLarge ? largest : isStreamed ? 0 : file.plain, 4],
    [file.name.length, 2],
    [extra.length, 2]
  )
  return Buffer.concat([head, file.name, extra])
}

const endRecords = (entries: number, size: number, offset: number): ReadonlyArray<Buffer> => {
  const end = pack(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [Math.min(entries, 0xffff), 2],
    [Math.min(entries, 0xffff), 2],
    [Math.min(size, largest), 4],
    [Math.min(offset, largest), 4],
    [0, 2]
  )
  if (entries < 0xffff && size < largest && offset < largest) return [end]
  const end64 = pack(
    [0x06064b50, 4],
    [44, 8],
    [madeByUnix | versionOfZip64, 2],
    [versionOfZip64, 2],
    [0, 4],
    [0, 4],
    [entries, 8],
    [entries, 8],
    [size, 8],
    [offset, 8]
  )
  return [end64, pack([0x07064b50, 4], [0, 4], [offset + size, 8], [1, 4]), end]
}

const none: ReadonlyArray<Uint8Array> = []
const slash = Buffer.from("/")

export const make = (): DumpWriter<Deflated> => {
  const central: Array<Buffer> = []
  let open: Open | undefined
  let offset = 0

  const written = (parts: ReadonlyArray<Uint8Array>): ReadonlyArray<Uint8Array> => {
    for (const part of parts) offset += part.length
    return parts
  }

  const begin: DumpWriter<Deflated>["begin"] = (entry) => {
    const { node, size } = entry
    const name = node.type === "dir" ? Buffer.concat([entry.path, slash]) : entry.path
    const isStreamed = node.type === "file" && size > 0
    const link = node.type === "symlink" ? (node.linkTargetRaw ?? Buffer.from(node.linkTarget)) : Buffer.alloc(0)
    open = {
      entry,
      name,
      method: isStreamed ? deflate : stored,
      flags: (isStreamed ? descriptorFlag : 0) | (isUtf8(name) ? utf8Flag : 0),
      seconds: GoTime.read(node.mtime)?.seconds ?? 0,
      offset,
      isLarge: size > largestSmall,
      checksum: crc32(link),
      compressed: link.length,
      plain: link.length
    }
    return written([localHeader(open), link])
  }

  const end: DumpWriter<Deflated>["end"] = () => {
    const file = open
    if (file === undefined) return none
    const isStreamed = (file.flags & descriptorFlag) !== 0
    if (isStreamed) file.compressed += lastBlock.length
    central.push(centralRecord(file))
    open = undefined
    if (!isStreamed) return none
    const width = file.isLarge ? 8 : 4
    const descriptor = pack([0x08074b50, 4], [file.checksum, 4], [file.compressed, width], [file.plain, width])
    return written([lastBlock, descriptor])
  }

  return {
    prepare: (plain) =>
      Effect.callback<Deflated>((resume) => {
        deflateRaw(plain, { finishFlush: constants.Z_SYNC_FLUSH }, (error, deflated) =>
          resume(error === null ? Effect.succeed({ plain, deflated }) : Effect.die(error))
        )
      }),
    begin,
    content: ({ deflated, plain }) => {
      if (open !== undefined) {
        open.checksum = crc32(plain, open.checksum)
        open.compressed += deflated.length
        open.plain += plain.length
      }
      return written([deflated])
    },
    end,
    finish: () => {
      const size = central.reduce((total, record) => total + record.length, 0)
      return [...central, ...endRecords(central.length, size, offset)]
    }
  }
}
