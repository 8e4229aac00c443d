/**
 * What a storage service must do to be an OurClone provider.
 *
 * A `Provider` is a plain value, not a service tag, because a transfer holds
 * two of them. It is rooted at a location, such as a bucket or a folder of it,
 * and every path is relative to that root. Every provider is held to
 * `testing/ProviderContract.ts`.
 *
 * Calling a method does nothing by itself; running its effect does the work,
 * and running it again does the work again. Retries depend on this. Providers
 * do not retry: they fail once and the error says whether it may pass. A listing
 * in pages is the exception, since only it can ask for one page again: it does so
 * with `Retry.retrying`.
 */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Buckets } from "./Buckets.ts"
import type { ByteRange, ByteSource } from "./ByteSource.ts"
import type { Capabilities } from "./Capabilities.ts"
import type { ContentHeaders } from "./ContentHeaders.ts"
import type { DatedFile, Directory, Entry, File, Metadata } from "./Entry.ts"
import type { Keys } from "./Keys.ts"
import type { LargeFile } from "./LargeFile.ts"
import type { Leftovers } from "./Leftovers.ts"
import type { PlaceIdentity } from "./PlaceIdentity.ts"
import type { Rates } from "./Rates.ts"
import type { RemotePath } from "./RemotePath.ts"
import type { Specification } from "./Specification.ts"
import type { StorageError } from "./StorageError.ts"
import type { Versions } from "./Versions.ts"

export interface PutOptions {
  /** Whole milliseconds since 1970 UTC. */
  readonly modifiedAt: number
  /** To be added to it, where `Capabilities.keepsNanoseconds`; passed over elsewhere. */
  readonly nanoseconds?: number | undefined
  readonly contentType?: string | undefined
  /** Kept with the file where `Capabilities.keepsMetadata`, and passed over elsewhere. */
  readonly metadata?: Metadata | undefined
  /** Kept with the file where `Capabilities.keepsContentHeaders`, and passed over elsewhere. */
  readonly contentHeaders?: ContentHeaders | undefined
  /**
   * Once `put` has ended the bytes and the name outlive a power cut. A service
   * that stores elsewhere is like that by itself; a file system takes
   * milliseconds for it, so only what must not be lost asks for it.
   */
  readonly durable?: boolean | undefined
}

export type Put = (path: RemotePath, source: ByteSource, options: PutOptions) => Effect.Effect<DatedFile, StorageError>

export interface ListOptions {
  /** Stop at the first level. */
  readonly depth?: 1 | undefined
  /** What lies below a directory for which this is false is of no interest; a provider that can may pass over it. */
  readonly mayContain?: ((directory: RemotePath) => boolean) | undefined
  /**
   * What stands at or before it in the order of `Entry.orderKey` is of no interest, nor what `Spelling.segments` spells; a
   * provider that can may pass over it. It is a path that `Spelling.segments` leaves as it is.
   */
  readonly after?: RemotePath | undefined
}

/** Something a person should know of what was done, that is no failure. `code` is stable, for programs. */
export interface Remark {
  readonly code: string
  readonly message: string
}

/** An address of its own that files are fetched from. */
export interface Downloads {
  readonly address: string
  /** The option of the remote that says another one. */
  readonly option: string
  /** Asks there once, for nothing that is there. Fails where nobody answers, or somebody else than the service. */
  readonly answers: Effect.Effect<void, StorageError>
}

export interface Provider {
  readonly specification: Specification
  /** What users see in messages, for example `b2:holiday-photos/2024`. */
  readonly name: string
  /** Which place this is, as the storage says. Providers with the same `place.account` reach the same files; between them `copy` works. */
  readonly place: PlaceIdentity
  /** Where in the account this provider is rooted, in words of the service and with `/` between segments; "" for all of it. */
  readonly location: string
  readonly capabilities: Capabilities

  /**
   * Everything below `directory`, in the order of `Entry.orderKey` when the capabilities say so.
   *
   * A directory that does not exist is an empty listing; a bucket that does not
   * exist, which only a typing error explains, fails with `NotFound`. With `depth: 1` the
   * listing stops at, and reports, the first level of directories. An entry that
   * can not be read or named is reported as `Skipped`; the listing goes on. It ends
   * without failure only when the service has said that there is no more.
   */
  readonly list: (directory: RemotePath, options?: ListOptions) => Stream.Stream<Entry, StorageError>

  /** Fails with `NotFound` when no file is stored at `path`. */
  readonly stat: (path: RemotePath) => Effect.Effect<DatedFile, StorageError>

  /** Fails with `NotFound` when `path` is not a directory. Where directories are names of files, one with a file below it is. */
  readonly statDirectory?: ((path: RemotePath) => Effect.Effect<Directory, StorageError>) | undefined

  /**
   * The bytes of `file`, of exactly its version where it has a `versionId`, and
   * with `SourceChanged` where they are others than its `identity` says.
   *
   * Fails with `NotFound` before the first byte, with `InvalidRequest` when
   * `range` lies outside the file, and with `Unavailable` when fewer bytes
   * arrive than were announced. Without a range the last piece is followed by
   * `ChecksumMismatch` when the bytes are not those the service has a digest of.
   */
  readonly read: (file: File, range?: ByteRange) => Stream.Stream<Uint8Array, StorageError>

  /** `read` without a range, in one buffer. For files of up to `ByteSource.smallSize` bytes, and those of unsure size. */
  readonly readAll: (file: File) => Effect.Effect<Uint8Array, StorageError>

  /** Present when reading a file twice is cheap; see `ByteSource.digest`. */
  readonly digest?: ((file: File) => NonNullable<ByteSource["digest"]>) | undefined

  /**
   * Stores `source` at `path`, replacing what was there.
   *
   * Either the whole file becomes visible or nothing changes. The provider
   * verifies the bytes end to end and fails with `ChecksumMismatch` otherwise.
   */
  readonly put: Put

  /** `put` that replaces nothing: of two at once one succeeds. Fails with `AlreadyExists`. */
  readonly putIfAbsent?: Put | undefined
  /** `put` in the place of `file` as it was seen, and of nothing else. Fails with `SourceChanged` when it is another or gone. */
  readonly putIfSame?:
    | ((file: File, source: ByteSource, options: PutOptions) => Effect.Effect<DatedFile, StorageError>)
    | undefined

  /**
   * Gives a stored file another `modifiedAt`, without sending its bytes again.
   * Fails with `NotFound` when it is gone, and with `SourceChanged` where it is
   * seen to be another than `file`, as an `identity` shows. Where versions are kept it is a new one.
   */
  readonly touch?:
    | ((file: File, modifiedAt: number, nanoseconds?: number) => Effect.Effect<DatedFile, StorageError>)
    | undefined

  /**
   * `touch` that puts other metadata in the place of all that was kept beside the file. Present where `Capabilities.keepsMetadata`
   * and that takes no bytes of the file. What it is, a file or a link, stays.
   */
  readonly setMetadata?:
    | ((
        file: File,
        metadata: Metadata | undefined,
        modifiedAt: number,
        nanoseconds?: number
      ) => Effect.Effect<DatedFile, StorageError>)
    | undefined

  /** Succeeds when `path` is already gone. */
  readonly remove: (path: RemotePath) => Effect.Effect<void, StorageError>

  /** Makes an empty directory that a listing will report. Succeeds when it exists. Absent when the service has no place for one. */
  readonly makeDirectory?: ((path: RemotePath) => Effect.Effect<void, StorageError>) | undefined
  /** Removes a directory if it is empty, and does nothing otherwise. */
  readonly removeDirectory?: ((path: RemotePath) => Effect.Effect<void, StorageError>) | undefined

  /**
   * Copies inside the service, without moving the bytes through this machine.
   * `from` was listed by a provider of the same account; `fromLocation` is that provider's `location`.
   * Fails with `PermissionDenied` when this provider's credentials may not read it; the other's may.
   */
  readonly copy?:
    | ((from: File, fromLocation: string, to: RemotePath) => Effect.Effect<DatedFile, StorageError>)
    | undefined

  /**
   * Gives a file another name, at once and with everything it has, replacing what was there. Absent where that takes
   * a copy. Fails with `NotFound` when it is gone, with `SourceChanged` where it is seen to be another than `from`.
   */
  readonly move?: ((from: File, to: RemotePath) => Effect.Effect<DatedFile, StorageError>) | undefined
  /**
   * Gives a directory another name at once, with all that is in it. Fails with `NotFound` when it is not there, with
   * `AlreadyExists` when anything is at `to`, and with `InvalidRequest` when `to` lies inside it.
   */
  readonly moveDirectory?: ((from: RemotePath, to: RemotePath) => Effect.Effect<void, StorageError>) | undefined

  /**
   * An address by which whoever has it may read the file for so many milliseconds, without a key. Fails with `NotFound`,
   * and with `InvalidRequest` where the service allows no address for so long.
   */
  readonly link?: ((path: RemotePath, validMillis: number) => Effect.Effect<string, StorageError>) | undefined

  /** Present when files may be stored in parts. */
  readonly largeFile?: LargeFile | undefined
  /** Present when old versions can be listed and removed. */
  readonly versions?: Versions | undefined
  /** Present when the account is divided in buckets. */
  readonly buckets?: Buckets | undefined
  /** Present where the service has keys that may do less than all. Never made again by a layer: a key might be made twice. */
  readonly keys?: Keys | undefined
  /**
   * Which thing `path` names. Present where a path below the root may lead to what
   * another path names too, by a mount or a link; asked before anything is removed.
   */
  readonly locate?: ((path: RemotePath) => Effect.Effect<PlaceIdentity, StorageError>) | undefined
  /**
   * The mount by which a program, rather than a disk or the system, shows what is at `path`: what is stored behind it may be seen
   * here late, and the other way round. Undefined of every other path; absent where there is none.
   */
  readonly mountOf?: ((path: RemotePath) => Effect.Effect<string | undefined, StorageError>) | undefined
  /** Where its files lie, for a storage that is made of another: `place` says which files they are. */
  readonly beneath?: PlaceIdentity | undefined
  /**
   * The name that the file at a path is stored under. Present where that may be another than its path: the begin of it,
   * which another file may have for its path.
   */
  readonly storedAs?: ((path: RemotePath) => RemotePath) | undefined
  /** What there is to say of what was done since it was opened, each thing once. Asked when a run ends. */
  readonly remarks?: (() => ReadonlyArray<Remark>) | undefined
  /** Removes what runs that are known to have ended left in what was listed or written to, unless a later run can go on with it. */
  readonly tidy?: Effect.Effect<void, StorageError> | undefined
  /** Present where a run that is cut off leaves something that listings pass over. */
  readonly leftovers?: Leftovers | undefined
  /** By how many milliseconds the service's clock was ahead of this machine's when it answered first, to a second; where it said its time. */
  readonly clockAheadMillis?: number | undefined
  /** What using it costs, where that is known. */
  readonly rates?: Rates | undefined
  /** Bytes that can still be stored, where the service knows. */
  readonly freeSpace?: Effect.Effect<number, StorageError> | undefined
  /** Present where files are fetched from another address than the one that everything else is asked at. Never asked again by a layer. */
  readonly downloads?: Downloads | undefined
}
