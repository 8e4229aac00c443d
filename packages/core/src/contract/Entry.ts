/**
 * What a listing reports.
 *
 * Entries are plain objects and their times plain numbers, because a listing
 * makes millions of them; the schemas below describe them to `--json` and to
 * whoever reads it.
 */
import * as Schema from "effect/Schema"
import { Remedy } from "./Remedy.ts"
import { RemotePath } from "./RemotePath.ts"

/** Lower-case hex digests that are already known. A missing algorithm means "not known", never "not equal". */
export const Checksums = Schema.Struct({
  sha1: Schema.optionalKey(Schema.String),
  md5: Schema.optionalKey(Schema.String),
  sha256: Schema.optionalKey(Schema.String)
})
export type Checksums = typeof Checksums.Type
export type ChecksumAlgorithm = keyof Checksums

/** Texts kept with a file, by names of `a-z 0-9 - _`; short ones, as most services keep some 2 KB in all. */
export const Metadata = Schema.Record(Schema.String, Schema.String)
export type Metadata = typeof Metadata.Type

export const File = Schema.TaggedStruct("File", {
  path: RemotePath,
  /** In bytes. */
  size: Schema.Int,
  /** `size` is what the storage states and need not be true, as of files whose content is made up when it is read: what is read decides. */
  isSizeUnsure: Schema.optionalKey(Schema.Boolean),
  /**
   * When the content was last changed, as the uploader said, in whole milliseconds since 1970 UTC; the upload time where
   * none was stored. A listing may leave it out where knowing it takes a call for each file; `stat` knows it.
   */
  modifiedAt: Schema.optionalKey(Schema.Int),
  /** What is to be added to `modifiedAt` for the exact time, where `Capabilities.keepsNanoseconds`; a listing leaves it out. */
  nanoseconds: Schema.optionalKey(Schema.Int),
  checksums: Checksums,
  /** `checksums` are what an uploader noted: the service has never compared them with the bytes. */
  hasNotedChecksums: Schema.optionalKey(Schema.Boolean),
  contentType: Schema.optionalKey(Schema.String),
  /** What `PutOptions.metadata` said, where the service keeps it. */
  metadata: Schema.optionalKey(Metadata),
  /** The provider's own id of this version, where it keeps versions. A listing may leave it out where it is not told there. */
  versionId: Schema.optionalKey(Schema.String),
  /**
   * What tells these bytes from others stored later under the name, where there are no versions and size and time may
   * not tell: an ETag. Whoever read it gives the file back, so that a provider never mixes two files.
   */
  identity: Schema.optionalKey(Schema.String)
})
export type File = typeof File.Type

/** A file as everything but a listing tells it. */
export type DatedFile = File & { readonly modifiedAt: number }

/** In a recursive listing, a directory without any entry below it. In a listing of one level, any directory. */
export const Directory = Schema.TaggedStruct("Directory", { path: RemotePath })
export type Directory = typeof Directory.Type

/**
 * Something that is there but can not be transferred: a symbolic link, a
 * socket, a directory nobody may read, a name that is not valid here.
 */
export const Skipped = Schema.TaggedStruct("Skipped", {
  /** As well as it can be shown; not necessarily a `RemotePath`. */
  path: Schema.String,
  because: Schema.String,
  remedy: Schema.optionalKey(Remedy),
  /** `true` counts as a failed file and stops deletions; `false` is only worth a note. */
  isFailure: Schema.Boolean
})
export type Skipped = typeof Skipped.Type

export type Entry = File | Directory | Skipped

/** What listings are ordered by, compared with `RemotePath.compare`: a directory stands where its content would. */
export const orderKey = (entry: Entry): string => (entry._tag === "Directory" ? `${entry.path}/` : entry.path)
