/**
 * Where a file is cut, exactly as restic cuts it.
 *
 * A chunk ends at the first place, at least 512 KiB behind its start, where the
 * fingerprint of the last 64 bytes ends in twenty zero bits, or at 8 MiB, or at
 * the end of the file. So a cut depends on nothing but those 64 bytes and where
 * the chunk began. `assembly/chunker.as` does the looking, block by block.
 */

import * as Polynomial from "../format/Polynomial.ts"
import { degree } from "../format/Polynomial.ts"
import { chunkerModule } from "./ChunkerModule.ts"

/** Bytes of the smallest chunk that is not the last of its file. */
export const minimumSize = 524_288
/** Bytes of the largest chunk. */
export const maximumSize = 8_388_608

const windowSize = 64

/** Belongs to one thread: its calls share the memory they work in. */
export interface Chunker {
  /**
   * How long the chunk is that begins at `start` of `buffer`, of which `length` bytes are there.
   *
   * 0 when there is no cut in them: more are needed, or the file is at its end and they are its last chunk.
   * Ask again with the same bytes and more behind them; `scanned`, the `length` of the last time,
   * saves looking at those again. What lies beyond `maximumSize` is not looked at.
   */
  readonly nextCut: (buffer: Uint8Array, start: number, length: number, scanned?: number) => number
}

export interface Tables {
  /** For each byte that grew beyond the degree: what brings the fingerprint back. */
  readonly reduce: BigUint64Array<ArrayBuffer>
  /** For each byte that leaves the window: what it has left in the fingerprint. */
  readonly out: BigUint64Array<ArrayBuffer>
}

/** One byte more in a fingerprint. */
const push = (fingerprint: bigint, reduce: BigUint64Array): bigint =>
  BigInt.asUintN(64, fingerprint << 8n) ^ reduce[Number(fingerprint >> BigInt(degree - 8))]!

export const makeTables = (polynomial: bigint): Tables => {
  const reduce = BigUint64Array.from({ length: 256 }, (_, byte) => {
    const grown = BigInt(byte) << BigInt(degree)
    return Polynomial.remainder(grown, polynomial) ^ grown
  })
  const out = BigUint64Array.from({ length: 256 }, (_, byte) => {
    let fingerprint = BigInt(byte)
    for (let step = 1; step < windowSize; step++) fingerprint = push(fingerprint, reduce)
    return fingerprint
  })
  return { reduce, out }
}

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly blockSize: WebAssembly.Global
  readonly bytesAt: WebAssembly.Global
  readonly scan: () => number
  readonly scanPart: (count: number) => number
}

let compiled: WebAssembly.Module | undefined

const instantiate = ({ out, reduce }: Tables): Exports => {
  compiled ??= new WebAssembly.Module(Buffer.from(chunkerModule, "base64"))
  const exports = new WebAssembly.Instance(compiled, {}).exports as unknown as Exports
  const tables = new BigUint64Array(exports.memory.buffer, 0, 512)
  tables.set(reduce)
  // The module takes a byte out after it has pushed the next one.
  tables.set(
    out.map((fingerprint) => push(fingerprint, reduce)),
    256
  )
  return exports
}

export const makeChunker = (polynomial: bigint): Chunker => {
  const { blockSize, bytesAt, memory, scan, scanPart } = instantiate(makeTables(polynomial))
  const size: number = blockSize.value
  const block = new Uint8Array(memory.buffer, bytesAt.value, windowSize + size)

  const nextCut: Chunker["nextCut"] = (buffer, start, length, scanned = 0) => {
    const end = Math.min(length, maximumSize)
    let position = Math.max(scanned, minimumSize - 1)
    while (position < end) {
      const count = Math.min(size, end - position)
      const from = start + position
      block.set(buffer.subarray(from - windowSize, from + count))
      const cut = count <= size / 4 ? scanPart(count) : scan()
      // Beyond `count` lies what an earlier block has left.
      if (cut !== 0 && cut <= count) return position + cut
      position += count
    }
    return end === maximumSize ? maximumSize : 0
  }
  return { nextCut }
}
