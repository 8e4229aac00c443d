/**
 * Everything below a directory, in the byte order of paths.
 *
 * Each directory is read at once and its names sorted with `/` after those of
 * directories; descending in that order gives the order of whole paths. What is
 * held is the names of one directory per level. Calls are synchronous, which
 * costs a fifth of the asynchronous ones, in slices of a few milliseconds.
 */

import { remedy } from "@ourclone/core/contract/CoreRemedies"
import type { Entry } from "@ourclone/core/contract/Entry"
import type { ListOptions } from "@ourclone/core/contract/Provider"
import { type Remedy, remedyField } from "@ourclone/core/contract/Remedy"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, type StorageError } from "@ourclone/core/contract/StorageError"
import type * as Stream from "effect/Stream"
import * as fs from "../disk/DiskFs.ts"
import * as FileTime from "../disk/FileTime.ts"
import * as StatedSize from "../disk/StatedSize.ts"
import { codeOf, reasonOf } from "../place/LocalErrors.ts"
import * as LocalMetadata from "../place/LocalMetadata.ts"
import * as Place from "../place/LocalPlace.ts"
import * as Slices from "../place/Slices.ts"
import * as Symlinks from "../place/Symlinks.ts"
import * as DirectoryNames from "./DirectoryNames.ts"

interface Level {
  /** Of the directory, below the root, with `/` at the end; "" for the root. */
  readonly prefix: string
  readonly absolute: string
  readonly names: ReadonlyArray<DirectoryNames.Name>
  /** Device and inode, where links are followed. */
  readonly identity: string | undefined
  next: number
}

const chunkSize = 512

const skipped = (path: string, because: string, isFailure: boolean, advice?: Remedy): Entry => ({
  ...remedyField(advice),
  _tag: "Skipped",
  path,
  because,
  isFailure
})

/** Told of each folder that holds temporary files, by its absolute path. */
export type OnTemporary = (directory: string) => void

/** The next entries of one listing. */
class Walk {
  private readonly levels: Array<Level> = []
  private readonly place: Place.Place
  private readonly options: ListOptions
  private readonly onTemporary: OnTemporary

  constructor(place: Place.Place, options: ListOptions, onTemporary: OnTemporary) {
    this.place = place
    this.options = options
    this.onTemporary = onTemporary
  }

  /** Answers whether the directory is empty. Throws when it can not be read. */
  enter(prefix: string, absolute: string): boolean {
    const identity = this.identify(absolute)
    const { names, isEmpty } = DirectoryNames.read(this.place, absolute, () => this.onTemporary(absolute))
    if (names.length > 0) this.levels.push({ prefix, absolute, names, identity, next: 0 })
    return isEmpty
  }

  /** Up to `chunkSize` entries, fewer when the slice is over; `undefined` at the end. */
  take(): Array<Entry> | undefined {
    const entries: Array<Entry> = []
    const isOver = Slices.clock()
    while (entries.length < chunkSize && !isOver()) {
      const level = this.levels.at(-1)
      if (level === undefined) return entries.length > 0 ? entries : undefined
      const name = level.names[level.next++]
      if (name === undefined) {
        this.levels.pop()
        continue
      }
      const entry = this.visit(level, name)
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  }

  private visit(level: Level, name: DirectoryNames.Name): Entry | undefined {
    const absolute = `${level.absolute}/${name.name}`
    switch (name.kind) {
      case "file":
        return this.file(level.prefix + name.key, absolute)
      case "directory":
        return this.directory(level.prefix + name.key, absolute)
      case "link":
        return this.link(level.prefix + name.key, absolute)
      case "skipped":
        return skipped(level.prefix + name.key, name.because ?? "", name.isFailure ?? false, name.remedy)
    }
  }

  private file(path: string, absolute: string): Entry | undefined {
    try {
      const stats = this.place.copyLinks
        ? fs.statSync(absolute, { throwIfNoEntry: false })
        : fs.lstatSync(absolute, { throwIfNoEntry: false })
      // Gone since its name was read, or another thing of that name now: as if it had not been there.
      if (!stats?.isFile()) return undefined
      const file: Entry = {
        _tag: "File",
        path: RemotePath.makeUnsafe(path),
        size: stats.size,
        modifiedAt: FileTime.ofStats(stats),
        checksums: {}
      }
      const isUnsure = StatedSize.isUnsure(absolute, stats.dev, stats.size)
      // Of most files there is no more to say, and of all of them something would take a third of this.
      if (!isUnsure && !this.place.metadata) return file
      return {
        ...file,
        ...LocalMetadata.fields(this.place, absolute, false, stats),
        ...(isUnsure ? { isSizeUnsure: true } : {})
      }
    } catch (error) {
      return this.failure(path, error)
    }
  }

  private link(path: string, absolute: string): Entry | undefined {
    try {
      const stats = fs.lstatSync(absolute)
      return {
        _tag: "File",
        path: RemotePath.makeUnsafe(path),
        size: Symlinks.readTarget(absolute).length,
        modifiedAt: FileTime.ofStats(stats),
        checksums: {},
        ...LocalMetadata.fields(this.place, absolute, true, stats)
      }
    } catch (error) {
      return this.failure(path, error)
    }
  }

  private directory(prefix: string, absolute: string): Entry | undefined {
    const path = RemotePath.makeUnsafe(prefix.slice(0, -1))
    if (this.options.depth === 1) return { _tag: "Directory", path }
    if (this.options.mayContain?.(path) === false) return undefined
    try {
      if (this.isLoop(absolute)) {
        return skipped(path, "it is a symbolic link to a folder that it lies in, which has no end", true)
      }
      return this.enter(prefix, absolute) ? { _tag: "Directory", path } : undefined
    } catch (error) {
      return this.failure(path, error)
    }
  }

  private identify(absolute: string): string | undefined {
    if (!this.place.copyLinks) return undefined
    const { dev, ino } = fs.statSync(absolute, { bigint: true })
    return `${dev}:${ino}`
  }

  private isLoop(absolute: string): boolean {
    const identity = this.identify(absolute)
    return identity !== undefined && this.levels.some((level) => level.identity === identity)
  }

  private failure(path: string, error: unknown): Entry | undefined {
    const reason = reasonOf(error)
    return reason._tag === "NotFound" ? undefined : skipped(path, reason.message, true)
  }
}

/** Why what stands at the root can not be listed. */
const noFolder = (absolute: string, copyLinks: boolean): ConstructorParameters<typeof InvalidRequest>[0] => {
  const stats = fs.lstatSync(absolute, { throwIfNoEntry: false })
  if (stats?.isSymbolicLink() && !copyLinks) {
    return { message: "it is a symbolic link to a file", remedy: remedy("followLinks") }
  }
  const message =
    stats === undefined || stats.isFile() || stats.isSymbolicLink()
      ? "it is a file: name the folder that it is in"
      : "it is neither a file nor a folder"
  return { message }
}

const start = (
  place: Place.Place,
  path: RemotePath.RemotePath,
  options: ListOptions,
  onTemporary: OnTemporary
): Walk => {
  const walk = new Walk(place, options, onTemporary)
  const absolute = Place.absolute(place, path)
  try {
    if (path === "" || place.copyLinks || Place.isReal(place, path)) walk.enter(path === "" ? "" : `${path}/`, absolute)
  } catch (error) {
    const code = codeOf(error)
    if (code === "ENOTDIR" && path === "") {
      throw new InvalidRequest(noFolder(absolute, place.copyLinks))
    }
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error
  }
  return walk
}

/** A directory that can not be read at all fails the listing; one below it is `Skipped`. */
export const list = (
  place: Place.Place,
  path: RemotePath.RemotePath,
  options: ListOptions = {},
  onTemporary: OnTemporary = () => {}
): Stream.Stream<Entry, StorageError> =>
  Slices.stream(place, "list", path, () => {
    const walk = start(place, path, options, onTemporary)
    return () => walk.take()
  })
