/** Reading what was encrypted, whole or a part of it. */
import type { ByteRange } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { InvalidRequest, StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Blocks from "./Blocks.ts"
import { rechunk } from "./Rechunk.ts"

const unreadable =
  "its bytes are not what was encrypted with this password: the password is another, or the file is damaged"

export interface Decrypted {
  readonly read: Provider["read"]
  readonly readAll: Provider["readAll"]
}

const mostNonces = 1000
const identityOf = ({ identity = "", modifiedAt, path, size, versionId = "" }: File): string =>
  JSON.stringify([path, size, modifiedAt, versionId, identity])

/** `fileBeneath` is the encrypted file that a file stands for. */
export const make = (beneath: Provider, name: string, key: Buffer, fileBeneath: (file: File) => File): Decrypted => {
  /** Of files that are read in several parts. */
  const nonces = new Map<string, Buffer>()
  const failed = (file: File, reason: StorageError["reason"]) =>
    new StorageError({ provider: name, operation: "read", path: file.path, reason })
  const damaged = (file: File) => failed(file, new UnexpectedResponse({ message: unreadable }))

  const nonceIn = (file: File, header: Uint8Array): Effect.Effect<Buffer, StorageError> =>
    header.length === Blocks.headerSize && Blocks.magic.equals(header.subarray(0, Blocks.magic.length))
      ? Effect.succeed(Buffer.from(header.subarray(Blocks.magic.length)))
      : Effect.fail(failed(file, new UnexpectedResponse({ message: "it is no encrypted file: it begins otherwise" })))

  const openAll = (file: File, sealed: Buffer, nonce: Buffer, first: number): Effect.Effect<Buffer, StorageError> => {
    const blocks: Array<Buffer> = []
    for (let at = 0; at < sealed.length; at += Blocks.sealedSize) {
      const index = first + at / Blocks.sealedSize
      const block = Blocks.open(sealed.subarray(at, at + Blocks.sealedSize), Blocks.nonceOf(nonce, index), key)
      if (block === undefined) return Effect.fail(damaged(file))
      blocks.push(block)
    }
    return Effect.succeed(blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks))
  }

  const nonceOf = (file: File, encrypted: File): Effect.Effect<Buffer, StorageError> => {
    const id = identityOf(encrypted)
    const known = nonces.get(id)
    if (known !== undefined) return Effect.succeed(known)
    const header = beneath.read(encrypted, { offset: 0, length: Blocks.headerSize })
    return Effect.map(
      Effect.flatMap(Stream.runCollect(header), (pieces) => nonceIn(file, Buffer.concat(pieces))),
      (nonce) => {
        if (nonces.size >= mostNonces) nonces.clear()
        nonces.set(id, nonce)
        return nonce
      }
    )
  }

  const whole = (file: File): Stream.Stream<Uint8Array, StorageError> => {
    let nonce: Buffer | undefined
    let index = 0
    const pieces = rechunk(beneath.read(fileBeneath(file)), Blocks.sealedSize * 16, Blocks.headerSize)
    return Stream.mapEffect(pieces, (piece) => {
      if (nonce === undefined) {
        return Effect.map(nonceIn(file, piece), (found): Uint8Array => {
          nonce = found
          return Buffer.alloc(0)
        })
      }
      const first = index
      index += Math.ceil(piece.length / Blocks.sealedSize)
      return openAll(file, piece, nonce, first)
    }).pipe(Stream.filter((piece) => piece.length > 0))
  }

  const part = (file: File, { length, offset }: ByteRange): Stream.Stream<Uint8Array, StorageError> => {
    const encrypted = fileBeneath(file)
    const first = Math.floor(offset / Blocks.blockSize)
    const behind = Math.ceil((offset + length) / Blocks.blockSize)
    const from = Blocks.headerSize + first * Blocks.sealedSize
    const range = {
      offset: from,
      length: Math.min(encrypted.size, Blocks.headerSize + behind * Blocks.sealedSize) - from
    }
    return Stream.unwrap(
      Effect.map(nonceOf(file, encrypted), (nonce) => {
        let index = first
        let skip = offset - first * Blocks.blockSize
        let left = length
        return Stream.mapEffect(rechunk(beneath.read(encrypted, range), Blocks.sealedSize * 16), (piece) => {
          const at = index
          index += Math.ceil(piece.length / Blocks.sealedSize)
          return Effect.map(openAll(file, piece, nonce, at), (plain): Uint8Array => {
            const cut = plain.subarray(skip).subarray(0, left)
            skip = 0
            left -= cut.length
            return cut
          })
        })
      })
    )
  }

  const read: Provider["read"] = (file, range) => {
    if (range === undefined) return Stream.suspend(() => whole(file))
    const { length, offset } = range
    if (offset < 0 || length < 0 || offset + length > file.size) {
      return Stream.fail(failed(file, new InvalidRequest({ message: "the range lies outside the file" })))
    }
    return length === 0
      ? Stream.drain(beneath.read(fileBeneath(file), { offset: 0, length: 0 }))
      : Stream.suspend(() => part(file, range))
  }
  return {
    read,
    readAll: (file) => Effect.map(Stream.runCollect(read(file)), (pieces) => Buffer.concat(pieces))
  }
}
