/**
 * Whether a text means a file or a folder: asked once, in one way, by every kind that takes both.
 *
 * Providers are rooted at folders, so a file is looked for by its last segment in the folder before it. A text that
 * ends with a slash means the folder. Without one it means the file, where a file and a folder have the same name.
 */
import type { Given } from "@ourclone/core/configuration/Remotes"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest, NotFound, StorageError } from "@ourclone/core/contract/StorageError"
import { fileOf } from "@ourclone/core/contract/Versions"
import type { Tell } from "@ourclone/core/events/Tell"
import { onlyVersion } from "@ourclone/core/layers/Earlier"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { NothingThere } from "../kind/JobError.ts"
import * as Earlier from "./Earlier.ts"
import { open } from "./OpenPlace.ts"
import { parentOf } from "./PlaceText.ts"

/** How to look: options of remotes that are given here, and which state of the storage is meant. */
export interface Looking extends Earlier.Which {
  readonly flags?: Given
}

/** A file, and a provider rooted at the folder that holds it. */
export interface FoundFile {
  readonly _tag: "File"
  readonly provider: Provider
  readonly file: File
}

/** Rooted at the folder, which need not exist: see `exists`. */
export interface FoundFolder {
  readonly _tag: "Folder"
  readonly provider: Provider
  /** Why a file of that name was not looked for: the key may look for none. */
  readonly refused?: StorageError | undefined
}

/** What `stat` says of a name that is no file, or of one that this key may not see. */
const meansNoFile = new Set<string>(["NotFound", "InvalidRequest", "PermissionDenied", "AlreadyExists"])

/** A name on this machine may be typed as a listing shows it, or as it is on the disk. */
const statTyped = (provider: Provider, name: RemotePath.RemotePath) => {
  const onDisk = RemotePath.makeUnsafe(Spelling.characters.toPath(name))
  const asListed = retrying(provider.stat(name))
  if (onDisk === name || !provider.capabilities.isLocal) return asListed
  return Effect.catchReason(asListed, "StorageError", "NotFound", () => retrying(provider.stat(onDisk)))
}

const findFile = Effect.fnUntraced(function* (text: string, tell: Tell, { at, flags, versionId }: Looking) {
  const parent = parentOf(text)
  if (parent === undefined) return undefined
  const found = Effect.gen(function* () {
    const opened = yield* open(parent.folder, tell, flags)
    if (opened.buckets !== undefined && opened.location === "") return undefined
    if (versionId !== undefined) {
      const version = yield* Effect.flatMap(Earlier.versionAt(opened, parent.name, versionId), Earlier.stored)
      return { _tag: "File", provider: onlyVersion(opened, version), file: fileOf(version) } satisfies FoundFile
    }
    const provider = yield* Earlier.asOf(opened, at, text)
    const file: File = yield* statTyped(provider, parent.name)
    return { _tag: "File", provider, file } satisfies FoundFile
  })
  return yield* Effect.catchTag(found, "StorageError", (error) => {
    const { reason } = error
    if (!meansNoFile.has(reason._tag)) return Effect.fail(error)
    return Effect.succeed(reason._tag === "PermissionDenied" && reason.concernsAll === true ? error : undefined)
  })
})

/** Opens what `text` means until the scope closes. */
export const find = Effect.fnUntraced(function* (text: string, tell: Tell, looking: Looking = {}) {
  const refused = Earlier.refusal(looking)
  if (refused !== undefined) return yield* refused
  const file = yield* findFile(text, tell, looking)
  if (file?._tag === "File") return file
  if (looking.versionId !== undefined) return yield* new NothingThere({ message: `${text} is no file with versions` })
  const provider = yield* Earlier.asOf(yield* open(text, tell, looking.flags), looking.at)
  const folder: FoundFolder = { _tag: "Folder", provider, refused: file }
  return folder
})

/** Whether anything lies in the folder. */
export const holdsSomething = ({ provider }: FoundFolder): Effect.Effect<boolean, StorageError> => {
  const first = Stream.take(provider.list(RemotePath.root, { depth: 1 }), 1)
  return Effect.map(retrying(Stream.runCollect(first)), (found) => found.length > 0)
}

/** Whether there is a folder of that name: asked for by its name where the storage can say it, else looked for in the list. */
const holdsDirectory = ({ list, statDirectory }: Provider, name: RemotePath.RemotePath) =>
  statDirectory === undefined
    ? list(RemotePath.root, { depth: 1 }).pipe(
        Stream.filter((entry) => entry._tag === "Directory" && entry.path === name),
        Stream.take(1),
        Stream.runCollect,
        Effect.map((found) => found.length > 0)
      )
    : Effect.as(statDirectory(name), true).pipe(
        Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(false))
      )

/**
 * Whether there is a folder at `text`. Meant for one that lists nothing, since it asks the folder above. Fails where there is
 * none and the key may not look for a file.
 */
export const exists = Effect.fnUntraced(function* (
  folder: FoundFolder,
  text: string,
  tell: Tell,
  { at, flags }: Looking = {}
) {
  if (yield* holdsSomething(folder)) return true
  const parent = parentOf(text, true)
  if (parent === undefined) return true
  const opened = yield* open(parent.folder, tell, flags)
  if (opened.buckets !== undefined && opened.location === "") return true
  const above = yield* Earlier.asOf(opened, at)
  const isThere = yield* retrying(holdsDirectory(above, parent.name))
  return !isThere && folder.refused !== undefined ? yield* folder.refused : isThere
})

export const notThere = (text: string, message: string): StorageError =>
  new StorageError({ provider: text, operation: "open", reason: new NotFound({ message }) })

export const missing = (text: string): StorageError => notThere(text, "no such file or folder")

/** The file that `text` must name. Fails with `NotFound`. */
export const findOnlyFile = Effect.fnUntraced(function* (text: string, tell: Tell, looking: Looking = {}) {
  const found = yield* find(text, tell, looking)
  if (found._tag === "File") return found
  return yield* (yield* exists(found, text, tell, looking))
    ? notThere(text, "this is a folder, not a file")
    : missing(text)
})

const isFolderAlone = (provider: Provider, name: RemotePath.RemotePath): Effect.Effect<boolean, StorageError> =>
  holdsDirectory(provider, name).pipe(
    Effect.catchReason("StorageError", "PermissionDenied", () => Effect.succeed(false)),
    Effect.flatMap((isFolder) =>
      isFolder
        ? Effect.as(provider.stat(name), false).pipe(
            Effect.catchReason("StorageError", "NotFound", () => Effect.succeed(true))
          )
        : Effect.succeed(false)
    )
  )

const invalid = (text: string, message: string): StorageError =>
  new StorageError({ provider: text, operation: "open", reason: new InvalidRequest({ message }) })

/**
 * Fails where `text` is to be a folder and is a file. Disks tell that by themselves; where folders are made of names both can
 * be, and a slash at the end says which is meant.
 */
export const refuseFile = Effect.fnUntraced(function* (text: string, { capabilities }: Provider, tell: Tell) {
  if (capabilities.hasDirectories || text.endsWith("/")) return
  const found = yield* find(text, tell)
  if (found._tag === "Folder") return
  const message =
    "it is a file: name the folder that it is in, or end it with a slash where a folder of the same name is meant"
  return yield* invalid(text, message)
}, Effect.scoped)

/** The same where `name` is to be a file, and is a folder alone. A key that may not list does not see it. */
export const refuseFolder = Effect.fnUntraced(function* (
  text: string,
  provider: Provider,
  name: RemotePath.RemotePath
) {
  if (provider.capabilities.hasDirectories || !(yield* retrying(isFolderAlone(provider, name)))) return
  return yield* invalid(text, "a folder stands where the file should go: write another name, or remove it")
})

/** `provider` as if `path` were all there is: of one side of a transfer, or of the other, what is stored under the same name. */
export const onlyFile = (provider: Provider, path: RemotePath.RemotePath): Provider => ({
  ...provider,
  capabilities: provider.capabilities.listsInOrder
    ? provider.capabilities
    : { ...provider.capabilities, listsInOrder: true },
  list: () =>
    Stream.unwrap(
      Effect.map(provider.stat(path), (file) => Stream.succeed(file)).pipe(
        Effect.catch((error) => (error.reason._tag === "NotFound" ? Effect.succeed(Stream.empty) : Effect.fail(error)))
      )
    )
})
