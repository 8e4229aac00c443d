/** Standard input, which the main thread sends in pieces, as the content of a file. */
import type { InputResult } from "./ArchiveMessages.ts"
import type { ChunkStore } from "./ChunkStore.ts"

export interface InputPieces {
  /** Resolves when the next piece may come; for an empty one, which is the end, with the content. */
  readonly give: (piece: Buffer) => Promise<InputResult | undefined>
}

export const make = (chunks: ChunkStore, onBytes: (bytes: number) => void): InputPieces => {
  let piece: Buffer | undefined
  let used = 0
  let failure: unknown
  let onPiece: () => void = () => undefined
  let onUsed: () => void = () => undefined

  const read = async (buffer: Buffer, at: number, length: number): Promise<number> => {
    if (piece === undefined)
      await new Promise<void>((resolve) => {
        onPiece = resolve
      })
    const current = piece!
    const count = current.copy(buffer, at, used, Math.min(current.length, used + length))
    used += count
    if (used === current.length && count > 0) {
      piece = undefined
      onUsed()
    }
    return count
  }

  const result = chunks.store(read, onBytes).then(({ ids, size }): InputResult => ({ content: ids, size }))
  result.catch((error) => {
    failure = error
    onUsed()
  })

  return {
    give: async (next) => {
      const isUsed = new Promise<void>((resolve) => {
        onUsed = resolve
      })
      piece = next
      used = 0
      onPiece()
      if (next.length === 0) return result
      await isUsed
      if (failure !== undefined) throw failure
      return undefined
    }
  }
}
