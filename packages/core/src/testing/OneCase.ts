/** Another provider as a disk that does not tell letter cases apart, and keeps the spelling that a name has. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { parent, type RemotePath, root } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { folded } from "../engine/LetterCases.ts"

/** Without what a test of letter cases does not need: large files, links, versions, moves. */
export const make = (provider: Provider): Provider => {
  /** How `path` is spelled there, or would be in the folders that are there. */
  const spelled = (path: RemotePath): Effect.Effect<RemotePath, StorageError> =>
    Effect.map(Stream.runCollect(provider.list(root)), (entries) => {
      for (let above = path; above !== ""; above = parent(above)) {
        const length = above.split("/").length
        for (const entry of entries) {
          const begin = entry.path.split("/").slice(0, length).join("/")
          if (folded(begin) === folded(above)) return `${begin}${path.slice(above.length)}` as RemotePath
        }
      }
      return path
    })
  const at = <F extends File>(file: F): Effect.Effect<F, StorageError> =>
    Effect.map(spelled(file.path), (path) => ({ ...file, path }))
  const { copy, digest, makeDirectory, removeDirectory, setMetadata, statDirectory, touch } = provider
  return {
    specification: provider.specification,
    name: provider.name,
    place: provider.place,
    location: provider.location,
    capabilities: { ...provider.capabilities, isCaseSensitive: false },
    list: (directory, options) =>
      Stream.unwrap(Effect.map(spelled(directory), (found) => provider.list(found, options))),
    stat: (path) => Effect.flatMap(spelled(path), provider.stat),
    statDirectory: statDirectory && ((path) => Effect.flatMap(spelled(path), statDirectory)),
    read: (file, range) => Stream.unwrap(Effect.map(at(file), (found) => provider.read(found, range))),
    readAll: (file) => Effect.flatMap(at(file), provider.readAll),
    digest:
      digest &&
      ((file) =>
        (...options) =>
          Effect.flatMap(at(file), (found) => digest(found)(...options))),
    put: (path, source, options) => Effect.flatMap(spelled(path), (found) => provider.put(found, source, options)),
    touch:
      touch &&
      ((file, modifiedAt, nanoseconds) => Effect.flatMap(at(file), (found) => touch(found, modifiedAt, nanoseconds))),
    setMetadata:
      setMetadata &&
      ((file, metadata, modifiedAt, nanoseconds) =>
        Effect.flatMap(at(file), (found) => setMetadata(found, metadata, modifiedAt, nanoseconds))),
    remove: (path) => Effect.flatMap(spelled(path), provider.remove),
    makeDirectory: makeDirectory && ((path) => Effect.flatMap(spelled(path), makeDirectory)),
    removeDirectory: removeDirectory && ((path) => Effect.flatMap(spelled(path), removeDirectory)),
    copy:
      copy &&
      ((from, location, to) =>
        Effect.flatMap(Effect.all([at(from), spelled(to)]), ([file, path]) => copy(file, location, path)))
  }
}
