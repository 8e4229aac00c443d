/**
 * Storing whole files: a temporary file beside the target, verified, then renamed.
 * Only what is to be durable is flushed to the disk before, and its directory after.
 */
import { createHash, hash } from "node:crypto"
import { type ByteSource, smallSize } from "@ourclone/core/contract/ByteSource"
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type { Put, PutOptions } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  AlreadyExists,
  ChecksumMismatch,
  InvalidRequest,
  SourceChanged,
  type StorageError,
  wronglyNoted
} from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as fs from "../disk/DiskFs.ts"
import * as FileTime from "../disk/FileTime.ts"
import { attempt, toStorageError } from "../place/LocalErrors.ts"
import * as LocalMetadata from "../place/LocalMetadata.ts"
import type * as Place from "../place/LocalPlace.ts"
import type { Refusals } from "../place/Refusals.ts"
import * as Symlinks from "../place/Symlinks.ts"
import { makeId, temporaryName } from "../unfinished/TemporaryName.ts"
import type { Durability } from "./Durability.ts"
import * as FileWriting from "./FileWriting.ts"
import type { Folders } from "./Folders.ts"
import { type FreeSpace, ofOneFile } from "./FreeSpace.ts"
import * as Replacement from "./Replacement.ts"

/** Up to this many bytes are written by one synchronous call. */
const atOnceSize = 1024 * 1024

const checkSize = (source: ByteSource, actual: number): void => {
  if (actual === source.size) return
  throw new SourceChanged({ message: `the source gave ${actual} bytes where it had announced ${source.size}` })
}

const checkSha1 = (source: ByteSource, actual: string): void => {
  if (source.sha1 === undefined || source.sha1 === actual) return
  if (source.isSha1Noted === true) throw wronglyNoted(source.sha1, actual)
  const message = "other bytes arrived than were sent"
  throw new ChecksumMismatch({ message, expected: source.sha1, actual })
}

/** Every disk has the times between; of others it may have the nearest one, and says nothing. */
const [earliest, latest] = [0, Date.UTC(2100)]

const keptTime = ({ modifiedAt, nanoseconds = 0 }: PutOptions, look: () => fs.BigIntStats) =>
  modifiedAt >= earliest && modifiedAt < latest ? { modifiedAt, nanoseconds } : FileTime.ofExactStats(look())

/** `look` looks at what was stored, at `absolute`. */
const stored = (
  place: Place.Place,
  path: RemotePath.RemotePath,
  source: ByteSource,
  options: PutOptions,
  absolute: string,
  look: () => fs.BigIntStats
): DatedFile => ({
  _tag: "File",
  path,
  size: source.size,
  ...keptTime(options, look),
  checksums: source.sha1 === undefined ? {} : { sha1: source.sha1 },
  ...(place.metadata
    ? LocalMetadata.fields(place, absolute, LocalMetadata.isLink(place, options.metadata), look())
    : {})
})

const attributesOf = (place: Place.Place, { metadata, modifiedAt, nanoseconds }: PutOptions): LocalMetadata.Given => ({
  modifiedAt,
  nanoseconds,
  kept: LocalMetadata.wanted(place, metadata)
})

/** What all writes of one provider share. */
export interface Shared {
  readonly place: Place.Place
  readonly folders: Folders
  readonly durability: Durability
  readonly freeSpace: FreeSpace
  readonly refusals: Refusals
}

export interface LocalWrites {
  readonly put: Put
  readonly putIfAbsent: Put
}

export const make = (shared: Shared): LocalWrites => ({
  put: makePut(shared, Replacement.commit),
  putIfAbsent: makePut(shared, Replacement.commitNew)
})

const makePut = (
  { durability, folders, freeSpace, place, refusals }: Shared,
  commit: typeof Replacement.commit
): Put => {
  const writeAtOnce = (
    path: RemotePath.RemotePath,
    source: ByteSource,
    options: PutOptions,
    bytes: Uint8Array
  ): DatedFile => {
    checkSize(source, bytes.length)
    if (source.sha1 !== undefined) checkSha1(source, hash("sha1", bytes))
    const attributes = attributesOf(place, options)
    const replacement = Replacement.create(place, folders, path, attributes.kept)
    try {
      FileWriting.writeNow(replacement.fd, bytes)
      commit(replacement, attributes, refusals)
      return stored(place, path, source, options, replacement.target, () =>
        fs.fstatSync(replacement.fd, { bigint: true })
      )
    } catch (error) {
      Replacement.discard(replacement.temporary)
      throw error
    } finally {
      fs.closeSync(replacement.fd)
    }
  }

  const writePieces = (
    path: RemotePath.RemotePath,
    source: ByteSource,
    options: PutOptions,
    replacement: Replacement.Replacement
  ): Effect.Effect<DatedFile, StorageError> => {
    const pieces = source.size <= smallSize ? Stream.fromEffect(source.bytes) : source.read()
    const hashing = source.sha1 === undefined ? undefined : createHash("sha1")
    const toError = (error: unknown) =>
      toStorageError(place, "put", path, source.size > atOnceSize ? ofOneFile(error) : error)
    let position = 0
    const write = Stream.runForEachArray(pieces, (array) => {
      const start = position
      for (const piece of array) {
        position += piece.length
        hashing?.update(piece)
      }
      return Effect.map(FileWriting.write(replacement.fd, array, start, toError), () => array.forEach(PiecePool.give))
    })
    const finish = attempt(place, "put", path, () => {
      checkSize(source, position)
      if (hashing !== undefined) checkSha1(source, hashing.digest("hex"))
      commit(replacement, attributesOf(place, options), refusals)
      return stored(place, path, source, options, replacement.target, () =>
        fs.fstatSync(replacement.fd, { bigint: true })
      )
    })
    if (options.durable !== true) return Effect.andThen(write, finish)
    const flush = FileWriting.flush(replacement.fd, toError)
    return Effect.andThen(Effect.andThen(write, flush), finish)
  }

  const putFile: Put = (path, source, options) =>
    source.size <= atOnceSize && options.durable !== true
      ? Effect.flatMap(source.bytes, (bytes) =>
          attempt(place, "put", path, () => writeAtOnce(path, source, options, bytes))
        )
      : Effect.acquireUseRelease(
          attempt(place, "put", path, () => {
            const replacement = Replacement.create(place, folders, path, attributesOf(place, options).kept)
            if (source.size <= atOnceSize) return replacement
            try {
              freeSpace.reserve(replacement.temporary, source.size)
              return replacement
            } catch (error) {
              fs.closeSync(replacement.fd)
              Replacement.discard(replacement.temporary)
              throw error
            }
          }),
          (replacement) => writePieces(path, source, options, replacement),
          (replacement, exit) =>
            Effect.sync(() => {
              fs.closeSync(replacement.fd)
              freeSpace.release(replacement.temporary)
              if (Exit.isFailure(exit)) Replacement.discard(replacement.temporary)
            })
        )

  const writeLink = (
    path: RemotePath.RemotePath,
    source: ByteSource,
    options: PutOptions,
    bytes: Uint8Array
  ): DatedFile => {
    checkSize(source, bytes.length)
    if (source.sha1 !== undefined) checkSha1(source, hash("sha1", bytes))
    const twin = Replacement.prepare(place, folders, path)
    const link = place.links ? Symlinks.withoutSuffix(twin) : twin
    const isNew = commit === Replacement.commitNew
    if (isNew && fs.lstatSync(twin, { throwIfNoEntry: false }) !== undefined) {
      throw new AlreadyExists({ message: "something is there already" })
    }
    const temporary = isNew ? undefined : Replacement.beside(link, temporaryName(RemotePath.basename(path), makeId()))
    folders.forget()
    Symlinks.write(link, temporary, bytes, attributesOf(place, options), refusals)
    if (place.links && fs.lstatSync(twin, { throwIfNoEntry: false })?.isFile()) fs.unlinkSync(twin)
    return stored(place, path, source, options, link, () => fs.lstatSync(link, { bigint: true }))
  }

  const putLink: Put = (path, source, options) =>
    source.size > Symlinks.maximumTarget
      ? attempt(place, "put", path, () => {
          throw new InvalidRequest({ message: `no target of a symbolic link is ${source.size} bytes long` })
        })
      : Effect.flatMap(source.bytes, (bytes) =>
          attempt(place, "put", path, () => writeLink(path, source, options, bytes))
        )

  return (path, source, options) => {
    const isLink = (place.links && Symlinks.isLinkPath(path)) || LocalMetadata.isLink(place, options.metadata)
    const put = isLink ? putLink : putFile
    const stored = put(path, source, options)
    return options.durable === true ? Effect.tap(stored, () => durability.keepName(path)) : stored
  }
}
