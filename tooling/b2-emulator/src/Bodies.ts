/**
 * Where the bytes of files live.
 *
 * Bytes are in blobs, which only grow. The content of a file is a list of extents of blobs, so that finishing a large
 * file or copying a range moves no bytes, and small files can share a blob. A blob goes when the last content that
 * refers to it goes.
 */

export interface Blob {
  readonly id: number
  /** How many extents of stored contents refer to it. */
  references: number
}

export interface BodyWriter {
  /** May keep the chunk: the caller must not change it afterwards. */
  readonly write: (chunk: Buffer) => void
  /** Makes the bytes durable as far as the store is asked to. The content is not retained yet. */
  readonly finish: () => Content
  /** Drops what was written. May be called after a failed `finish`. */
  readonly abandon: () => void
}

export interface BlobReader {
  /** The bytes from `offset`; the caller must not change them. */
  readonly read: (offset: number, length: number) => Buffer
  readonly close: () => void
}

export interface BodyStore {
  /** `length` in bytes is what the writer will be given. */
  readonly create: (length: number) => BodyWriter
  readonly open: (blob: Blob) => BlobReader
  /** Called when nothing refers to the blob any more. */
  readonly remove: (blob: Blob) => void
  readonly close: () => void
}

export interface Extent {
  readonly blob: Blob
  readonly offset: number
  readonly length: number
}

export type Content = readonly Extent[]

/** The bytes from `start` up to, not including, `end`. */
export const sliceContent = (content: Content, start: number, end: number): Content => {
  const slice: Extent[] = []
  let position = 0
  for (const extent of content) {
    const from = Math.max(start - position, 0)
    const to = Math.min(end - position, extent.length)
    if (from < to) slice.push({ blob: extent.blob, offset: extent.offset + from, length: to - from })
    position += extent.length
  }
  return slice
}

export const retain = (content: Content): Content => {
  for (const { blob } of content) blob.references++
  return content
}

export const release = (bodies: BodyStore, content: Content): void => {
  for (const { blob } of content) if (--blob.references === 0) bodies.remove(blob)
}

/** Reads a content from front to back. Holds a reference until closed, so that a deletion meanwhile does no harm. */
export class ContentReader {
  readonly #bodies: BodyStore
  readonly #content: Content
  #index = 0
  #offset = 0
  #closed = false
  #open: BlobReader | undefined

  constructor(bodies: BodyStore, content: Content) {
    this.#bodies = bodies
    this.#content = retain(content)
  }

  /** At most `maxBytes` bytes; undefined at the end. */
  next(maxBytes: number): Buffer | undefined {
    const extent = this.#content[this.#index]
    if (extent === undefined) return undefined
    this.#open ??= this.#bodies.open(extent.blob)
    const length = Math.min(maxBytes, extent.length - this.#offset)
    const bytes = this.#open.read(extent.offset + this.#offset, length)
    if (bytes.length !== length) throw new Error(`The stored blob ${extent.blob.id} is shorter than recorded`)
    this.#offset += length
    if (this.#offset === extent.length) {
      this.#open.close()
      this.#open = undefined
      this.#offset = 0
      this.#index++
    }
    return bytes
  }

  /** May be called twice. */
  close(): void {
    this.#open?.close()
    this.#open = undefined
    this.#index = this.#content.length
    if (this.#closed) return
    this.#closed = true
    release(this.#bodies, this.#content)
  }
}
