/**
 * Files in parts, each written at its place in one temporary file beside the target. Which parts have arrived the server
 * does not know: that is in the journal of uploads, and a part is noted once it was flushed to the server's disk.
 */
import { createHash } from "node:crypto"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { ChecksumAlgorithm, Checksums, DatedFile } from "@ourclone/core/contract/Entry"
import type { LargeFile, Limits, Part, Unfinished } from "@ourclone/core/contract/LargeFile"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  ChecksumMismatch,
  InvalidRequest,
  NotFound,
  type StorageError,
  Unavailable
} from "@ourclone/core/contract/StorageError"
import { type Begun, inMemory, type UploadJournal } from "@ourclone/core/layers/UploadJournal"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Stats } from "ssh2"
import type { Handle } from "../connection/SftpConnection.ts"
import { type Site, whenMissing } from "../connection/SftpErrors.ts"
import * as SftpFile from "../place/SftpFile.ts"
import { absolute, lstat, siteOf } from "../place/SftpPlace.ts"
import { renameOver } from "../unfinished/SftpRename.ts"
import { makeId, temporaryName } from "../unfinished/TemporaryName.ts"
import { explained, failWith, flush, modeAt, refusal, sendPiece, type Writing, window, wrongSize } from "./SftpWrite.ts"

const mebibyte = 1024 * 1024

const limits: Limits = {
  cutoff: 64 * mebibyte,
  minPartSize: 1,
  maxPartSize: Number.MAX_SAFE_INTEGER,
  maxParts: 10_000,
  recommendedPartSize: 32 * mebibyte,
  partChecksum: "md5"
}

const algorithms: ReadonlyArray<ChecksumAlgorithm> = ["sha1", "sha256"]

const gone = () => new NotFound({ message: "this unfinished file is not there any more: start it again" })

const toPart = ({ checksum, number, size }: Part): Part => ({ number, size, checksum })

/** What is noted here may be lost with the server's power where it can not flush: then only this process relies on it. */
const journalFor = ({ connection }: Writing, journal: UploadJournal): UploadJournal =>
  connection.extensions.has("fsync@openssh.com") ? journal : inMemory()

export interface LargeFiles {
  readonly largeFile: LargeFile
  /** Whether a later run goes on with it. */
  readonly isBegun: (id: string) => boolean
}

export const make = (writing: Writing, account: string, shared: UploadJournal): LargeFiles => {
  const { connection, folders, place, times } = writing
  const journal = journalFor(writing, shared)
  /** Those that the server was asked to give their name: where the answer is lost they may have it. */
  const named = new Set<string>()

  const temporaryOf = ({ id, path }: Unfinished): string => {
    const target = absolute(place, path)
    const name = RemotePath.basename(target)
    return `${target.slice(0, target.length - name.length)}${temporaryName(name, id)}`
  }
  const settled = <A>(site: Site, work: Effect.Effect<A, StorageError>): Effect.Effect<A, StorageError> =>
    Effect.catchTag(work, "StorageError", (error) => explained(writing, site, error))
  const openPart = <A>(site: Site, file: Unfinished, use: (opened: Handle) => Effect.Effect<A, StorageError>) =>
    whenMissing(connection.withFile(site, temporaryOf(file), "r+", use), () => failWith(site, gone()))
  const unlink = (site: Site, path: string) =>
    connection.call<void>(site, (sftp, done) => sftp.unlink(path, (error) => done(error, undefined)))

  const start: LargeFile["start"] = (path, { modifiedAt, partSize, sha1, size }) => {
    const site = siteOf(place, "start", path)
    const made = Effect.gen(function* () {
      const refused = refusal(path)
      if (refused !== undefined) return yield* failWith(site, refused)
      yield* folders.ensure(site, RemotePath.parent(path))
      yield* modeAt(writing, site, path)
      const told = { id: makeId(), path, startedAt: Date.now(), size, modifiedAt, partSize }
      const file: Unfinished = sha1 === undefined ? told : { ...told, sha1 }
      yield* connection.withFile(site, temporaryOf(file), "wx", () => Effect.void)
      journal.begin(account, { ...file, path: RemotePath.makeUnsafe(absolute(place, path).slice(1)) })
      return file
    })
    return settled(
      site,
      whenMissing(made, () => {
        folders.forget()
        return made
      })
    )
  }

  /** Gives the MD5 of what was sent. */
  const send = Effect.fnUntraced(function* (
    opened: Handle,
    site: Site,
    source: ByteSource,
    offset: number,
    announced: Checksums
  ) {
    const md5 = createHash("md5")
    const others = algorithms.flatMap((name) =>
      announced[name] === undefined ? [] : [[name, createHash(name)] as const]
    )
    let position = 0
    yield* source.read().pipe(
      Stream.map((piece) => {
        const begin = offset + position
        position += piece.length
        md5.update(piece)
        for (const [, each] of others) each.update(piece)
        return { piece, begin, isTooLong: position > source.size }
      }),
      Stream.mapEffect(
        ({ begin, isTooLong, piece }) =>
          isTooLong ? failWith(site, wrongSize(source, position)) : sendPiece(writing, opened, site, piece, begin),
        { concurrency: window }
      ),
      Stream.runDrain
    )
    if (position !== source.size) return yield* failWith(site, wrongSize(source, position))
    const actual = md5.digest("hex")
    const digests = [["md5", actual] as const, ...others.map(([name, each]) => [name, each.digest("hex")] as const)]
    for (const [name, digest] of digests) {
      const expected = announced[name]
      if (expected === undefined || expected === digest) continue
      const message = "other bytes arrived for a part than were announced"
      return yield* failWith(site, new ChecksumMismatch({ message, expected, actual: digest }))
    }
    return actual
  })

  const uploadPart: LargeFile["uploadPart"] = (file, number, source, { checksums = {}, offset }) => {
    const site = siteOf(place, "uploadPart", file.path)
    const { size = Number.MAX_SAFE_INTEGER } = file
    if (!(number >= 1 && number <= limits.maxParts)) {
      return failWith(site, new InvalidRequest({ message: `parts are numbered from 1 to ${limits.maxParts}` }))
    }
    if (offset < 0 || offset + source.size > size) {
      return failWith(site, new InvalidRequest({ message: `part ${number} would lie outside the file` }))
    }
    const stored = openPart(site, file, (opened) =>
      Effect.gen(function* () {
        journal.dropPart(account, file.id, number)
        const checksum = yield* send(opened, site, source, offset, checksums)
        yield* flush(connection, opened, site)
        journal.addPart(account, file.id, { number, size: source.size, checksum, offset })
        return { number, size: source.size, checksum }
      })
    )
    return settled(site, stored)
  }

  /** Why the parts do not make up the file. */
  const wrongParts = ({ size }: Unfinished, begun: Begun, parts: ReadonlyArray<Part>): string | undefined => {
    let end = 0
    for (const [index, { checksum, number }] of parts.entries()) {
      const arrived = begun.parts.get(number)
      if (number !== index + 1 || arrived === undefined) return `part ${index + 1} is missing`
      if (arrived.checksum !== checksum) return `part ${number} is not the one that arrived last`
      if (arrived.offset !== end) return `part ${number} does not begin where the one before it ends`
      end += arrived.size
    }
    return size === undefined || end === size
      ? undefined
      : `the parts have ${end} bytes and the file is to have ${size}`
  }

  /** The file that an earlier call has made. */
  const finished = (site: Site, file: Unfinished): Effect.Effect<DatedFile, StorageError> =>
    Effect.flatMap(
      whenMissing(lstat(connection, place, site, file.path), () => failWith(site, gone())),
      (stats) => {
        const found = SftpFile.fileOf(file.path, stats)
        const seconds = times.secondsOf(file.modifiedAt ?? 0)
        return SftpFile.isFile(stats) && found.size === file.size && stats.mtime === seconds
          ? Effect.succeed(found)
          : failWith(site, gone())
      }
    )

  const finish: LargeFile["finish"] = (file, parts, { durable } = {}) => {
    const site = siteOf(place, "finish", file.path)
    const begun = journal.find(account, file.id)
    if (begun === undefined) return finished(site, file)
    const wrong = wrongParts(begun.file, begun, parts)
    if (wrong !== undefined) return failWith(site, new InvalidRequest({ message: wrong }))
    const seconds = times.secondsOf(file.modifiedAt ?? Date.now())
    const made = Effect.gen(function* () {
      const mode = yield* modeAt(writing, site, file.path)
      const stats = yield* openPart(site, file, (opened) =>
        Effect.gen(function* () {
          if (durable === true) yield* flush(connection, opened, site)
          const attributes = { atime: seconds, mtime: seconds, ...(mode === undefined ? {} : { mode }) }
          yield* connection.on<void>(opened, site, (sftp, done) =>
            sftp.fsetstat(opened.handle, attributes, (error) => done(error, undefined))
          )
          return yield* connection.on<Stats>(opened, site, (sftp, done) => sftp.fstat(opened.handle, done))
        })
      )
      if (stats.size !== parts.reduce((sum, part) => sum + part.size, 0)) {
        const message = `the server has ${stats.size} bytes of the file`
        return yield* failWith(site, new Unavailable({ message }))
      }
      named.add(file.id)
      yield* renameOver(connection, site, temporaryOf(file), absolute(place, file.path))
      return SftpFile.fileOf(file.path, stats)
    })
    const found = whenMissing(made, (error) => (named.has(file.id) ? finished(site, file) : Effect.fail(error)))
    const noted = Effect.tap(found, () =>
      Effect.sync(() => {
        named.delete(file.id)
        journal.end(account, file.id)
      })
    )
    return settled(site, noted)
  }

  const cancel: LargeFile["cancel"] = (file) => {
    const site = siteOf(place, "cancel", file.path)
    const dropped = Effect.suspend(() => unlink(site, temporaryOf(file)))
    return Effect.andThen(
      whenMissing(dropped, () => Effect.void),
      Effect.sync(() => journal.end(account, file.id))
    )
  }

  /** Below the root of this place, where it is. `path` is from the root of the server. */
  const relative = (path: string): string | undefined => {
    if (!`/${path}`.startsWith(`${place.root}/`)) return undefined
    const below = path.slice(place.root.length)
    return RemotePath.refusal(below) === undefined ? below : undefined
  }

  const unfinished: LargeFile["unfinished"] = (at) =>
    Stream.suspend(() => {
      const found = journal.list(account).flatMap(({ file }): ReadonlyArray<Unfinished> => {
        const path = relative(file.path)
        return path === undefined || !RemotePath.isWithin(path, at)
          ? []
          : [{ ...file, path: RemotePath.makeUnsafe(path) }]
      })
      return Stream.flatMap(Stream.fromIterable(found), (file) => {
        const site = siteOf(place, "unfinished", file.path)
        const looked = connection.call<Stats>(site, (sftp, done) => sftp.lstat(temporaryOf(file), done))
        const there = whenMissing(Effect.as(looked, [file]), () => {
          journal.end(account, file.id)
          return Effect.succeed<Array<Unfinished>>([])
        })
        return Stream.fromIterableEffect(there)
      })
    })

  const parts: LargeFile["parts"] = (file) =>
    Stream.suspend(() => {
      const begun = journal.find(account, file.id)
      if (begun === undefined) return Stream.fromEffect(failWith(siteOf(place, "parts", file.path), gone()))
      const arrived = [...begun.parts.values()].sort((left, right) => left.number - right.number)
      return Stream.fromIterable(arrived.map(toPart))
    })

  return {
    largeFile: { limits, start, uploadPart, finish, cancel, unfinished, parts },
    isBegun: (id) => journal.find(account, id) !== undefined
  }
}
