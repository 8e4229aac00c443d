/** Changes stored files of a repository in memory behind its back, as a failing disk would. */
import { hash } from "node:crypto"
import type { MemoryAccount } from "@ourclone/core/testing/MemoryAccount"

/** Stores other bytes under the same name. */
export const replace = ({ files }: MemoryAccount, path: string, bytes: Uint8Array): void => {
  const stored = files.get(path)
  if (stored === undefined) throw new Error(`there is no ${path}`)
  const checksums = { sha1: hash("sha1", bytes) }
  files.set(path, { file: { ...stored.file, size: bytes.length, checksums }, bytes })
}

/** Turns one bit over; turning it again repairs the file. */
export const flip = (account: MemoryAccount, path: string, position: number): void => {
  const bytes = Buffer.from(account.files.get(path)!.bytes)
  bytes[position]! ^= 1 << (position % 8)
  replace(account, path, bytes)
}
