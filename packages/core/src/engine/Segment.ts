/** The pieces that a large file is stored in. */
import type { File } from "../contract/Entry.ts"
import type { Limits } from "../contract/LargeFile.ts"

/** A piece of the finished file: bytes of the source, or the same bytes where the service has them already. */
export interface Segment {
  /** Where it begins in the finished file, in bytes. */
  readonly offset: number
  readonly length: number
  /** Where the service has these bytes. `file` lies in the same account, with its `versionId` where there are versions. */
  readonly copyOf?: { readonly file: File; readonly offset: number } | undefined
}

/** Sends everything. */
export const inParts = (size: number, partSize: number): ReadonlyArray<Segment> =>
  Array.from({ length: Math.ceil(size / partSize) }, (_, index): Segment => {
    const offset = index * partSize
    return { offset, length: Math.min(partSize, size - offset) }
  })

/** Why `segments` are not all of a file of `size` bytes. */
export const refusal = (segments: ReadonlyArray<Segment>, size: number, limits: Limits): string | undefined => {
  let end = 0
  for (const [index, { copyOf, length, offset }] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (offset !== end) return `segment ${index + 1} begins at byte ${offset} and the one before ends at ${end}`
    if (length < 1 || length > limits.maxPartSize || (!isLast && length < limits.minPartSize)) {
      return `segment ${index + 1} has ${length} bytes, and parts have ${limits.minPartSize} to ${limits.maxPartSize}`
    }
    if (copyOf !== undefined && copyOf.offset + length > copyOf.file.size) {
      return `segment ${index + 1} lies outside the file that it is copied from`
    }
    end += length
  }
  if (end !== size) return `the segments have ${end} bytes and the source ${size}`
  return segments.length > limits.maxParts ? `there are more than ${limits.maxParts} segments` : undefined
}
