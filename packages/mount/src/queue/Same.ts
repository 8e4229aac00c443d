/** Whether two sights of a file are of the same bytes. */
import type { File } from "@ourclone/core/contract/Entry"

/** One version of the storage, as far as it tells versions apart. */
export const isSameVersion = (one: File | undefined, other: File | undefined): boolean => {
  if (one === undefined || other === undefined) return one === other
  if (one.versionId !== undefined && other.versionId !== undefined) return one.versionId === other.versionId
  if (one.identity !== undefined && other.identity !== undefined) return one.identity === other.identity
  return haveSameBytes(one, other)
}

/** What one client stored twice, as when the answer to the first time was lost. */
export const haveSameBytes = (one: File, other: File): boolean => {
  const [a, b] = [one.checksums.sha1, other.checksums.sha1]
  return (
    one.size === other.size && one.modifiedAt === other.modifiedAt && (a === undefined || b === undefined || a === b)
  )
}
