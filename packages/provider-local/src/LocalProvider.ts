/** The file system as a provider. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { specification } from "@ourclone/core/contract/Specification"
import { InvalidRequest, StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as LetterCase from "./place/LetterCase.ts"
import { attempt } from "./place/LocalErrors.ts"
import * as LocalFiles from "./place/LocalFiles.ts"
import * as LocalIdentity from "./place/LocalIdentity.ts"
import * as LocalMetadata from "./place/LocalMetadata.ts"
import * as Place from "./place/LocalPlace.ts"
import * as Refusals from "./place/Refusals.ts"
import * as Symlinks from "./place/Symlinks.ts"
import * as TimePrecision from "./place/TimePrecision.ts"
import * as Digest from "./reading/Digest.ts"
import * as LocalListing from "./reading/LocalListing.ts"
import * as LocalRead from "./reading/LocalRead.ts"
import * as AbandonedFiles from "./unfinished/AbandonedFiles.ts"
import * as Leftovers from "./unfinished/Leftovers.ts"
import * as Durability from "./writing/Durability.ts"
import * as Folders from "./writing/Folders.ts"
import * as FreeSpace from "./writing/FreeSpace.ts"
import * as LocalLargeFile from "./writing/LocalLargeFile.ts"
import * as LocalMove from "./writing/LocalMove.ts"
import * as LocalRemove from "./writing/LocalRemove.ts"
import * as LocalTouch from "./writing/LocalTouch.ts"
import * as LocalWrite from "./writing/LocalWrite.ts"

export interface LocalOptions {
  /** Absolute, or relative to the current directory. It need not exist. */
  readonly root: string
  /** Symbolic links are files `name.rclonelink` that hold their target, both ways. Without it they are skipped. */
  readonly links?: boolean | undefined
  /** Symbolic links are listed as what they point to. Nothing is written or removed behind one. Not with `links`. */
  readonly copyLinks?: boolean | undefined
  /**
   * Modes and owners are kept beside files as `PosixMetadata` says, extended attributes as `ExtendedAttributes`, and symbolic
   * links with them: a link is a file of its own name and another kind, whose bytes are the target. Not with `links` or `copyLinks`.
   */
  readonly metadata?: boolean | undefined
  /** What users see in messages; the root when absent. */
  readonly name?: string | undefined
}

const open = (place: Place.Place): Provider => {
  const durability = Durability.make(place)
  const folders = Folders.make(place, durability.forget)
  const freeSpace = FreeSpace.make(place)
  const precision = TimePrecision.of(Place.absolute(place, RemotePath.root))
  const locate = LocalIdentity.makeLocate()
  const refusals = Refusals.make(place)
  let letterCase: { readonly tells: boolean | undefined } | undefined
  /** Folders that held temporary files when they were listed. */
  const untidy = new Set<string>()
  return {
    specification,
    name: place.name,
    place: LocalIdentity.identityOf(Place.absolute(place, RemotePath.root)),
    location: Place.location(place),
    capabilities: {
      checksums: [],
      modifiedAtPrecision: precision,
      keepsNanoseconds: precision === 1,
      listsInOrder: true,
      /** Asked where it matters alone, as every disk that is mounted below is looked at, and one may hang. */
      get isCaseSensitive() {
        letterCase ??= { tells: LetterCase.isCaseSensitive(Place.absolute(place, RemotePath.root)) }
        return letterCase.tells
      },
      isLocal: true,
      hasDirectories: true,
      keepsVersions: false,
      keepsMetadata: place.metadata,
      setsOwners: LocalMetadata.setsOwners(),
      maxPutSize: Number.MAX_SAFE_INTEGER
    },
    list: (directory, options) => LocalListing.list(place, directory, options, (folder) => void untidy.add(folder)),
    stat: (path) => attempt(place, "stat", path, () => LocalFiles.stat(place, path)),
    statDirectory: (path) => attempt(place, "statDirectory", path, () => LocalFiles.statDirectory(place, path)),
    read: (file, range) => LocalRead.read(place, file, range),
    readAll: (file) => LocalRead.readAll(place, file),
    digest: (file) => Digest.digest(place, file),
    ...LocalWrite.make({ place, folders, durability, freeSpace, refusals }),
    // With copyLinks a file may lie behind a link, where nothing is changed.
    touch: place.copyLinks ? undefined : LocalTouch.touch(place, folders),
    setMetadata: place.metadata ? LocalTouch.setMetadata(place, folders, refusals) : undefined,
    move: place.copyLinks ? undefined : LocalMove.move(place, folders),
    moveDirectory: LocalMove.moveDirectory(place, folders),
    remove: LocalRemove.remove(place, folders),
    makeDirectory: (path) => attempt(place, "makeDirectory", path, () => folders.ensure(path)),
    removeDirectory: LocalRemove.removeDirectory(place, folders),
    largeFile: LocalLargeFile.make({ place, folders, durability, freeSpace, refusals }),
    mountOf: (path) => attempt(place, "locate", path, () => LocalIdentity.programOf(Place.absolute(place, path))),
    locate: (path) => attempt(place, "locate", path, () => locate(Place.absolute(place, path))),
    remarks: refusals.remarks,
    // With copyLinks a folder may lie behind a link, where nothing is changed.
    tidy: place.copyLinks
      ? undefined
      : attempt(place, "tidy", RemotePath.root, () => untidy.forEach(AbandonedFiles.sweep)),
    leftovers: Leftovers.make(place),
    storedAs: place.links ? Symlinks.storedAs : undefined,
    freeSpace: attempt(place, "freeSpace", RemotePath.root, () => {
      const free = FreeSpace.read(place)
      if (free === undefined) throw new UnexpectedResponse({ message: "the file system does not say what is free" })
      return free
    })
  }
}

/** Fails with `InvalidRequest` when symbolic links are to be kept in more than one way. Touches nothing. */
export const make = (options: LocalOptions): Effect.Effect<Provider, StorageError> => {
  const place = Place.make(options)
  const ways = [place.links, place.copyLinks, place.metadata].filter((isAsked) => isAsked)
  if (ways.length <= 1) return attempt(place, "open", RemotePath.root, () => open(place))
  const message =
    "choose one of links (store links as files), copyLinks (follow them) and metadata (store them as links)"
  const reason = new InvalidRequest({ message })
  return Effect.fail(new StorageError({ provider: place.name, operation: "open", reason }))
}

const flag = (description: string) =>
  Schema.Boolean.annotate({ description }).pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))

export const factory = ProviderFactory.make({
  type: "local",
  description: "A folder of this machine",
  options: Schema.Struct({
    links: flag("Store symbolic links as files that end in .rclonelink, and make links of such files"),
    copyLinks: flag("Follow symbolic links and store what they point to"),
    metadata: flag(
      "Keep modes, owners and extended attributes beside files, and symbolic links as links, where the other side can keep them"
    )
  }),
  placeOptions: ["links", "copyLinks", "metadata"],
  connect: () => Effect.succeed({ id: LocalIdentity.account }),
  open: (_, at, options) => make({ ...options, root: at.location, name: `${at.name}${at.location}` })
})
