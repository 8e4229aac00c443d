/** The place where a service keeps more than the newest files: old versions, unfinished uploads. */
import type { Provider } from "@ourclone/core/contract/Provider"
import { type RemotePath, root } from "@ourclone/core/contract/RemotePath"
import type { Versions } from "@ourclone/core/contract/Versions"
import type { Tell } from "@ourclone/core/events/Tell"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { InvalidJob } from "../kind/JobError.ts"
import { open } from "../place/OpenPlace.ts"
import { parentOf, split } from "../place/PlaceText.ts"

export interface At {
  readonly provider: Provider
  readonly path: RemotePath
}

/** A provider and the path in it that means a file or a folder, whichever `text` names; with a slash at its end the folder. */
export const openAt = (text: string, tell: Tell) => {
  const parent = parentOf(text)
  const whole = Effect.map(open(text, tell), (provider): At => ({ provider, path: root }))
  if (parent === undefined || !split(text).path.replace(/\/+$/, "").includes("/")) return whole
  // A key for names below a prefix opens the prefix, and not the folder around it.
  return Effect.map(open(parent.folder, tell), (provider): At => ({ provider, path: parent.name })).pipe(
    Effect.catchReason("StorageError", "PermissionDenied", () => whole)
  )
}

/** Every version of the file at `path`; of all that lies below it where no file of that name was ever stored. */
export const versionsAt = (versions: Versions, path: RemotePath): ReturnType<Versions["list"]> =>
  Stream.suspend(() => {
    let isFile: boolean | undefined
    return Stream.takeWhile(versions.list(path), (version) => {
      const isHere = version.path === path
      isFile ??= isHere
      return isHere || !isFile
    })
  })

/** Unfinished large files at the place, and what may be done with them. */
export const unfinishedAt = Effect.fnUntraced(function* (text: string, tell: Tell) {
  const { path, provider } = yield* openAt(text, tell)
  const { largeFile } = provider
  if (largeFile === undefined) {
    return yield* new InvalidJob({ message: `${provider.name} does not store files in parts` })
  }
  const found = yield* retrying(Stream.runCollect(largeFile.unfinished(path)))
  const ofFile = found.filter((file) => file.path === path)
  return { largeFile, found: ofFile.length > 0 ? ofFile : found }
})
