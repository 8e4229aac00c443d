/**
 * What is the same for every storage without folders that takes and gives files whole: rows of a table, values of a store of
 * keys. One that streams them does this itself.
 */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type ByteSource, fromBytes } from "../contract/ByteSource.ts"
import type { Entry, File } from "../contract/Entry.ts"
import type { ListOptions, Provider } from "../contract/Provider.ts"
import { makeUnsafe, type RemotePath } from "../contract/RemotePath.ts"
import {
  ChecksumMismatch,
  type Reason,
  SourceChanged,
  type StorageError,
  wronglyNoted
} from "../contract/StorageError.ts"
import { refusal } from "./ArrivingBytes.ts"

/** The listing of `directory`, of all the files that lie below it, in order. */
export const listing = (
  files: Effect.Effect<ReadonlyArray<File>, StorageError>,
  directory: RemotePath,
  { depth }: ListOptions = {}
): Stream.Stream<Entry, StorageError> =>
  Stream.fromIterableEffect(depth === undefined ? files : Effect.map(files, (all) => firstLevel(all, directory)))

const firstLevel = (files: ReadonlyArray<File>, directory: RemotePath): ReadonlyArray<Entry> => {
  const start = directory === "" ? 0 : directory.length + 1
  const level = new Map<string, Entry>()
  for (const file of files) {
    const end = file.path.indexOf("/", start)
    if (end < 0) level.set(file.path, file)
    else level.set(file.path.slice(0, end + 1), { _tag: "Directory", path: makeUnsafe(file.path.slice(0, end)) })
  }
  return [...level.values()]
}

/** `Provider.read` by its `readAll`. */
export const reading =
  (
    readAll: Provider["readAll"],
    failure: (operation: string, path: string, reason: Reason) => StorageError
  ): Provider["read"] =>
  (file, range) => {
    const refused = range && refusal(file, range)
    return refused === undefined
      ? Stream.unwrap(Effect.map(readAll(file), (bytes) => fromBytes(bytes).read(range)))
      : Stream.fail(failure("read", file.path, refused))
  }

/** Why so many bytes of that SHA-1, in hex, are not what `source` announced. The SHA-1 of one that announced none may be "". */
export const wrongBytes = (source: ByteSource, size: number, sha1: string): Reason | undefined => {
  if (size !== source.size) {
    return new SourceChanged({ message: `the source gave ${size} bytes where it had announced ${source.size}` })
  }
  const { isSha1Noted, sha1: expected } = source
  if (expected === undefined || expected === sha1) return undefined
  if (isSha1Noted === true) return wronglyNoted(expected, sha1)
  return new ChecksumMismatch({ message: "other bytes arrived than were announced", expected, actual: sha1 })
}

/** All bytes of `source`, held against what it announced. */
export const received = (
  source: ByteSource,
  fail: (reason: Reason) => StorageError
): Effect.Effect<Uint8Array, StorageError> =>
  Effect.flatMap(Stream.runCollect(source.read()), (pieces) => {
    const bytes = Buffer.concat(pieces)
    const wrong = wrongBytes(source, bytes.length, source.sha1 === undefined ? "" : hash("sha1", bytes))
    return wrong === undefined ? Effect.succeed(bytes) : Effect.fail(fail(wrong))
  })
