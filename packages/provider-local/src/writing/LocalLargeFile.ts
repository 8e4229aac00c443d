/**
 * Files written in parts: downloads that use several ranges at once and go on
 * after an interruption.
 *
 * Parts are written at their offset into a temporary file beside the target and
 * noted in a journal. `finish` compares the SHA-1 of the whole, where it is
 * known, and renames. Where it is not known, each part is flushed to the disk
 * before it is noted, because a power cut could not be told from a good part.
 */
import { createHash } from "node:crypto"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type {
  FinishOptions,
  LargeFile,
  Limits,
  Part,
  PartOptions,
  StartOptions,
  Unfinished
} from "@ourclone/core/contract/LargeFile"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  ChecksumMismatch,
  InvalidRequest,
  NotFound,
  SourceChanged,
  type StorageError
} from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import { ThreadPlaces } from "@ourclone/core/machine/ThreadPlaces"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as fs from "../disk/DiskFs.ts"
import * as FrontierHash from "../hashing/FrontierHash.ts"
import { attempt, codeOf, toStorageError } from "../place/LocalErrors.ts"
import * as LocalFiles from "../place/LocalFiles.ts"
import * as LocalMetadata from "../place/LocalMetadata.ts"
import * as Place from "../place/LocalPlace.ts"
import { isAbandoned } from "../unfinished/AbandonedFiles.ts"
import * as Journal from "../unfinished/Journal.ts"
import { journalName, makeId, temporaryName } from "../unfinished/TemporaryName.ts"
import * as UnfinishedFiles from "../unfinished/UnfinishedFiles.ts"
import * as FileWriting from "./FileWriting.ts"
import { ofOneFile } from "./FreeSpace.ts"
import type { Shared } from "./LocalWrite.ts"
import * as Replacement from "./Replacement.ts"

const mebibyte = 1024 * 1024

const limits: Limits = {
  cutoff: 128 * mebibyte,
  minPartSize: 1,
  maxPartSize: Number.MAX_SAFE_INTEGER,
  maxParts: 10_000,
  recommendedPartSize: 32 * mebibyte,
  partChecksum: undefined
}

/** What this process knows of one unfinished file. */
interface State {
  readonly parts: Map<number, Journal.StoredPart>
  hash: FrontierHash.FrontierHash | undefined
  /** Parts being written. */
  active: number
  /** The answer that `finish` gave, for those who did not hear it. */
  outcome: Exit.Exit<DatedFile, StorageError> | undefined
}

const toPart = ({ number, size, checksum }: Journal.StoredPart): Part => ({ number, size, checksum })

const inOrder = (parts: Iterable<Journal.StoredPart>): ReadonlyArray<Journal.StoredPart> =>
  [...parts].sort((left, right) => left.number - right.number)

/** Where the first gap is. */
const frontier = (parts: Iterable<Journal.StoredPart>): number => {
  let end = 0
  for (const [index, part] of inOrder(parts).entries()) {
    if (part.number !== index + 1 || part.offset !== end) break
    end += part.size
  }
  return end
}

const missing = () => new NotFound({ message: "this unfinished file is not there any more: start it again" })

export const make = ({ durability, folders, freeSpace, place, refusals }: Shared): LargeFile => {
  const states = new Map<string, State>()

  const temporaryOf = ({ path, id }: Unfinished): string =>
    Replacement.beside(Place.absolute(place, path), temporaryName(RemotePath.basename(path), id))
  const journalOf = ({ path, id }: Unfinished): string =>
    Replacement.beside(Place.absolute(place, path), journalName(RemotePath.basename(path), id))

  /** Throws `NotFound` when there is neither memory nor journal of `file`. */
  const stateOf = (file: Unfinished): State => {
    const known = states.get(file.id)
    if (known !== undefined) return known
    const journal = Journal.read(journalOf(file))
    if (journal === undefined) throw missing()
    if (file.size !== undefined) freeSpace.reserve(temporaryOf(file), file.size)
    const state: State = { parts: journal.parts, hash: undefined, active: 0, outcome: undefined }
    states.set(file.id, state)
    return state
  }

  const openTemporary = (file: Unfinished): number => {
    try {
      return fs.openSync(temporaryOf(file), fs.constants.O_RDWR | (fs.constants.O_NOFOLLOW ?? 0))
    } catch (error) {
      throw codeOf(error) === "ENOENT" ? missing() : error
    }
  }

  const stopHash = (state: State): void => {
    state.hash?.stop()
    state.hash = undefined
  }

  const startNow = (path: RemotePath.RemotePath, options: StartOptions): Unfinished => {
    const { metadata, modifiedAt, partSize, sha1, size } = options
    const target = Replacement.prepare(place, folders, path)
    Replacement.refuseAtFolder(target)
    for (const earlier of UnfinishedFiles.ofFile(place, path)) {
      if (!states.has(earlier.id) && isAbandoned(temporaryName(RemotePath.basename(path), earlier.id)))
        drop(earlier, undefined)
    }
    const started = { id: makeId(), path, startedAt: Date.now(), size, modifiedAt, partSize }
    const file: Unfinished = sha1 === undefined ? started : { ...started, sha1 }
    const temporary = temporaryOf(file)
    freeSpace.reserve(temporary, size)
    const fd = Replacement.createTemporary(temporary, target, LocalMetadata.wanted(place, metadata))
    try {
      fs.ftruncateSync(fd, size)
      Journal.create(journalOf(file), file)
    } catch (error) {
      Replacement.discard(temporary)
      throw error
    } finally {
      fs.closeSync(fd)
    }
    states.set(file.id, { parts: new Map(), hash: undefined, active: 0, outcome: undefined })
    return file
  }

  const openPart = (file: Unfinished, number: number, source: ByteSource, { offset }: PartOptions) => {
    const state = stateOf(file)
    if (number < 1 || number > limits.maxParts) {
      throw new InvalidRequest({ message: `parts are numbered from 1 to ${limits.maxParts}, and this is ${number}` })
    }
    if (offset < 0 || offset + source.size > (file.size ?? Number.MAX_SAFE_INTEGER)) {
      throw new InvalidRequest({ message: `part ${number} would lie outside the file` })
    }
    folders.check(RemotePath.parent(file.path))
    if (state.parts.delete(number)) {
      Journal.dropPart(journalOf(file), number)
      stopHash(state)
    }
    const fd = openTemporary(file)
    state.active++
    return { state, fd }
  }

  const writePart = (
    { state, fd }: { readonly state: State; readonly fd: number },
    file: Unfinished,
    number: number,
    source: ByteSource,
    { checksums, offset }: PartOptions
  ): Effect.Effect<Part, StorageError> => {
    const sha1 = checksums?.sha1
    const toError = (error: unknown) => toStorageError(place, "uploadPart", file.path, ofOneFile(error))
    const hashing = sha1 === undefined ? undefined : createHash("sha1")
    let done = 0
    const write = Stream.runForEachArray(source.read(), (pieces) => {
      const start = done
      for (const piece of pieces) {
        done += piece.length
        hashing?.update(piece)
      }
      return done > source.size
        ? Effect.fail(toError(new SourceChanged({ message: "the source gave more bytes than it had announced" })))
        : Effect.map(FileWriting.write(fd, pieces, offset + start, toError), () => pieces.forEach(PiecePool.give))
    })
    const note = (places: ThreadPlaces) =>
      attempt(place, "uploadPart", file.path, () => {
        if (done !== source.size)
          throw new SourceChanged({ message: "the source gave fewer bytes than it had announced" })
        const actual = hashing?.digest("hex")
        if (sha1 !== undefined && actual !== undefined && actual !== sha1) {
          throw new ChecksumMismatch({ message: `other bytes arrived for part ${number}`, expected: sha1, actual })
        }
        const part: Journal.StoredPart = { number, offset, size: done, checksum: sha1 ?? "" }
        Journal.addPart(journalOf(file), part)
        state.parts.set(number, part)
        const end = frontier(state.parts.values())
        if (file.sha1 !== undefined && end > 0) {
          // Where there is no room for a thread now, `finish` hashes all of it.
          if (state.hash === undefined && places.take(1, 0) === 1) {
            state.hash = FrontierHash.make(temporaryOf(file), places.give)
          }
          state.hash?.advance(end)
        }
        return toPart(part)
      })
    const written = file.sha1 === undefined ? Effect.andThen(write, FileWriting.flush(fd, toError)) : write
    return written.pipe(Effect.andThen(ThreadPlaces), Effect.flatMap(note))
  }

  const drop = (file: Unfinished, state: State | undefined): void => {
    if (state !== undefined) stopHash(state)
    Replacement.discard(temporaryOf(file))
    Replacement.discard(journalOf(file))
    freeSpace.release(temporaryOf(file))
  }

  /** Throws `InvalidRequest` unless parts `1…n` are there and make up the whole file. */
  const checkParts = (file: Unfinished, state: State, parts: ReadonlyArray<Part>): number => {
    const end = frontier(state.parts.values())
    const size = file.size ?? end
    const isComplete = end === size && parts.every(({ number }) => state.parts.has(number))
    if (!isComplete || parts.length !== state.parts.size) {
      throw new InvalidRequest({ message: `parts are missing: ${end} of ${size} bytes have arrived in order` })
    }
    return size
  }

  const verify = (file: Unfinished, state: State, size: number): Effect.Effect<void, StorageError> => {
    const expected = file.sha1
    if (expected === undefined) return Effect.void
    const hash = Effect.gen(function* () {
      if (state.hash === undefined) {
        const places = yield* ThreadPlaces
        yield* places.turn
        state.hash = FrontierHash.make(temporaryOf(file), () => {})
      }
      return yield* state.hash.finish(size)
    })
    return Effect.scoped(hash).pipe(
      Effect.mapError((error) => toStorageError(place, "finish", file.path, error)),
      Effect.ensuring(Effect.sync(() => stopHash(state))),
      Effect.flatMap((actual) =>
        actual === expected
          ? Effect.void
          : attempt(place, "finish", file.path, () => {
              const message = "the bytes that arrived are not those of the file: they were removed"
              drop(file, state)
              throw new ChecksumMismatch({ message, expected, actual })
            })
      )
    )
  }

  const rename = (file: Unfinished, size: number, { metadata, nanoseconds = 0 }: FinishOptions): DatedFile => {
    const temporary = temporaryOf(file)
    const target = Replacement.prepare(place, folders, file.path)
    const modifiedAt = file.modifiedAt ?? Date.now()
    const fd = openTemporary(file)
    try {
      const kept = LocalMetadata.wanted(place, metadata)
      Replacement.commit({ target, temporary, fd }, { modifiedAt, nanoseconds, kept }, refusals)
    } finally {
      fs.closeSync(fd)
    }
    Replacement.discard(journalOf(file))
    freeSpace.release(temporary)
    const checksums = file.sha1 === undefined ? {} : { sha1: file.sha1 }
    const kept = place.metadata ? LocalMetadata.fields(place, target, false, fs.lstatSync(target)) : {}
    return { _tag: "File", path: file.path, size, modifiedAt, nanoseconds, checksums, ...kept }
  }

  /** The file that an earlier run has finished. */
  const finished = (file: Unfinished): DatedFile => {
    const found = LocalFiles.stat(place, file.path)
    if (found.size !== file.size || found.modifiedAt !== file.modifiedAt) throw missing()
    return found
  }

  /** A mismatch too, since the file that stands at the path is an older one. */
  const remember = (state: State, exit: Exit.Exit<DatedFile, StorageError>): void => {
    const error = Option.getOrUndefined(Exit.findErrorOption(exit))
    if (Exit.isSuccess(exit) || error?.reason._tag === "ChecksumMismatch") state.outcome = exit
  }

  const flush = (file: Unfinished): Effect.Effect<void, StorageError> =>
    Effect.acquireUseRelease(
      attempt(place, "finish", file.path, () => openTemporary(file)),
      (fd) => FileWriting.flush(fd, (error) => toStorageError(place, "finish", file.path, error)),
      (fd) => Effect.sync(() => fs.closeSync(fd))
    )

  const finishNow = (
    file: Unfinished,
    parts: ReadonlyArray<Part>,
    state: State,
    options: FinishOptions
  ): Effect.Effect<DatedFile, StorageError> =>
    attempt(place, "finish", file.path, () => checkParts(file, state, parts)).pipe(
      Effect.tap((size) => verify(file, state, size)),
      Effect.tap(() => (options.durable === true ? flush(file) : Effect.void)),
      Effect.flatMap((size) => attempt(place, "finish", file.path, () => rename(file, size, options))),
      Effect.onExit((exit) => Effect.sync(() => remember(state, exit)))
    )

  return {
    limits,
    start: (path, options) => attempt(place, "start", path, () => startNow(path, options)),
    uploadPart: (file, number, source, options) =>
      Effect.acquireUseRelease(
        attempt(place, "uploadPart", file.path, () => openPart(file, number, source, options)),
        (opened) => writePart(opened, file, number, source, options),
        ({ state, fd }, exit) =>
          Effect.sync(() => {
            fs.closeSync(fd)
            state.active--
            if (Exit.isFailure(exit) && state.active === 0) stopHash(state)
          })
      ),
    finish: (file, parts, options = {}) =>
      attempt(place, "finish", file.path, () => {
        const outcome = states.get(file.id)?.outcome
        if (outcome !== undefined) return outcome
        if (!fs.existsSync(temporaryOf(file))) return Effect.succeed(finished(file))
        return finishNow(file, parts, stateOf(file), options)
      }).pipe(
        Effect.flatten,
        Effect.tap(() => (options.durable === true ? durability.keepName(file.path) : Effect.void))
      ),
    cancel: (file) =>
      attempt(place, "cancel", file.path, () => {
        drop(file, states.get(file.id))
        states.delete(file.id)
      }),
    unfinished: (path) => UnfinishedFiles.find(place, path),
    parts: (file) =>
      Stream.unwrap(
        attempt(place, "parts", file.path, () =>
          Stream.fromIterable(inOrder(Journal.read(journalOf(file))?.parts.values() ?? []).map(toPart))
        )
      )
  }
}
