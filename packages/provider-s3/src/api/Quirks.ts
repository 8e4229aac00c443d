/**
 * What services that speak S3 do each in a way of their own: one table, and no other place that names a vendor.
 *
 * A remote's option `provider` chooses the row, or the host of its endpoint does; options of the same name go before.
 */

export interface Quirks {
  /** `endpoint/bucket/key` rather than `bucket.endpoint/key`. */
  readonly pathStyle: boolean
  readonly listVersion: 1 | 2
  /** Whether names in listings may be asked for in the coding of URLs, as control characters and `\r` need. */
  readonly encodesNames: boolean
  /** Whether what came of a body that broke off is kept as if it were whole, and frames with a checksum at their end are understood. */
  readonly framesBodies: boolean
  /** Whether listings are in the order of UTF-8 bytes. */
  readonly listsInOrder: boolean
  /** Whether the ETag of what is stored in one request, or of a part, is its MD5. */
  readonly etagIsMd5: boolean
  /** Whether that of a whole of `n` parts is the MD5 of their MD5s and `-n`. */
  readonly etagOfPartsIsMd5: boolean
  /** Whether `If-Match` and `If-None-Match` of writes are honoured. A service that ignores them looks as if it did. */
  readonly conditions: boolean
  /** Whether a copy may depend on the ETag of its source. */
  readonly copyConditions: boolean
  readonly versions: "ask" | "always" | "never"
  /** Whether `?x-id=…` of the AWS library is understood. */
  readonly takesCallNames: boolean
  readonly maxParts: number
  /** In bytes, but for the last part. */
  readonly minPartSize: number
  readonly maxFileSize: number
  /** In bytes: what one CopyObject takes. Infinite where parts can not be copied and it takes everything. */
  readonly maxCopySize: number
  /** The region of a service that has only one. */
  readonly region: string | undefined
  /** How an empty directory is kept: `dir/`, `dir/.bzEmpty`, or not at all. */
  readonly directoryMarkers: "slash" | "file" | "off"
  /** Metadata that other tools of the service read times from. */
  readonly isB2: boolean
}

const gibibyte = 1024 ** 3
const tebibyte = 1024 ** 4

const usual: Quirks = {
  pathStyle: false,
  listVersion: 2,
  encodesNames: true,
  framesBodies: false,
  listsInOrder: true,
  etagIsMd5: true,
  etagOfPartsIsMd5: true,
  conditions: false,
  copyConditions: true,
  versions: "ask",
  takesCallNames: true,
  maxParts: 10_000,
  minPartSize: 5 * 1024 * 1024,
  maxFileSize: 5 * tebibyte,
  maxCopySize: 5 * gibibyte,
  region: undefined,
  directoryMarkers: "slash",
  isB2: false
}

const own: Quirks = { ...usual, pathStyle: true }

const rows = {
  AWS: { ...usual, conditions: true, maxFileSize: 48.8 * tebibyte },
  Backblaze: {
    ...own,
    copyConditions: false,
    versions: "always",
    directoryMarkers: "file",
    maxFileSize: 10_000_000_000_000,
    isB2: true
  },
  Ceph: { ...own, listVersion: 1, encodesNames: false },
  Cloudflare: { ...own, conditions: true, etagOfPartsIsMd5: false, versions: "never", region: "auto" },
  DigitalOcean: { ...usual, encodesNames: false },
  Garage: { ...own, versions: "never", region: "garage" },
  GCS: {
    ...own,
    etagOfPartsIsMd5: false,
    takesCallNames: false,
    copyConditions: false,
    maxCopySize: Number.POSITIVE_INFINITY,
    region: "auto"
  },
  Hetzner: usual,
  IDrive: own,
  Linode: usual,
  Minio: { ...own, conditions: true },
  OVHcloud: usual,
  Rclone: { ...own, conditions: true, etagOfPartsIsMd5: false, versions: "never", directoryMarkers: "off" },
  Scaleway: { ...usual, conditions: true, maxParts: 1000 },
  SeaweedFS: { ...own, listVersion: 1, encodesNames: false, etagOfPartsIsMd5: false },
  Storj: {
    ...usual,
    listsInOrder: false,
    etagOfPartsIsMd5: false,
    minPartSize: 64 * 1024 * 1024,
    maxCopySize: Number.POSITIVE_INFINITY
  },
  Versity: { ...own, conditions: true, framesBodies: true },
  Wasabi: usual,
  Other: own
} satisfies Record<string, Quirks>

export type Vendor = keyof typeof rows

export const vendors = Object.keys(rows) as ReadonlyArray<Vendor>

const hosts: ReadonlyArray<readonly [end: string, vendor: Vendor]> = [
  ["amazonaws.com", "AWS"],
  ["amazonaws.com.cn", "AWS"],
  ["backblazeb2.com", "Backblaze"],
  ["r2.cloudflarestorage.com", "Cloudflare"],
  ["digitaloceanspaces.com", "DigitalOcean"],
  ["storage.googleapis.com", "GCS"],
  ["your-objectstorage.com", "Hetzner"],
  ["idrivee2.com", "IDrive"],
  ["linodeobjects.com", "Linode"],
  ["cloud.ovh.net", "OVHcloud"],
  ["scw.cloud", "Scaleway"],
  ["storjshare.io", "Storj"],
  ["wasabisys.com", "Wasabi"]
]

/** Of the service at `host`; without an endpoint it is AWS. */
export const vendorOf = (host: string | undefined): Vendor => {
  if (host === undefined) return "AWS"
  const found = hosts.find(([end]) => host === end || host.endsWith(`.${end}`))
  return found?.[1] ?? "Other"
}

/** What is known of a server by what it calls itself, and is too dangerous to wait for somebody to say whose it is. */
export const heeding = (quirks: Quirks, server: string): Quirks =>
  /^versitygw\b/i.test(server) ? { ...quirks, framesBodies: true } : quirks

export const quirksOf = (vendor: Vendor): Quirks => rows[vendor]

/** A name or an address that a bucket can not stand before. */
const isPlainHost = (host: string): boolean => /^(?:localhost|\d+(?:\.\d+){3}|\[.*\])$/.test(host)

export const needsPathStyle = (host: string): boolean => isPlainHost(host)

/** The region that the host of an endpoint names: `s3.us-west-004.backblazeb2.com`, `fsn1.your-objectstorage.com`. */
export const regionOf = (vendor: Vendor, host: string | undefined): string | undefined => {
  const { region } = rows[vendor] as Quirks
  if (region !== undefined || host === undefined || vendor === "Other") return region
  const labels = host.split(".").filter((label) => !["s3", "dualstack", "io"].includes(label))
  return hosts.some(([, named]) => named === vendor) && labels.length > 2 ? labels[0] : undefined
}
