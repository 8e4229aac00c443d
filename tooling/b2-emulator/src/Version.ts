/** A file version, its parts while it is an unfinished large file, and the ids B2 gives them. */
import type { Content } from "./Bodies.ts"
import type { Bucket } from "./Bucket.ts"
import type { CachedRow } from "./RowCache.ts"

export interface Retention {
  readonly mode: "governance" | "compliance"
  /** Milliseconds since 1970. */
  readonly retainUntilTimestamp: number
}

export type LegalHold = "on" | "off"

export type Encryption =
  | { readonly mode: null }
  | { readonly mode: "SSE-B2" }
  | { readonly mode: "SSE-C"; readonly keyMd5: string }

export type ReplicationStatus = "PENDING" | "COMPLETED" | "FAILED" | "REPLICA"

export const noEncryption: Encryption = { mode: null }

export interface Part {
  readonly number: number
  readonly size: number
  /** Lower-case hex, or `unverified:` and hex. */
  readonly sha1: string
  readonly md5: string | null
  readonly timestamp: number
  readonly content: Content
}

export interface Version {
  readonly fileId: string
  readonly bucket: Bucket
  readonly name: string
  /** Changes once, from `start` to `upload`, when a large file is finished. */
  action: "upload" | "hide" | "start"
  size: number
  readonly contentType: string
  /** Hex, `unverified:` and hex, or `none` for a large file. */
  readonly sha1: string
  readonly md5: string | null
  readonly fileInfo: Readonly<Record<string, string>>
  readonly timestamp: number
  /** Breaks ties between equal timestamps: the higher is the newer. */
  readonly sequence: number
  readonly encryption: Encryption
  retention: Retention | null
  legalHold: LegalHold | null
  content: Content
  /** The parts of an unfinished large file by number. */
  parts: Map<number, Part> | null
  /** Null when no rule of its bucket concerned it. */
  replication: ReplicationStatus | null
  /** The cached JSON text; null after what it says has changed. */
  row: CachedRow | null
}

export const hideMarkerType = "application/x-bz-hide-marker"
export const emptySha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
export const emptyMd5 = "d41d8cd98f00b204e9800998ecf8427e"

let stampedSecond = 0
let stamp = ""

const dateStamp = (timestamp: number): string => {
  const second = Math.floor(timestamp / 1000)
  if (second !== stampedSecond) {
    stampedSecond = second
    const iso = new Date(second * 1000).toISOString()
    stamp = `d${iso.slice(0, 10).replaceAll("-", "")}_m${iso.slice(11, 19).replaceAll(":", "")}`
  }
  return stamp
}

/** `4_z<bucket>_f<kind and sequence>_d<date>_m<time>_c002_v0001110_t0055_u<milliseconds>`. */
export const makeFileId = (bucketId: string, kind: "1" | "2", sequence: number, timestamp: number): string => {
  const hex = sequence.toString(16).padStart(15, "0")
  const milliseconds = timestamp.toString().padStart(14, "0")
  return `4_z${bucketId}_f${kind}${hex}_${dateStamp(timestamp)}_c002_v0001110_t0055_u${milliseconds}`
}

const fileIdGrammar = /^4_z[0-9a-f]{24}_f[12]([0-9a-f]{15})_d\d{8}_m\d{6}_c002_v0001110_t0055_u(\d{14})$/

/** Where a version stood, readable from its id even after it was deleted. */
export const parseFileId = (fileId: string): { sequence: number; timestamp: number } | undefined => {
  const match = fileIdGrammar.exec(fileId)
  return match === null ? undefined : { sequence: Number.parseInt(match[1]!, 16), timestamp: Number(match[2]) }
}
