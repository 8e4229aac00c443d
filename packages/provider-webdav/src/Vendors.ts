/** What servers do each in a way of their own: one table, and no other place that names a vendor. */
import type { Vendor } from "./WebdavOptions.ts"

export interface Habits {
  /**
   * How the time of a file is kept: said with its bytes and shown as its own (`header`), or as a property of ours, which
   * is believed only beside the bytes that it was written for (`property`).
   */
  readonly keepsTime: "header" | "property"
  /** A put replaces a file whole or not at all, so that it needs no other name first. */
  readonly putIsWhole: boolean
  /** Digests are held against what arrives, kept, and told. */
  readonly keepsDigests: boolean
  readonly tellsQuota: boolean
}

const cloud: Habits = { keepsTime: "header", putIsWhole: true, keepsDigests: true, tellsQuota: true }

const table: Record<Vendor, Habits> = {
  nextcloud: cloud,
  owncloud: cloud,
  rclone: { keepsTime: "header", putIsWhole: false, keepsDigests: false, tellsQuota: false },
  other: { keepsTime: "property", putIsWhole: false, keepsDigests: false, tellsQuota: false }
}

export const habitsOf = (vendor: Vendor): Habits => table[vendor]
