/** A disk of a cache that loses, when the power is cut, what was not synced. */
import * as fs from "node:fs"
import { type CacheDisk, realDisk } from "../cache/CacheDisk.ts"

export interface DyingDisk extends CacheDisk {
  /** The database is on the disk as it is now. */
  readonly durable: () => void
  /** Everything is what it was when it was last synced. Nothing may have it open. */
  readonly cut: () => void
}

/** `database` is the file; its log lies beside it. */
export const make = (database: string): DyingDisk => {
  const files = new Map<number, string>()
  const synced = new Map<string, Buffer>()
  const touched = new Set<string>()
  const logged = [database, `${database}-wal`]
  const kept = new Map<string, Buffer | undefined>(logged.map((file) => [file, undefined]))
  const keep = (descriptor: number) => {
    const file = files.get(descriptor)
    if (file !== undefined && fs.existsSync(file)) synced.set(file, fs.readFileSync(file))
  }
  return {
    ...realDisk,
    open: (file) => {
      const descriptor = realDisk.open(file)
      files.set(descriptor, file)
      touched.add(file)
      return descriptor
    },
    sync: async (descriptor) => {
      await realDisk.sync(descriptor)
      keep(descriptor)
    },
    syncNow: (descriptor) => {
      realDisk.syncNow(descriptor)
      keep(descriptor)
    },
    free: (descriptor, start, end) => {
      const isFree = realDisk.free(descriptor, start, end)
      // A hole may come to the disk at once.
      if (isFree)
        synced
          .get(files.get(descriptor) ?? "")
          ?.subarray(start, end)
          .fill(0)
      return isFree
    },
    remove: (file) => {
      // The name may come back, or not: the worse is that its bytes are gone.
      synced.delete(file)
      realDisk.remove(file)
    },
    durable: () => {
      for (const file of logged) kept.set(file, fs.existsSync(file) ? fs.readFileSync(file) : undefined)
    },
    cut: () => {
      for (const file of touched) {
        const bytes = synced.get(file)
        if (bytes === undefined) fs.rmSync(file, { force: true })
        else fs.writeFileSync(file, bytes)
      }
      fs.rmSync(`${database}-shm`, { force: true })
      for (const [file, bytes] of kept) {
        if (bytes === undefined) fs.rmSync(file, { force: true })
        else fs.writeFileSync(file, bytes)
      }
    }
  }
}
