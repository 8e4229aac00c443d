/** Bodies held in memory. Small ones share slabs, so that a hundred thousand of them are not as many buffers. */
import type { Blob, BlobReader, BodyStore, BodyWriter } from "./Bodies.ts"

interface MemoryBlob extends Blob {
  readonly bytes: Buffer
}

const slabBytes = 1024 * 1024
const smallBytes = 64 * 1024

export const memoryBodies = (): BodyStore => {
  let nextId = 1
  const makeBlob = (length: number): MemoryBlob => ({
    id: nextId++,
    references: 0,
    bytes: Buffer.allocUnsafeSlow(length)
  })
  let slab = makeBlob(0)
  let slabUsed = 0

  const place = (length: number): { blob: MemoryBlob; start: number } => {
    if (length > smallBytes) return { blob: makeBlob(length), start: 0 }
    if (slabUsed + length > slab.bytes.length) {
      slab = makeBlob(slabBytes)
      slabUsed = 0
    }
    const start = slabUsed
    slabUsed += length
    return { blob: slab, start }
  }

  const create = (length: number): BodyWriter => {
    const { blob, start } = place(length)
    let position = start
    return {
      write: (chunk) => {
        chunk.copy(blob.bytes, position)
        position += chunk.length
      },
      finish: () => (length === 0 ? [] : [{ blob, offset: start, length }]),
      abandon: () => {}
    }
  }

  const open = (blob: Blob): BlobReader => {
    const { bytes } = blob as MemoryBlob
    return { read: (offset, length) => bytes.subarray(offset, offset + length), close: () => {} }
  }

  return { create, open, remove: () => {}, close: () => {} }
}
