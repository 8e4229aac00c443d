/** The `LargeFile` of `MemoryProvider`. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { DatedFile, File } from "../contract/Entry.ts"
import type { LargeFile, Limits, Part, Unfinished } from "../contract/LargeFile.ts"
import type { PutOptions } from "../contract/Provider.ts"
import * as RemotePath from "../contract/RemotePath.ts"
import { InvalidRequest, NotFound, type Reason, type StorageError } from "../contract/StorageError.ts"
import { type MemoryAccount, receive, type Started, type Stored, sha1 } from "./MemoryAccount.ts"

interface Host {
  readonly account: MemoryAccount
  readonly limits: Partial<Limits>
  readonly absolute: (path: string) => RemotePath.RemotePath
  readonly relative: (path: string) => RemotePath.RemotePath
  readonly fail: (operation: string, path: string, reason: Reason) => StorageError
  readonly find: (operation: string, path: string, seen?: File) => Effect.Effect<Stored, StorageError>
  readonly store: (path: string, bytes: Uint8Array, options: PutOptions) => DatedFile
}

export const make = ({ absolute, account, fail, find, relative, store, ...host }: Host): LargeFile => {
  const limits: Limits = {
    cutoff: 1024 * 1024,
    minPartSize: 1024,
    maxPartSize: Number.MAX_SAFE_INTEGER,
    maxParts: 10_000,
    recommendedPartSize: 256 * 1024,
    partChecksum: "sha1",
    ...host.limits
  }

  const started = (operation: string, { id, path }: Unfinished) =>
    Effect.suspend(() => {
      const found = account.started.get(id)
      if (found !== undefined) return Effect.succeed(found)
      const message = "this large file was cancelled or never started; start it again"
      return Effect.fail(fail(operation, path, new NotFound({ message })))
    })

  /** The large file, where it may have a part of that number. */
  const startedFor = (operation: string, file: Unfinished, number: number) =>
    number >= 1 && number <= limits.maxParts
      ? started(operation, file)
      : Effect.fail(
          fail(operation, file.path, new InvalidRequest({ message: `parts are numbered from 1 to ${limits.maxParts}` }))
        )

  /** `from` may have been listed by a provider with another location, where its path means another file. */
  const findVersion = (from: File) => {
    const isIt = ({ file }: Stored) =>
      from.versionId === undefined
        ? from.identity !== undefined && file.identity === from.identity
        : file.versionId === from.versionId
    const kept = [...account.history.values()]
      .flat()
      .find((version) => version.stored !== undefined && isIt(version.stored))
    const stored = kept?.stored ?? [...account.files.values()].find(isIt)
    return stored === undefined ? find("copyPart", from.path, from) : Effect.succeed(stored)
  }

  const keep = ({ parts }: Started, number: number, bytes: Uint8Array): Part => {
    const part: Part = { number, size: bytes.length, checksum: sha1(bytes) }
    parts.set(number, { part, bytes })
    return part
  }

  const refusal = (large: Started, parts: ReadonlyArray<Part>): string | undefined => {
    // As in B2.
    if (parts.length < 2) return "a file in parts has at least 2; cut it once more"
    for (const [index, { checksum, number }] of parts.entries()) {
      const arrived = large.parts.get(index + 1)?.part
      if (number !== index + 1 || arrived === undefined) return `part ${index + 1} is missing; send it`
      if (checksum !== arrived.checksum) return `part ${number} is not the one that arrived last; list the parts`
      if (index + 1 < parts.length && arrived.size < limits.minPartSize) {
        return `part ${number} is smaller than ${limits.minPartSize} bytes; use larger parts`
      }
    }
    return undefined
  }

  return {
    limits,
    start: (path, options) =>
      Effect.sync(() => {
        const { modifiedAt, partSize, sha1, size } = options
        const known = { size, modifiedAt, partSize, ...(sha1 === undefined ? {} : { sha1 }) }
        const file = { id: `large-${account.nextId++}`, path, startedAt: Date.now(), ...known }
        account.started.set(file.id, { file: { ...file, path: absolute(path) }, options, parts: new Map() })
        return file
      }),
    uploadPart: (file, number, source, options) =>
      Effect.flatMap(startedFor("uploadPart", file, number), (large) =>
        Effect.map(
          receive(source, options.checksums?.sha1 ?? source.sha1, (reason) => fail("uploadPart", file.path, reason)),
          (bytes) => keep(large, number, bytes)
        )
      ),
    copyPart: (file, number, from, { length, offset }) =>
      Effect.flatMap(startedFor("copyPart", file, number), (large) =>
        Effect.flatMap(findVersion(from), ({ bytes }) => {
          if (offset + length <= bytes.length)
            return Effect.succeed(keep(large, number, bytes.slice(offset, offset + length)))
          const message = `bytes ${offset} to ${offset + length} lie outside a file of ${bytes.length} bytes`
          return Effect.fail(fail("copyPart", from.path, new InvalidRequest({ message })))
        })
      ),
    finish: (file, parts) =>
      Effect.flatMap(started("finish", file), (large) => {
        if (large.finished !== undefined) return Effect.succeed(large.finished)
        const message = refusal(large, parts)
        if (message !== undefined) return Effect.fail(fail("finish", file.path, new InvalidRequest({ message })))
        const bytes = parts.map(({ number }) => large.parts.get(number)?.bytes ?? new Uint8Array())
        large.finished = store(file.path, new Uint8Array(Buffer.concat(bytes)), large.options)
        large.parts.clear()
        return Effect.succeed(large.finished)
      }),
    cancel: ({ id }) =>
      Effect.sync(() => {
        if (account.started.get(id)?.finished === undefined) account.started.delete(id)
      }),
    unfinished: (path) =>
      Stream.suspend(() =>
        Stream.fromArray(
          [...account.started.values()]
            .filter(({ file, finished }) => finished === undefined && RemotePath.isWithin(file.path, absolute(path)))
            .map(({ file }) => ({ ...file, path: relative(file.path) }))
        )
      ),
    parts: (file) =>
      Stream.unwrap(
        Effect.map(started("parts", file), ({ parts }) =>
          Stream.fromArray([...parts.values()].map(({ part }) => part).sort((a, b) => a.number - b.number))
        )
      )
  }
}
